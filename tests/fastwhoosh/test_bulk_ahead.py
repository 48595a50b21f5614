import gc
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from whoosh import fields

from indexer.fastwhoosh.bulk_ahead import Ahead
from indexer.fastwhoosh.bulk_documents import Documents
from indexer.fastwhoosh.bulk_segment import SegmentBuilder
from indexer.whoosh_engine.schema import schema


@pytest.mark.parametrize("is_threaded", [True, False])
def test_results_come_in_order(is_threaded: bool) -> None:
    ahead, taken = Ahead[int](is_threaded=is_threaded), list[int]()
    for number in range(20):
        taken += ahead.start(lambda number=number: number)  # type: ignore[misc]  # a default binds the turn
        assert len(ahead) <= 3
    taken += ahead.settle()
    ahead.close()
    assert taken == list(range(20))


def test_what_work_raises_comes_to_the_caller() -> None:
    ahead = Ahead[int]()
    ahead.start(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        list(ahead.settle())
    ahead.close()


def test_closing_ends_the_thread_and_gives_up_what_was_not_taken() -> None:
    before = threading.active_count()
    ahead = Ahead[int]()
    ahead.start(lambda: 1)
    ahead.close()
    assert not list(ahead.settle())
    assert threading.active_count() == before


def test_without_a_thread_work_is_done_at_once() -> None:
    before = threading.active_count()
    ahead = Ahead[int](is_threaded=False)
    assert ahead.start(threading.get_ident) == [threading.get_ident()]
    assert not list(ahead.settle())
    assert threading.active_count() == before
    with pytest.raises(ZeroDivisionError):
        ahead.start(lambda: 1 // 0)


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("is_whole", [True, False])
@pytest.mark.parametrize("given", [schema(), fields.Schema(text=fields.TEXT(stored=True))])
def test_a_segment_holds_no_memory_once_it_is_written(
    given: fields.Schema, is_whole: bool, tmp_path: Path
) -> None:
    names = [name for name, field in given.items() if isinstance(field, fields.TEXT)] or [
        name for name in given.names() if name.endswith(("_exact", "_stem"))
    ]
    builder = SegmentBuilder(tmp_path / "one.fws", Documents(given))
    for batch in range(8):
        texts = [f"Le loup gris n° {batch} {number}" for number in range(100)]
        builder.add_table(dict.fromkeys(names, texts), 100)
    # What holds an inverter and a file; the inverter itself cannot be asked.
    held = [weakref.ref(part) for part in (builder, builder._texts, builder._stored)]
    (builder.finish if is_whole else builder.cancel)()
    del builder
    assert not any(part() for part in held), (
        "what holds it in a circle stays: a writer works without the collector"
    )
