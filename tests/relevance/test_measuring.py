"""The measures, against slow and obvious ones on an example made by hand."""

from math import log2

import pytest

from tests.relevance.measuring import MAIN, difference, figures

JUDGED = {
    "loup": {"a": 3, "b": 2, "c": 1, "d": 0},
    "train": {"e": 1},
    "école": {"f": 2, "g": 2},
}
RUN = {"loup": ["d", "b", "x", "a"], "train": ["y", "z", "e"], "école": []}


def slow_ndcg(judged: dict[str, int], found: list[str], depth: int = 10) -> float:
    gained = sum(judged.get(uid, 0) / log2(place + 2) for place, uid in enumerate(found[:depth]))
    ideal = sorted(judged.values(), reverse=True)[:depth]
    return gained / sum(grade / log2(place + 2) for place, grade in enumerate(ideal))


def test_ndcg_is_what_the_definition_says() -> None:
    measured = figures(JUDGED, RUN)
    expected = {query: slow_ndcg(JUDGED[query], RUN[query]) for query in JUDGED}
    assert measured.per_query == pytest.approx(expected)
    assert measured.main == pytest.approx(sum(expected.values()) / 3)


def test_the_other_measures_count_relevant_answers() -> None:
    means = figures(JUDGED, RUN).means
    assert means["P@10"] == pytest.approx((2 + 1 + 0) / 10 / 3)
    assert means["R@50"] == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert means["RR"] == pytest.approx((1 / 2 + 1 / 3 + 0) / 3)


def test_what_nobody_judged_is_counted() -> None:
    assert figures(JUDGED, RUN).judged == pytest.approx(4 / 7)


def test_the_order_of_the_engine_is_kept() -> None:
    # Identifiers in falling order: a tie broken by identifier would turn them round.
    backwards = figures({"q": {"c": 1}}, {"q": ["b", "c", "a"]})
    assert backwards.means["RR"] == pytest.approx(1 / 2)


def test_the_difference_is_paired() -> None:
    better = figures(JUDGED, {**RUN, "loup": ["a", "b", "c"]})
    gain = difference(better, figures(JUDGED, RUN))
    lost = better.means[MAIN] - figures(JUDGED, RUN).means[MAIN]
    assert gain.mean == pytest.approx(lost)
    gains = [better.per_query["loup"] - figures(JUDGED, RUN).per_query["loup"], 0.0, 0.0]
    spread = sum((each - gain.mean) ** 2 for each in gains) / 2
    assert gain.margin == pytest.approx(1.96 * (spread / 3) ** 0.5)
