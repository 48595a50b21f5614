"""The main job on real documents: from the files that people have to highlighted answers."""

import pytest

from indexer.corpus import Corpus
from indexer.search.engine import Engine
from indexer.search.request import Search, date_range
from indexer.search.results import Hit
from indexer.settings import Settings
from indexer.whoosh_engine import check, open_engine

pytestmark = pytest.mark.real_data
FIRST = "QANR5L15QE24191"


@pytest.fixture(scope="module")
def engine(real_settings: Settings) -> Engine:
    return open_engine(real_settings)


def first(engine: Engine, text: str) -> Hit:
    return engine.search(Search(text=text)).hits[0]


def test_the_query_that_decides_everything(engine: Engine) -> None:
    hit = first(engine, "traite des êtres humains")
    assert hit.uid == FIRST
    for passages in (hit.question, hit.answer):
        marked = [piece.text for passage in passages for piece in passage.pieces if piece.is_match]
        assert "traite des êtres humains" in marked


@pytest.mark.parametrize(
    "typed",
    ["traite des etres humains", "TRAITE DES ÊTRES HUMAINS", "la traite d’êtres humains",
     "la traite d'êtres humains", '"traite des êtres humains"', "« traite des êtres humains »"],
)  # fmt: skip
def test_however_it_is_typed(engine: Engine, typed: str) -> None:
    assert first(engine, typed).uid == FIRST


def test_the_month_keeps_or_drops_it(engine: Engine) -> None:
    text = "traite des êtres humains"
    kept = engine.search(Search(text=text, asked=date_range("2019-11-01", "2019-11-30")))
    assert [hit.uid for hit in kept.hits] == [FIRST]
    for month in ("2019-10", "2019-12"):
        dropped = engine.search(Search(text=text, asked=date_range(month, month)))
        assert FIRST not in {hit.uid for hit in dropped.hits}


def test_a_treaty_is_no_trafficking(engine: Engine) -> None:
    hits = engine.search(Search(text='"traité des êtres humains"', size=200)).hits
    assert FIRST not in {hit.uid for hit in hits}


def test_the_index_is_the_corpus(real_settings: Settings) -> None:
    assert check(Corpus(real_settings.corpus / "questions"), real_settings) == ()


@pytest.mark.parametrize("typed", ["24191", "n° 24 191", "QE24191", "15-24191", "15-24191QE"])
def test_a_number_finds_its_question(engine: Engine, typed: str) -> None:
    assert FIRST in {hit.uid for hit in engine.search(Search(text=typed)).hits}


def test_old_texts_without_accents_are_found(engine: Engine) -> None:
    search = Search(text="décisions arrêté campagne", filters={"legislature": ("8", "9", "10")})
    assert engine.search(search).total_all_words > 0
