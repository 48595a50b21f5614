"""What is suggested for misspelt queries, and what never is."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from indexer.corpus import Corpus
from indexer.fastwhoosh.expansions import distance
from indexer.french.analysis import analyse, fold, stem_form
from indexer.interchange import to_line
from indexer.question import Question
from indexer.search.engine import Engine
from indexer.search.request import Search
from indexer.search.results_json import as_json
from indexer.search.spelling import readings
from indexer.settings import Settings
from indexer.whoosh_engine import build, generations, open_engine
from indexer.whoosh_engine.lexicon import IndexLexicon
from indexer.whoosh_engine.snapshot import Snapshot
from tests.spelling import measured, queries


@dataclass
class Words:
    """A lexicon over sentences, the obvious way. Fulfils ``search.lexicon.Lexicon``."""

    sentences: list[str]
    asked: list[str] = field(default_factory=list)

    @property
    def documents(self) -> int:
        return len(self.sentences)

    def _exact(self) -> list[list[str]]:
        return [[token.exact for token in analyse(sentence)] for sentence in self.sentences]

    def held(self, word: str, *, exact: bool) -> int:
        stem = None if exact else stem_form(word)
        if stem is None:
            return sum(word in words for words in self._exact())
        return sum(stem in map(stem_form, words) for words in self._exact())

    def is_name(self, word: str) -> bool:
        return word == "bonneau"

    def spelt(self, folded: str, errors: int) -> Mapping[str, int]:
        self.asked.append(folded)
        known = {word for words in self._exact() for word in words}
        near = (word for word in known if distance(folded, fold(word), errors) <= errors)
        return {word: self.held(word, exact=True) for word in near}

    def side_by_side(self, first: str, second: str) -> int:
        pairs = [list(pairwise(words)) for words in self._exact()]
        return sum((first, second) in each for each in pairs)

    def near(self, first: str, second: str) -> int:
        wanted = {stem_form(first), stem_form(second)}
        return sum(wanted <= set(map(stem_form, words)) for words in self._exact())


def words(**counts: int) -> Words:
    """Return a lexicon of sentences, each as often as it says; ``_`` stands for a space."""
    return Words([name.replace("_", " ") for name, count in counts.items() for _ in range(count)])


FRENCH = words(
    sécurité_sociale=20, traite_des_êtres_humains=20, être_humain=30, retraites_agricoles=12,
    médicaments_génériques=9, pharmacie_rurale=6, antisémitisme=8, aujourd_hui=0, loup=5,
    la_loi_des_mers=100,
)  # fmt: skip


def best(text: str, lexicon: Words = FRENCH, found: int = 0) -> str | None:
    given = readings(text, lexicon, found=found)
    return given[0].text if given else None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("securitte socialle", None),  # the stems are right: they find it
        ("secuirté sociale", "sécurité sociale"),
        ("retriates agricoles", "retraites agricoles"),
        ("farmacie rurale", "pharmacie rurale"),
        ("médicamants génériques", "médicaments génériques"),
        ("sécuritésociale", "sécurité sociale"),
        ("securitesociale", "sécurité sociale"),
        ("anti sémitisme", "antisémitisme"),
        ("traite desêtres humains", "traite des êtres humains"),
        ("lantisémitisme", "l'antisémitisme"),
        ("l'antisémitizme", "l'antisémitisme"),
        ('"traite des etres humains"', '"traite des êtres humains"'),
        ("Secuirté SOCIALE", "Sécurité SOCIALE"),
        ("SECUIRTE SOCIALE", "SÉCURITÉ SOCIALE"),
        ("titre:secuirté  auteur:secuirté -secuirté", "titre:sécurité  auteur:secuirté -secuirté"),
        ("(secuirté OU lopu) SAUF lopu", "(sécurité OU loup) SAUF lopu"),
        ("secuirté* retriates~", None),
        ("sécurité sociale", None),
        ("24191 QE24191 12e", None),
        ("xyzzyqwk", None),
        ("", None),
    ],
)
def test_a_misspelling_is_seen_through(typed: str, meant: str | None) -> None:
    assert best(typed) == meant


def test_the_new_stretches_are_those_that_changed() -> None:
    (reading,) = readings("la secuirté  et les lopu", FRENCH, found=0)[:1]
    assert [reading.text[start:end] for start, end in reading.changed] == ["sécurité", "loup"]


def test_of_two_words_the_one_that_goes_with_its_neighbours_is_meant() -> None:
    lexicon = words(vente_de_pain=10, bois_de_pin=10, four_à_pain=20)
    assert best("vente de paim", lexicon) == "vente de pain"
    assert best("bois de pnin", lexicon) == "bois de pin"


def test_the_commoner_of_two_words_is_meant() -> None:
    assert best("lounp", words(loup=9, lounge=1, Loung=1)) == "loup"


def test_a_word_that_answers_well_is_not_even_looked_up() -> None:
    lexicon = words(loup=6, coup=300)
    assert best("loup", lexicon, found=6) is None
    assert lexicon.asked == []


def test_a_rare_word_stands_unless_another_one_is_overwhelmingly_likelier() -> None:
    assert best("loupe", words(loupe=2, loups=150), found=2) is None
    assert best("metres", words(metres=1, mettre=30), found=1) is None
    assert best("financment", words(financment=1, financement=150), found=1) == "financement"


def test_quotes_mean_their_letters_where_they_find_something() -> None:
    lexicon = words(traite=5, traité=500)
    assert best('"traite"', lexicon, found=5) is None
    assert best("traite", lexicon, found=500) is None


def test_an_acronym_stands() -> None:
    lexicon = words(cadre=200)
    assert best("la CADES", lexicon) is None
    assert best("la cadrre", lexicon) is None  # its stem is found
    assert best("la caxre", lexicon) == "la cadre"


def test_the_name_of_an_author_stands() -> None:
    assert best("bonnau", words(bonnet=20)) == "bonnet"
    assert best("bonneau", words(bonnet=20)) is None


def test_operators_are_never_made() -> None:
    lexicon = words(ou=300, oublier=3)
    for typed in ("OUU", "loup OUU ours", "EET"):
        for reading in readings(typed, lexicon, found=0):
            assert not {"OU", "ET"} & set(reading.text.split()), typed


@pytest.fixture(scope="module")
def lexicon(sample_settings: Settings) -> IndexLexicon:
    return IndexLexicon(snapshot(sample_settings))


def snapshot(settings: Settings) -> Snapshot:
    return Snapshot(settings.index, generations.current_name(settings.index))


def test_the_words_of_an_index_are_those_of_its_questions(
    lexicon: IndexLexicon, sample_settings: Settings
) -> None:
    known = snapshot(sample_settings).vocabulary._counts
    folded = {word: fold(word) for word in known}
    rng = random.Random(3)
    for word in rng.sample(sorted(known), 12):
        letters = list(fold(word))
        letters[rng.randrange(len(letters))] = rng.choice("aeinost")
        for errors in range(3):
            given = lexicon.spelt("".join(letters), errors)
            plain = {
                other: count
                for other, count in known.items()
                if distance("".join(letters), folded[other], errors) <= errors
            }
            assert given == plain, (word, errors)
        assert lexicon.held(word, exact=True) >= 1


def test_native_words_are_those_of_plain_python(sample_settings: Settings) -> None:
    native, plain = snapshot(sample_settings).vocabulary, snapshot(sample_settings).vocabulary

    class Slow:
        is_native = False
        searcher = plain._executor.searcher

    plain._executor = Slow()  # type: ignore[assignment]  # a stand-in
    rng = random.Random(5)
    for _ in range(60):
        word = "".join(rng.choices("aeéilnrstœ'漢1", k=rng.randrange(1, 8)))
        for errors in (0, 1, 2, 3):
            assert native.spelt(fold(word), errors) == plain.spelt(fold(word), errors), word


@pytest.fixture(scope="module")
def engine(sample_settings: Settings) -> Engine:
    return open_engine(sample_settings)


def test_words_together_are_counted_as_searches_count_them(
    lexicon: IndexLexicon, engine: Engine
) -> None:
    counted = engine.search(Search(text='"êtres humains"')).total
    assert lexicon.side_by_side("êtres", "humains") == counted > 5
    assert lexicon.side_by_side("humains", "êtres") == 0
    assert lexicon.near("humaine", "êtres") >= counted
    assert lexicon.near("humain", "humaine") == lexicon.near("de", "loup") == 0


SCRAPS = (
    "loup", "lopu", "traite", "trate", "etres", "humians", "médicamants", "ecolle", "l'", "d'", '"',
    "«", "»", "(", ")", "-", " ", " ", " ", "OU", "ET", "SAUF", "titre:", "reponse:", "auteur:",
    "type:QE", "du:2019", "vaccin*", "agricultur~", "anti", "sémitisme", "24191", "QE", "?", "É",
    "e\u0301", "漢字", "\x00", "\u202e", "zzzz",
)  # fmt: skip
hostile = st.lists(st.sampled_from(SCRAPS) | st.text(max_size=4), max_size=9).map("".join)


@given(text=hostile, scope=st.sampled_from(("tout", "tout", "titre", "reponse")))
@hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_suggestion_finds_what_it_promises(engine: Engine, text: str, scope: str) -> None:
    filters: dict[str, tuple[str, ...]] = {"type": ("QE",)} if len(text) % 2 else {}
    asked = Search(text=text, scope=scope, filters=filters, facets=False)
    results = engine.search(asked)
    suggestion = results.suggestion
    if suggestion is None:
        return
    found = engine.search(suggestion.search)
    assert found.total == suggestion.total > 0
    assert found.total_all_words > results.total_all_words
    assert "".join(stretch.text for stretch in suggestion.stretches) == suggestion.search.text
    assert any(stretch.is_new for stretch in suggestion.stretches)
    assert (suggestion.search.scope, suggestion.search.filters) == (scope, filters)
    assert as_json(results)["suggestion"]["query"] == suggestion.search.text


def test_a_suggestion_is_not_made_under_filters_where_it_finds_nothing(
    tmp_path: Path, make_question: Callable[..., Question]
) -> None:
    corpus = [
        make_question(number, kind="QE" if number > 1 else "QG", question_text=text)
        for number, text in enumerate(["Les loups.", "Un renard.", "Un ours.", "Un lynx."], 1)
    ]
    settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")
    target = settings.corpus / "questions"
    target.mkdir(parents=True)
    lines = "".join(f"{to_line(question)}\n" for question in corpus)
    (target / "all.jsonl").write_text(lines, "utf-8")
    build(Corpus(target), settings)
    small = open_engine(settings)
    suggested = small.search(Search(text="lopus")).suggestion
    assert suggested is not None
    assert suggested.search.text == "loups"
    assert small.search(Search(text="lopus", filters={"type": ("QE",)})).suggestion is None


def test_only_the_first_page_suggests(engine: Engine) -> None:
    assert engine.search(Search(text="médicamants")).suggestion is not None
    assert engine.search(Search(text="médicamants", page=2)).suggestion is None


@pytest.mark.real_data
def test_nine_of_ten_misspelt_queries_are_seen_through(real_settings: Settings) -> None:
    corpus = Corpus(real_settings.corpus / "questions")
    titles = [question.title or "" for question in corpus.questions()]
    asked = queries(titles, random.Random(11), 300)
    tally = measured(open_engine(real_settings), asked, 11)
    assert tally.total("right", "same") >= 0.9 * len(asked), tally.cases
    assert tally.total("wrong") <= 0.05 * len(asked), tally.cases
    assert len(tally.alarms) <= 0.01 * len(asked), tally.alarms


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("développemant durable", "développement durable"),
        ("sécuritésociale", "sécurité sociale"),
        ("aujourd hui", "aujourd'hui"),
        ("anti sémitisme", "antisémitisme"),
        ("lecole primaire", "l'école primaire"),
        ("farmacie rurale", "pharmacie rurale"),
        ("taxe d'abitation", "taxe d'habitation"),
        ('"traite des etres humains"', '"traite des êtres humains"'),
        ("educasion nationale", "éducation nationale"),
        ("traite", None),
        ('"traite"', None),
        ("etres", None),
        ("RSA AAH", None),
    ],
)
def test_real_words_are_seen_through(real_engine: Engine, typed: str, meant: str | None) -> None:
    suggestion: Any = real_engine.search(Search(text=typed, facets=False)).suggestion
    assert (suggestion and suggestion.search.text) == meant


@pytest.fixture(scope="module")
def real_engine(real_settings: Settings) -> Engine:
    return open_engine(real_settings)
