import threading

import pytest

from indexer.fastwhoosh.bulk_ahead import Ahead


def test_results_are_taken_in_order_and_in_the_thread_of_the_caller() -> None:
    taken: list[tuple[int, int]] = []
    ahead = Ahead[int](lambda number: taken.append((number, threading.get_ident())))
    for number in range(20):
        ahead.start(lambda number=number: number)  # type: ignore[misc]  # a default binds the turn
        assert len(ahead) <= 3
    ahead.settle()
    ahead.close()
    assert taken == [(number, threading.get_ident()) for number in range(20)]


def test_what_work_raises_comes_to_the_caller() -> None:
    ahead = Ahead[int](lambda _: None)
    ahead.start(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        ahead.settle()
    ahead.close()


def test_closing_ends_the_thread_and_gives_up_what_was_not_taken() -> None:
    before, taken = threading.active_count(), list[int]()
    ahead = Ahead[int](taken.append)
    ahead.start(lambda: 1)
    ahead.close()
    ahead.settle()
    assert not taken
    assert threading.active_count() == before
