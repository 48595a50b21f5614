"""Python code that runs inside a native call may use the same objects; nothing is harmed."""

import array
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from indexer import native

kernel: Any = native.kernel
pytestmark = pytest.mark.skipif(not native.COMPILED, reason="the extension is not compiled")

LENGTHS = array.array("I", range(256)).tobytes()
POSITIONS = 2


def test_positions_that_add_postings_while_they_are_read() -> None:
    inverter = kernel.Inverter(LENGTHS)
    inverter.add_field(POSITIONS, False)

    def positions() -> Iterator[int]:
        for number in range(3):
            # Both tables grow, so that they move.
            for more in range(40):
                inverter.add_field(POSITIONS, False)
                inverter.add_term(0, b"%d-%d" % (number, more), 0, 400, list(range(400)))
            yield number

    inverter.add_term(0, b"outer", 1, 3, positions())
    plain = kernel.Inverter(LENGTHS)
    plain.add_field(POSITIONS, False)
    for number in range(3):
        for more in range(40):
            plain.add_term(0, b"%d-%d" % (number, more), 0, 400, list(range(400)))
    plain.add_term(0, b"outer", 1, 3, [0, 1, 2])
    assert inverter.invert(0, 2) == plain.invert(0, 2)


def test_positions_that_are_no_whole_numbers_are_refused() -> None:
    inverter = kernel.Inverter(LENGTHS)
    inverter.add_field(POSITIONS, False)
    with pytest.raises(TypeError, match="whole numbers"):
        inverter.add_term(0, b"a", 0, 1, [1.5])
    with pytest.raises(ValueError, match="as many"):
        inverter.add_term(0, b"a", 0, 3_000_000_000, [1])


def test_a_text_is_not_added_while_another_thread_writes() -> None:
    words = [f"mot{number}" for number in range(20_000)]
    started, written = threading.Event(), threading.Event()

    def expand(surface: str) -> list[tuple[str, int, int, int, bool]]:
        if surface == "œuf":
            started.set()
            written.wait(30)
        return [(surface, 0, 0, len(surface), False)]

    def derive(word: str) -> str:
        if word == words[-1]:
            written.set()
            held.wait(0.2)
        return word

    held = threading.Event()
    lexicon = kernel.Lexicon(frozenset(), frozenset(), expand, derive)
    inverter = kernel.Inverter(LENGTHS)
    inverter.add_text_field(lexicon, True)
    inverter.add_text(" ".join(words), 0, (0,))
    failures: list[Any] = []

    def add() -> None:
        try:
            inverter.add_text("œuf", 1, (0,))
        except RuntimeError as error:
            failures.append(error)

    thread = threading.Thread(target=add)
    thread.start()
    assert started.wait(30)
    inverter.invert(0, 2)
    thread.join()
    assert [str(failure) for failure in failures] == ["the inverter writes its sections"]


def test_numbers_that_change_their_list_while_they_are_read() -> None:
    lengths: list[Any] = [1.0] * 256

    class Shrinking:
        def __float__(self) -> float:
            lengths.clear()
            return 1.0

    lengths[0] = Shrinking()
    segment = kernel.Segment(b"", "none", 0, [], [], None, lengths)
    assert kernel.doc_frequencies((segment,), ("text",), (b"a",)) == [0]


def test_a_plan_with_a_value_of_another_type_is_refused() -> None:
    segment = kernel.Segment(b"", "none", 0, [], [], None, [1.0] * 256)
    word = ((), "no number", 1)
    with pytest.raises(TypeError):
        kernel.search((segment,), word, 0, 10, ((None, True, None),), (), (), (), None)


def test_a_request_is_not_answered_while_another_one_of_its_search_is_read() -> None:
    held = kernel.Held((kernel.Segment(b"", "none", 0, [], [], None, [1.0] * 256),))
    refused: list[str] = []

    def search(op: Any) -> Any:
        asked = ((), 1, (), op)
        return kernel.search(held, asked, 0, 1, ((None, True, None),), (), (), (), None)

    class Number:
        def __index__(self) -> int:
            try:
                search(8)
            except RuntimeError as error:
                refused.append(str(error))
            return 8

    assert search(Number()) == search(8)
    assert refused == ["another request of this search is running"]
    with pytest.raises(TypeError):
        kernel.Held((1,))
