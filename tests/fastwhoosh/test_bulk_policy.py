import random

import pytest

from indexer.fastwhoosh.bulk_policy import MOST, Size, plan


def sizes(*live: int) -> list[Size]:
    return [Size(count, 0) for count in live]


def test_a_few_segments_stay_as_they_are() -> None:
    assert plan(sizes(50_000, 100, 100, 7)) == []
    assert plan([]) == []


def test_small_ones_are_joined_and_large_ones_left_alone() -> None:
    assert plan(sizes(90_000, 100, 90_000, 100, 90_000, 100, 90_000)) == [[1, 3, 5]]


def test_equal_segments_of_a_build_are_each_merged_once() -> None:
    groups = plan(sizes(*[100_000] * 10))
    assert sorted(len(group) for group in groups) == [2, 2, 2, 2, 2]
    assert sorted(place for group in groups for place in group) == list(range(10))


def test_a_third_deleted_is_written_anew() -> None:
    assert plan([Size(100, 50)]) == []
    assert plan([Size(100, 51), Size(100, 0)]) == [[0]]


def test_optimizing_makes_one_segment_unless_there_is_one() -> None:
    assert plan(sizes(3, 2, 1), optimize=True) == [[0, 1, 2]]
    assert plan(sizes(3), optimize=True) == []
    assert plan([Size(3, 1)], optimize=True) == [[0]]
    assert plan([], optimize=True) == []


def test_no_segment_gets_more_documents_than_the_format_allows() -> None:
    half = 2**23
    assert plan(sizes(half, half, 1, 1), optimize=True) == [[0, 1], [2, 3]]
    assert plan(sizes(*[2**24] * 9)) == []


@pytest.mark.parametrize("seed", range(3))
def test_commits_for_ever_keep_segments_few_and_work_bounded(seed: int) -> None:
    rng = random.Random(seed)
    live: list[int] = []
    added = written = 0
    for _ in range(3000):
        count = rng.choice([1, 50, 100, 100, 100, 3000])
        live.append(count)
        added += count
        groups = plan(sizes(*live))
        merged = [sum(live[place] for place in group) for group in groups]
        gone = {place for group in groups for place in group}
        live = [count for place, count in enumerate(live) if place not in gone] + merged
        written += sum(merged)
        assert len(live) <= MOST
    assert sum(live) == added
    assert written < 25 * added
