"""Ours against its peers, on every set: what a change of the ranking must not lose."""

from pathlib import Path

import pytest

from tests.relevance.engines import OURS
from tests.relevance.floors import FLOORS, PEERS, QUERIES
from tests.relevance.report import best_peer
from tests.relevance.running import run_set
from tests.relevance.sets import SETS

pytestmark = pytest.mark.real_data


def test_every_set_has_a_floor() -> None:
    assert set(FLOORS) == set(SETS)


@pytest.mark.parametrize("name", SETS)
def test_ours_keeps_its_place(name: str, shared_data: Path, tmp_path: Path) -> None:
    collection = SETS[name](shared_data).sample(QUERIES)
    reached = run_set(collection, (OURS, *PEERS), tmp_path).figures
    peer = best_peer(reached)
    assert peer in PEERS
    assert reached[OURS].main >= FLOORS[name] * reached[peer].main, (name, peer)
