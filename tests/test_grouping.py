"""Families from signatures: both readings agree, and a chain of changes makes no family."""

import gzip
import json
import random
from array import array
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from indexer.native import kernel
from indexer.search import grouping
from indexer.search.fingerprint import BINS, fingerprint
from indexer.search.grouping import LEAST_EQUAL, leaders, leaders_in_python, likeness


def signatures_of(texts: list[str]) -> bytes:
    return b"".join(fingerprint(text).signature.ljust(BINS, b"\0") for text in texts)


def none(count: int) -> "array[int]":
    return array("Q", bytes(8 * count))


def changed(rng: random.Random, words: list[str], share: float) -> list[str]:
    return [f"w{rng.random()}" if rng.random() < share else word for word in words]


def copies(rng: random.Random) -> list[str]:
    """Texts of every length, many of them copies of others with more or less changes."""
    texts: list[list[str]] = []
    for _ in range(250):
        if texts and rng.random() < 0.6:
            words = changed(rng, rng.choice(texts), rng.choice((0.0, 0.01, 0.05, 0.1, 0.3)))
        else:
            formula = [f"f{place}" for place in range(rng.choice((0, 10, 30)))]
            words = formula + [f"w{rng.random()}" for _ in range(rng.choice((3, 24, 60, 300)))]
        texts.append(words)
    return [" ".join(words) for words in texts]


@pytest.mark.skipif(kernel is None, reason="the extension is not compiled")
@pytest.mark.parametrize("free", [1, 2])
@pytest.mark.parametrize("seed", range(6))
def test_both_readings_give_the_same_leaders(
    seed: int, free: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a second thread and without."""
    monkeypatch.setattr(grouping, "processors", lambda: free)
    rng = random.Random(seed)
    signatures = signatures_of(copies(rng))
    keys = array("Q", (rng.choice((0, 0, 0, rng.randrange(1, 40))) for _ in range(250)))
    found = leaders(signatures, keys)
    assert found == leaders_in_python(signatures, keys)
    assert len(set(found)) < 200


@pytest.mark.skipif(kernel is None, reason="the extension is not compiled")
def test_both_readings_look_at_as_many_leaders_of_a_formula() -> None:
    """More leaders share a band than are compared."""
    rng = random.Random(1)
    signatures = bytearray()
    for _ in range(400):
        signatures += bytes([7, 7, 7, *(rng.randrange(1, 5) for _ in range(BINS - 3))])
    assert leaders(bytes(signatures), none(400)) == leaders_in_python(bytes(signatures), none(400))


def test_copies_follow_the_first() -> None:
    rng = random.Random(2)
    words = [f"mot{place}" for place in range(200)]
    texts = [" ".join(changed(rng, words, share)) for share in (0.0, 0.02, 0.02, 1.0, 0.0)]
    assert list(leaders(signatures_of(texts), none(5))) == [0, 0, 0, 3, 0]


def test_a_chain_of_small_changes_is_no_family() -> None:
    """Each is like the one before; the last has nothing in common with the first."""
    words = [f"mot{place}" for place in range(1000)]
    texts = [" ".join(words[start : start + 300]) for start in range(0, 700, 60)]
    signatures = signatures_of(texts)
    parts = [signatures[at : at + BINS] for at in range(0, len(signatures), BINS)]
    assert all(likeness(one, other) for one, other in pairwise(parts))
    found = leaders(signatures, none(len(texts)))
    assert len(set(found)) >= 4
    assert all(
        leader == doc or likeness(parts[doc], parts[leader]) for doc, leader in enumerate(found)
    )


def test_short_texts_must_be_more_alike() -> None:
    def alike(words: int, changes: int) -> bool:
        one = [f"mot{place}" for place in range(words)]
        other = one[:-changes] + [f"autre{place}" for place in range(changes)]
        return leaders(signatures_of([" ".join(one), " ".join(other)]), none(2))[1] == 0

    assert alike(400, 80)
    assert not alike(60, 12)
    assert alike(60, 3)


def test_equal_keys_join_what_is_not_alike() -> None:
    texts = [" ".join(f"t{text}m{place}" for place in range(50)) for text in range(4)]
    keys = array("Q", [5, 0, 5, 1 << 63])
    assert list(leaders(signatures_of(texts), keys)) == [0, 1, 0, 3]


def test_a_key_leads_to_the_leader_of_who_had_it() -> None:
    one, other = (" ".join(f"{name}{place}" for place in range(80)) for name in "ab")
    assert list(leaders(signatures_of([one, one, other]), array("Q", [0, 9, 9]))) == [0, 0, 0]


def test_signatures_and_keys_must_fit() -> None:
    with pytest.raises(ValueError, match="128 bytes"):
        leaders(bytes(BINS), none(2))


def test_native_code_refuses_what_does_not_fit() -> None:
    if kernel is None:
        pytest.skip("the extension is not compiled")
    for arguments in (
        (b"", bytes(8), LEAST_EQUAL),
        (bytes(BINS), bytes(7), LEAST_EQUAL),
        (b"", b"", b""),
    ):
        with pytest.raises(ValueError, match="128 bytes"):
            kernel.families(*arguments)


@pytest.mark.real_data
def test_families_of_the_real_questions(shared_data: Path) -> None:
    """Read one by one: the same matter in nearly the same words, and no template of another one."""
    with gzip.open(shared_data / "questions.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    records.sort(key=lambda record: (record["date_question"] or "", record["uid"]))
    texts = [record["question_text"] or "" for record in records]
    families = defaultdict(set)
    for doc, leader in enumerate(leaders(signatures_of(texts), none(len(texts)))):
        families[records[leader]["uid"]].add(int(records[doc]["number"]))
    found = [members for members in families.values() if len(members) > 1]
    assert {261, 403, 404, 405, 618, 620, 1293} in found  # bush meat
    assert {144, 147, 274, 275, 465, 500, 690, 909} in found  # teachers of the deaf
    assert {635, 691, 692} in found
    assert {608, 610} in found
    # The equipment of two branches of the army, asked in the same words, is not the same.
    assert not any({228, 229} <= members for members in found)
    assert 15 <= len(found) <= 30
