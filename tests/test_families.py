"""Families of questions from the index to the results: which, in what order, after any update."""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from indexer.corpus import Corpus
from indexer.errors import BadParameter, IndexDamaged
from indexer.importing import import_paths
from indexer.interchange import to_line
from indexer.question import Question
from indexer.search import ranking
from indexer.search.engine import Engine
from indexer.search.request import Search
from indexer.settings import Settings
from indexer.whoosh_engine import build, check_files, open_engine
from indexer.whoosh_engine.families import FILE
from indexer.whoosh_engine.generations import current_name
from indexer.whoosh_engine.indexed import indexed_digests
from indexer.whoosh_engine.snapshot import Snapshot

Make = Callable[..., Question]
FORMULA = "attire l'attention de Mme la ministre sur le loup dans les alpages :"


def text(seed: int, changes: int = 0) -> str:
    """120 words of one matter; of the same seed they are the same but for the changes."""
    words = [f"mot{seed}x{place}" for place in range(120)]
    for place in range(changes):
        words[place * 7] = f"autre{changes}x{place}"
    return f"{FORMULA} {' '.join(words)}"


def answer(seed: int) -> str:
    return " ".join(f"rep{seed}x{place}" for place in range(40))


def questions(make: Make) -> list[Question]:
    day = date(2019, 1, 1)
    return [
        make(1, question_text=text(1), date_question=day, title="Premier"),
        make(2, question_text=text(1, 1), date_question=day + timedelta(1), title="Copie"),
        make(3, question_text=text(1, 2), date_question=day + timedelta(2), answer_text=answer(9)),
        make(4, question_text=text(4), date_question=day + timedelta(3), answer_text=answer(9)),
        make(5, question_text=text(5), date_question=day + timedelta(4), title="Seule"),
        make(6, question_text=text(6), date_question=day + timedelta(5), answer_text="Voir n° 3."),
        make(7, question_text=text(7), date_question=day + timedelta(6), answer_text="Voir n° 3."),
    ]


class Workshop:
    """A corpus and an index that a test changes."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(corpus=folder / "corpus", index=folder / "index")
        self.folder = folder

    def put(self, records: Sequence[Question], *, full: bool = False) -> Engine:
        path = self.folder / "questions.jsonl"
        path.write_text("".join(f"{to_line(record)}\n" for record in records), "utf-8")
        import_paths([path], self.settings)
        build(Corpus(self.settings.corpus / "questions"), self.settings, full=full)
        return open_engine(self.settings)

    def families(self) -> set[tuple[str, ...]]:
        snapshot = Snapshot(self.settings.index, current_name(self.settings.index))
        numbers = range(snapshot.documents)
        live = [number for _, _, number in indexed_digests(snapshot.executor)]
        found = {
            tuple(
                sorted(snapshot.record(member).uid for member in snapshot.families.near.members(n))
            )
            for n in numbers
            if n in live
        }
        snapshot.close()
        return {members for members in found if len(members) > 1}


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, make_question: Make) -> Engine:
    return Workshop(tmp_path_factory.mktemp("families")).put(questions(make_question))


def numbers(hits: Sequence[Any]) -> list[int]:
    return [hit.number for hit in hits]


def test_a_family_is_one_hit_and_the_total_stays(engine: Engine) -> None:
    every = engine.search(Search(text="loup"))
    found = engine.search(Search(text="loup", grouped=True))
    assert (every.total, every.groups, every.pages) == (7, 7, 1)
    assert (found.total, found.groups) == (7, 4)
    assert all(hit.others == 0 for hit in every.hits)
    (family,) = [hit for hit in found.hits if hit.others]
    assert (family.number in {1, 2, 3, 4}, family.others) == (True, 3)
    assert found.facets == every.facets


def test_the_best_of_a_family_is_shown(engine: Engine) -> None:
    for order, expected in (("anciennes", [1, 5, 6, 7]), ("recentes", [7, 6, 5, 4])):
        assert (
            numbers(engine.search(Search(text="loup", sort=order, grouped=True)).hits) == expected
        )
    # Only what is found counts: of the family, 2 and 3 alone hold the word.
    found = engine.search(Search(text='"autre2x0" OU "autre1x0"', sort="anciennes", grouped=True))
    assert [(hit.number, hit.others) for hit in found.hits] == [(2, 1)]


def test_a_family_opens(engine: Engine) -> None:
    for uid in ("QANR5L15QE1", "QANR5L15QE4"):
        found = engine.search(Search(text="loup", family=uid, sort="anciennes", grouped=True))
        assert numbers(found.hits) == [1, 2, 3, 4]
        assert found.groups == found.total == 4
    assert numbers(engine.search(Search(family="QANR5L15QE5")).hits) == [5]
    assert engine.search(Search(family="QANR5L15QE999")).total == 0
    asked = Search(family="QANR5L15QE1", filters={"statut": ("repondue",)}, sort="anciennes")
    assert numbers(engine.search(asked).hits) == [3, 4]


@pytest.mark.parametrize("family", ["loup", "QANR5L15QE", "QANR5L15QE1 ", "15-1QE", "*"])
def test_a_family_is_named_by_an_identifier(family: str) -> None:
    with pytest.raises(BadParameter, match="famille"):
        Search(family=family)


def test_pages_of_families_hold_each_once(engine: Engine) -> None:
    for order in ("pertinence", "anciennes", "recentes"):
        whole = engine.search(Search(text="loup", sort=order, grouped=True))
        pages = [
            engine.search(Search(text="loup", sort=order, page=page, size=1, grouped=True))
            for page in range(1, 6)
        ]
        assert [hit.uid for page in pages for hit in page.hits] == [hit.uid for hit in whole.hits]
        assert {page.pages for page in pages} == {4}


def test_questions_that_lack_words_follow_one_a_family(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the family, 2 holds both words and is shown with them; its others are counted there."""
    monkeypatch.setattr(ranking, "WANTED_SHARE", 0.01)
    asked = Search(text="loup autre1x0", sort="anciennes", grouped=True)
    found = engine.search(asked)
    assert (found.total, found.total_all_words) == (7, 1)
    assert (found.groups, found.groups_all_words) == (4, 1)
    assert [(hit.number, hit.others) for hit in found.hits] == [(2, 3), (5, 0), (6, 0), (7, 0)]
    pages = [
        engine.search(
            Search(text="loup autre1x0", sort="anciennes", page=page, size=1, grouped=True)
        )
        for page in (1, 2, 3, 4)
    ]
    assert [numbers(page.hits) for page in pages] == [[2], [5], [6], [7]]


def test_an_export_leaves_nothing_out(engine: Engine) -> None:
    assert len(list(engine.export(Search(text="loup", grouped=True)))) == 7


def test_the_question_page_has_its_family(engine: Engine) -> None:
    found = engine.around(questions_key(4))
    assert numbers(found.family) == [1, 2, 3]
    assert (found.family_size, found.same_answer) == (3, 1)
    assert [other.shares_answer for other in found.family] == [False, False, True]
    # A short answer is a formula.
    assert engine.around(questions_key(6)).family == ()
    assert engine.around(questions_key(999)).family == ()


def questions_key(number: int) -> Any:
    return Question(legislature=15, kind="QE", number=number).key


def test_updates_come_to_the_families_of_a_whole_build(
    workshop: Workshop, make_question: Make
) -> None:
    """In whatever order questions come, change and leave."""
    rng = random.Random(5)
    records = questions(make_question)
    records += [
        make_question(number, question_text=text(number // 4, number % 4), date_question=None)
        for number in range(100, 160)
    ]
    rng.shuffle(records)
    for size in (30, 45, 60, len(records)):
        workshop.put(records[:size])
    changed = make_question(2, question_text=text(77), date_question=date(2019, 1, 2))
    workshop.put([changed])
    updated = workshop.families()
    workshop.put([changed], full=True)
    assert workshop.families() == updated
    assert ("QANR5L15QE1", "QANR5L15QE3", "QANR5L15QE4") in updated
    assert check_files(workshop.settings) == ()


@pytest.mark.parametrize("harm", ["cut", "flipped", "longer", "other"])
def test_damage_of_the_families_is_told(workshop: Workshop, make_question: Make, harm: str) -> None:
    workshop.put(questions(make_question))
    path = workshop.settings.index / current_name(workshop.settings.index) / FILE
    content = bytearray(path.read_bytes())
    if harm == "cut":
        del content[-5:]
    elif harm == "longer":
        content += b"\0\0\0\0"
    elif harm == "flipped":
        content[-1] ^= 1
    else:
        content = bytearray(b"FAMILLE1")
    path.write_bytes(content)
    engine = open_engine(workshop.settings)
    assert engine.search(Search(text="loup")).total == 7
    with pytest.raises(IndexDamaged, match=FILE):
        engine.search(Search(text="loup", grouped=True))
    (problem,) = check_files(workshop.settings)
    assert FILE in problem
    assert "questions index --full" in problem


def test_families_that_are_not_there_are_none_and_told(
    workshop: Workshop, make_question: Make
) -> None:
    workshop.put(questions(make_question))
    (workshop.settings.index / current_name(workshop.settings.index) / FILE).unlink()
    engine = open_engine(workshop.settings)
    assert engine.search(Search(text="loup", grouped=True)).groups == 7
    assert FILE in check_files(workshop.settings)[0]


def test_a_question_that_only_recalls_shows_what_it_recalls(
    workshop: Workshop, make_question: Make
) -> None:
    recalled = make_question(
        24191, author="M. Jean Exemple", title="Les loups", question_text=text(1),
        date_question=date(2019, 1, 1),
    )  # fmt: skip
    reminder = make_question(
        30500, author="M. Jean Exemple", date_question=date(2019, 6, 1),
        question_text="M. Jean Exemple rappelle à Mme la ministre les termes de sa question écrite "
        "n° 24 191 publiée au Journal officiel du 1er janvier 2019, restée sans réponse.",
    )  # fmt: skip
    other = make_question(
        24191, legislature=14, author="Mme Autre", title="Autre chose", question_text=text(2)
    )
    stranger = make_question(
        31000, author="Mme Autre", question_text="Elle renvoie à la question écrite n° 24191."
    )
    engine = workshop.put([recalled, reminder, other, stranger])
    (hit, *_) = engine.search(Search(text="restée sans réponse")).hits
    assert hit.recalled
    assert (hit.recalled.uid, hit.recalled.title) == (recalled.uid, "Les loups")
    assert [one.uid for one in engine.around(reminder.key).recalls] == [recalled.uid]
    around = engine.around(recalled.key)
    assert {one.uid for one in around.recalled_by} == {reminder.uid, stranger.uid}
    assert engine.around(other.key).recalled_by == ()
    (strange, *_) = engine.search(Search(text="renvoie")).hits
    assert strange.recalled is None


@pytest.fixture(scope="module")
def real(real_settings: Settings) -> Engine:
    return open_engine(real_settings)


@pytest.mark.real_data
def test_real_families_are_one_hit(real: Engine) -> None:
    every = real.search(Search(text="trafic de viande de brousse"))
    found = real.search(Search(text="trafic de viande de brousse", grouped=True))
    assert (every.total, found.total, found.groups) == (12, 12, 6)
    (family,) = [hit for hit in found.hits if hit.others]
    opened = real.search(Search(text="trafic de viande de brousse", family=family.uid))
    assert sorted(numbers(opened.hits)) == [261, 403, 404, 405, 618, 620, 1293]


@pytest.mark.real_data
def test_a_real_reminder_of_a_question_that_is_not_there_says_so(real: Engine) -> None:
    around = real.around(Question(legislature=16, kind="QE", number=1295).key)
    assert (around.recalls, around.unknown) == ((), (("QE", 14943),))


@pytest.mark.real_data
def test_the_real_index_agrees_with_its_families(real_settings: Settings) -> None:
    assert check_files(real_settings) == ()


@pytest.mark.real_data
def test_similar_questions_are_answered_of_other_families_and_say_why(real: Engine) -> None:
    def key(kind: str, number: int) -> Any:
        return Question(legislature=16, kind=kind, number=number).key

    found = real.similar(key("QE", 357))
    assert found[0].uid == "QANR5L16QG354"  # long covid, both times
    assert {"covid", "long"} <= {word.lower() for word in found[0].shared}
    assert {other.status for other in found} == {"answered"}
    assert key("QE", 357) not in [(o.chamber, o.legislature, o.kind, o.number) for o in found]
    (first, *_) = real.similar(key("QG", 379))
    assert first.uid == "QANR5L16QG435"  # chlordecone
    assert "CHLORDÉCONE" in first.shared
    assert real.similar(key("QE", 99999)) == ()
    assert len(real.similar(key("QG", 379), 1)) == 1
    # What shares but a few words is not alike.
    assert "QANR5L16QG79" not in [other.uid for other in real.similar(key("QE", 201), 50)]
