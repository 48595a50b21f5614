import pickle
import random
from itertools import pairwise

import pytest

from indexer.fastwhoosh.bulk_stored import (
    TRAINED_ON,
    Packer,
    StoredFields,
    Unpacker,
    pickled,
    trained,
)


def records(count: int) -> list[bytes]:
    rng = random.Random(count)
    words = [rng.randbytes(5).hex() for _ in range(200)]
    return [pickled({"record": " ".join(rng.choices(words, k=60))}) for _ in range(count)]


@pytest.mark.parametrize("batch", [1, 64, 700])
@pytest.mark.parametrize("count", [0, 1, 150, TRAINED_ON - 1, TRAINED_ON, TRAINED_ON + 5])
def test_entries_come_back(count: int, batch: int) -> None:
    written = bytearray()
    stored = StoredFields(written.extend)
    given = records(count)
    if given:
        given[0] = b""
    for at in range(0, count, batch):
        stored.add(given[at : at + batch])
    dictionary, ends = stored.finish()
    assert bool(dictionary) == (count > 200)
    unpacker = Unpacker(dictionary)
    entries = [bytes(written[a:b]) for a, b in pairwise(ends)]
    assert [unpacker.unpack(entry) if entry else b"" for entry in entries] == given
    if dictionary:
        assert len(written) < sum(map(len, given)) * 0.7


def test_a_dictionary_that_is_given_is_used_at_once() -> None:
    dictionary = trained(records(500))
    written = bytearray()
    stored = StoredFields(written.extend, dictionary)
    assert stored.dictionary == dictionary
    stored.add(records(501)[:1])
    assert stored.finish()[0] == dictionary
    packer = Packer(dictionary)
    assert bytes(written) == packer.pack(records(501)[0])


def test_entries_do_not_depend_on_what_they_are_packed_with() -> None:
    packer = Packer(trained(records(500)))
    given = [b"", pickled({"a": 1}), *records(30), b""]
    alone = [packer.pack(each) if each else b"" for each in given]
    assert packer.pack_all(given) == (b"".join(alone), list(map(len, alone)))


def test_short_entries_are_not_compressed() -> None:
    entry = Packer().pack(pickled({"a": 1}))
    assert entry[4] == 0
    assert pickle.loads(Unpacker(b"").unpack(entry)) == {"a": 1}


def test_nothing_stored_is_nothing_written() -> None:
    assert pickled({}) == b""


@pytest.mark.parametrize("place", range(12))
def test_a_damaged_entry_is_refused(place: int) -> None:
    entry = bytearray(Packer().pack(records(1)[0]))
    entry[place] ^= 4
    with pytest.raises(ValueError, match="abîmé"):
        Unpacker(b"").unpack(bytes(entry))
