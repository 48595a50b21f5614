"""The report says what was met, what was missed, and of how many documents a figure is."""

import pytest

from tests.bench import model
from tests.bench.corpus import Facts
from tests.bench.measuring import Built
from tests.bench.report import report
from tests.bench.results import Machine, Results
from tests.bench.targets import SHAPE_TARGETS
from tests.bench.timing import Timed

MACHINE = Machine("2025-01-01", 2, "a processor", "a system", {"python": "3.13"})
FACTS = Facts(10_000, 9_000, 10**6, 30_000, 20_000, 0.4, 12.0, (20.0, 0.5, 0.01), [(10, 5)])


def results(ours: float, theirs: float) -> Results:
    builds = [
        Built("fastwhoosh", 1, "", 10_000, 2.0, 10.0),
        Built("tantivy", 1, "", 10_000, 5.0, 13.0),
        Built("whoosh", 1, "", 5_000, 50.0, 40.0),
    ]
    shapes = {
        model.OR5: {
            "fastwhoosh": Timed([ours] * 3, [7, 9, 8]),
            "tantivy": Timed([theirs] * 3, [7, 9, 8]),
            "whoosh": Timed([5_000.0], [3]),
        }
    }
    return Results(MACHINE, FACTS, builds, shapes=shapes, commits={"fastwhoosh": 2.0})


@pytest.mark.parametrize(
    ("theirs", "said"), [(220.0, "2.20 | ≥ 2 | met"), (190.0, "1.90 | ≥ 2 | missed")]
)
def test_a_ratio_is_held_against_its_target(theirs: float, said: str) -> None:
    row = next(line for line in report(results(100.0, theirs)).splitlines() if "OR of 5" in line)
    assert row == f"| OR of 5 | 8 | 100 | {theirs:.0f} | 5,000 (1) | {said} |"


def test_indexing_and_size_are_compared_too() -> None:
    text = report(results(100.0, 200.0))
    assert "- indexing, 1 at once, ours / tantivy: 2.50 ≥ 2 met" in text
    assert "- size, tantivy / ours: 1.30 ≥ 1.2 met" in text


def test_an_engine_with_a_part_of_the_corpus_says_so() -> None:
    assert "whoosh (5,000 documents), 1 segment" in report(results(1.0, 1.0))


def test_what_was_not_measured_is_not_made_up() -> None:
    text = report(results(1.0, 1.0))
    assert "| fastwhoosh | — | — | — | 2.0 |" in text
    assert "commit, tantivy" not in text
    assert "Queries a second" not in text


def test_each_shape_has_a_target() -> None:
    assert list(SHAPE_TARGETS) == list(model.SHAPES)
