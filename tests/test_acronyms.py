"""Acronyms in searches: what they also find, what they never do, and how a reader is asked."""

import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.corpus import Corpus
from indexer.fastwhoosh.request import Request as PlanRequest
from indexer.french.acronyms import stems_of
from indexer.french.analysis import analyse
from indexer.french.definitions import definitions
from indexer.interchange import to_line
from indexer.question import Question
from indexer.search.acronyms import widened
from indexer.search.engine import Engine
from indexer.search.language import parse
from indexer.search.marker import CHAIN_WIDTH
from indexer.search.meanings import FILE_ONLY, Keys, Meaning
from indexer.search.request import Search
from indexer.search.results import Hit
from indexer.search.results_json import as_json
from indexer.search.tree import Word
from indexer.search.wording import describe
from indexer.settings import Settings
from indexer.whoosh_engine import build, open_engine
from indexer.whoosh_engine.engine import WhooshEngine
from indexer.whoosh_engine.schema import texts_of
from indexer.whoosh_engine.translate import translated

AESH = "accompagnants d'élèves en situation de handicap"


@pytest.fixture(scope="module")
def engine(real_settings: Settings) -> Engine:
    return open_engine(real_settings)


@pytest.fixture(scope="module")
def questions(real_settings: Settings) -> list[Question]:
    return list(Corpus(real_settings.corpus / "questions").questions())


def strict(engine: Engine, text: str, **asked: object) -> set[str]:
    """The questions that hold every word: in an order of days they come first."""
    search = Search(text=text, size=1, facets=False, sort="recentes", **asked)  # type: ignore[arg-type]  # values of several types
    total = engine.search(search).total_all_words
    return {question.uid for question, _ in zip(engine.export(search), range(total), strict=False)}


def numbers(engine: Engine, text: str, **asked: object) -> set[int]:
    """The documents that hold every word."""
    assert isinstance(engine, WhooshEngine)
    snapshot = engine._current()
    search = Search(text=text, facets=False, **asked)  # type: ignore[arg-type]  # values of several types
    strict_plan = translated(snapshot, search).strict
    found = snapshot.executor.run(PlanRequest(strict_plan, limit=snapshot.documents))
    return {number for _, number in found.hits}


READ: dict[str, list[list[tuple[str, str | None]]]] = {}


def words_of(question: Question) -> list[list[tuple[str, str | None]]]:
    if question.uid not in READ:
        READ[question.uid] = _read(question)
    return READ[question.uid]


def _read(question: Question) -> list[list[tuple[str, str | None]]]:
    return [
        [(token.exact, token.stem) for token in analyse(text) if not token.compound]
        for text in texts_of(question).values()
    ]


def stand_in_a_row(stems: Sequence[str], question: Question) -> bool:
    """Whether stems follow each other somewhere, each at most CHAIN_WIDTH words after the last."""
    for words in words_of(question):
        places = {place for place, (_, stem) in enumerate(words) if stem == stems[0]}
        for wanted in stems[1:]:
            places = {
                place + step
                for place in places
                for step in range(1, CHAIN_WIDTH + 1)
                if place + step < len(words) and words[place + step][1] == wanted
            }
        if places:
            return True
    return False


def holds(word: str, question: Question) -> bool:
    return any(word == exact for words in words_of(question) for exact, _ in words)


def holds_stems(stems: Sequence[str], question: Question) -> bool:
    held = {stem for words in words_of(question) for _, stem in words}
    return held >= set(stems)


@pytest.mark.parametrize(
    ("typed", "key", "meanings"),
    [
        ("HAS", "has", ["haute autorité de santé"]),
        ("TEH", "teh", ["traite des êtres humains"]),
        ("mdph", "mdph", ["maison départementale des personnes handicapées"]),
        ("Caf", "caf", ["caisses d’allocation familiale"]),
        ("ansm", "ansm", ["agence nationale de sécurité du médicament et des produits de santé",
                          "agence nationale de sécurité du médicament"]),
    ],
)  # fmt: skip
@pytest.mark.real_data
def test_an_acronym_finds_what_spells_it_out_as_a_slow_scan_does(
    engine: Engine, questions: list[Question], typed: str, key: str, meanings: list[str]
) -> None:
    chains = [stems_of(meaning) for meaning in meanings]
    alone = {q.uid for q in questions if holds(key, q)}
    expected = alone | {
        q.uid for q in questions if any(stand_in_a_row(chain, q) for chain in chains)
    }
    assert strict(engine, typed) == expected
    assert expected > alone, "some questions only write it out"
    assert strict(engine, typed, without_synonyms=(key,)) == alone
    assert strict(engine, f'"{typed}"') == alone


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        (AESH, "aesh"),
        ("accompagnant des élèves en situation de handicap", "aesh"),
        ("traite des êtres humains", "teh"),
        ("obligations de quitter le territoire français", "oqtf"),
        ("Agence régionale de santé", "ars"),
    ],
)
@pytest.mark.real_data
def test_words_written_out_find_their_acronym_as_a_slow_scan_does(
    engine: Engine, questions: list[Question], typed: str, key: str
) -> None:
    stems = stems_of(typed)
    apart = {q.uid for q in questions if holds_stems(stems, q)}
    assert strict(engine, typed) == apart | {q.uid for q in questions if holds(key, q)}
    assert strict(engine, typed, without_synonyms=(key,)) == apart
    (synonym,) = engine.search(Search(text=typed)).understood.expansions
    assert (synonym.key, synonym.state) == (key, "used")


@pytest.mark.real_data
def test_an_acronym_among_other_words(engine: Engine, questions: list[Question]) -> None:
    chain = stems_of(AESH)
    (stem,) = stems_of("revalorisation")
    expected = {
        q.uid
        for q in questions
        if holds_stems([stem], q) and (holds("aesh", q) or stand_in_a_row(chain, q))
    }
    assert strict(engine, "revalorisation AESH") == expected


@pytest.mark.real_data
def test_what_stands_for_a_word_is_marked_and_is_not_missing(engine: Engine) -> None:
    results = engine.search(Search(text="HAS", size=200))
    found = [hit for hit in results.hits if not hit.related]
    written_out = [hit for hit in found if not _is_marked(hit, lambda t: t == "has")]
    assert len(written_out) > 5
    for hit in written_out:
        assert _is_marked(hit, lambda t: "autorité de santé" in t), hit.uid
    relaxed = engine.search(Search(text="HAS médicament sécurité zzzz", size=200))
    assert relaxed.total > relaxed.total_all_words == 0
    held = {hit.uid for hit in found}
    both = [hit for hit in relaxed.hits if hit.uid in held]
    assert {hit.uid for hit in both} & {hit.uid for hit in written_out}
    assert all("has" not in hit.missing for hit in both)
    others = [hit for hit in relaxed.hits if hit.uid not in held]
    assert others
    assert all("has" in hit.missing for hit in others)


def _is_marked(hit: Hit, fits: Callable[[str], bool]) -> bool:
    passages = (*hit.question, *hit.answer)
    pieces = [*hit.title, *(piece for passage in passages for piece in passage.pieces)]
    return any(piece.is_match and fits(piece.text.lower()) for piece in pieces)


@pytest.mark.real_data
def test_a_question_page_marks_the_meaning_too(engine: Engine, questions: list[Question]) -> None:
    chain = stems_of("haute autorité de santé")
    record = next(q for q in questions if stand_in_a_row(chain, q) and not holds("has", q))
    marked = engine.marked(record.key, Search(text="HAS"))
    assert marked
    assert marked.matches


@pytest.mark.real_data
def test_every_clear_acronym_of_the_questions_finds_its_definitions(
    engine: Engine, questions: list[Question]
) -> None:
    """Whatever defines an acronym holds it: what is added must not lose it, nor cost its rank."""
    rng = random.Random(3)
    defined: dict[str, set[str]] = {}
    for question in questions:
        for text in texts_of(question).values():
            for found in definitions(text):
                defined.setdefault(found.acronym, set()).add(question.uid)
    for acronym in rng.sample(sorted(defined), 60):
        if len(analyse(acronym)) == 1:
            assert defined[acronym] <= strict(engine, acronym)


@pytest.mark.real_data
def test_words_that_are_no_acronyms_stay_words(engine: Engine) -> None:
    for text in (
        "ce",
        "sa",
        "change",
        "leader",
        "aide",
        "art de la rue",
        "plus",
        "TRAITE CE CHANGE",
    ):
        assert engine.search(Search(text=text)).understood.expansions == ()
    assert (
        engine.search(Search(text="certificat d'aptitude professionnelle")).understood.expansions
        == ()
    )
    assert engine.search(Search(text="obtenir un CAP")).understood.expansions


QUERIES = st.lists(
    st.sampled_from(
        ["AESH", "aesh", AESH, "ARS", "agence régionale de santé", "AMF", "-", "OU", "SAUF", "(",
         ")", "loup", "handicap", '"AESH"', "titre:", "ZFE-m", "traite", "des", "êtres", "humains",
         "TEH", "micro-entreprise", "\x1f", "\x00", "ÉÉÉÉ", "CE", "DES", "C.G.T.", "type:QE", "a*",
         "aesh~"]
    ),
    max_size=8,
).map(" ".join)  # fmt: skip


@pytest.mark.real_data
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(typed=QUERIES)
def test_what_is_added_only_adds_and_filters_only_take_away(engine: Engine, typed: str) -> None:
    results = engine.search(Search(text=typed, size=1))
    used = {synonym.key for synonym in results.understood.expansions}
    assert numbers(engine, typed, without_synonyms=tuple(used)) <= numbers(engine, typed)
    filtered = engine.search(Search(text=typed, filters={"type": ("QE",)}, size=1))
    assert filtered.total <= results.total
    assert describe(parse(typed).tree) == results.understood.text
    assert as_json(results)["understood"]["expansions"] is not None


class Written:
    """A dictionary of a few meanings, with how many questions hold each acronym."""

    def __init__(self, *rows: tuple[str, str, int], held: Mapping[str, int] | None = None) -> None:
        self.rows = [Meaning(name.lower(), stems_of(text), name, text, n) for name, text, n in rows]
        self.held = held or {}

    def meanings(self, key: str) -> Sequence[Meaning]:
        return [row for row in self.rows if row.key == key]

    def keys(self, first: str, second: str) -> Keys:
        return {row.stems: (row.key,) for row in self.rows if row.stems[:2] == (first, second)}

    def questions_with(self, word: str, form: str) -> int:
        return self.held.get(f"{word}/{form}", self.held.get(word, 1))


def states(text: str, dictionary: Written, **asked: tuple[str, ...]) -> list[tuple[str, str]]:
    _, synonyms = widened(parse(text).tree, text, dictionary, **asked)
    return [(synonym.meaning, synonym.state) for synonym in synonyms]


CLOSE = Written(("XRT", "extrait de route", 4), ("XRT", "échange de rames", 2))
CLEAR = Written(("XRT", "extrait de route", 10), ("XRT", "échange de rames", 2))


def test_a_clear_meaning_is_used_and_close_ones_are_offered() -> None:
    assert states("XRT", CLEAR) == [("extrait de route", "used")]
    both = [("extrait de route", "offered"), ("échange de rames", "offered")]
    assert states("XRT", CLOSE) == both
    assert states("extraits des routes", CLOSE) == both[:1]
    assert states("extraits des routes", CLEAR) == [("extrait de route", "used")]
    assert states("échange de rames", CLEAR) == []


def test_a_meaning_can_be_chosen_and_an_acronym_left_alone() -> None:
    chosen = {"chosen": ("XRT:Échanges de rames",)}
    assert states("xrt", CLOSE, **chosen) == [("échange de rames", "used")]
    assert states("échanges de rames", CLOSE, **chosen) == [("échange de rames", "used")]
    assert states("XRT", CLEAR, without=("xrt",)) == [("extrait de route", "removed")]
    tree, _ = widened(parse("XRT").tree, "XRT", CLEAR, ("X.R.T.",))
    assert tree == Word("xrt")
    assert states("XRT", CLOSE, chosen=("xrt:", ":", "xrt:rien du tout", "\x1f")) != []


def test_wordings_of_one_meaning_are_searched_together() -> None:
    tree, synonyms = widened(parse("cedh").tree, "cedh", FILE_ONLY)
    assert isinstance(tree, Word)
    assert len(tree.others) == 2
    assert len(synonyms) == 1


def test_a_slip_of_the_pen_is_no_meaning() -> None:
    assert states("XRT", Written(("XRT", "extension de la route", 1))) == []
    assert states("XRT", Written(("XRT", "extension de la route", 2))) != []
    assert states("ER", Written(("ER", "extension de la route", 1))) != []


@pytest.mark.parametrize(
    ("held", "is_word"),
    [({"xrt": 100}, False), ({"xrt": 1000}, True), ({"xrt/exact": 50, "xrt/stem": 90}, True)],
)
def test_letters_that_are_a_word_must_be_typed_in_capitals(
    held: Mapping[str, int], is_word: bool
) -> None:
    dictionary = Written(("XRT", "extrait de route", 10), held=held)
    assert (states("un xrt", dictionary) == []) is is_word
    assert states("un XRT", dictionary) != []
    assert (states("UN XRT", dictionary) == []) is is_word
    assert (states("extrait de route", dictionary) == []) is is_word


@pytest.mark.parametrize(
    "text", ['"XRT"', "SAUF XRT", "xrt*", "xrt~", "auteur:XRT", '"extrait de route"',
             "extrait SAUF chien route", "extrait OU route", "titre:extrait route"]
)  # fmt: skip
def test_what_is_meant_literally_stays_literal(text: str) -> None:
    assert states(text, CLEAR) == []


def test_alternatives_and_parts_keep_their_scope() -> None:
    tree, _ = widened(parse("titre:(xrt OU loup)").tree, "", CLEAR)
    assert describe(tree) == "titre:xrt OU titre:loup"
    assert states("loup OU (extrait route)", CLEAR) == [("extrait de route", "used")]


def test_a_long_query_ends() -> None:
    assert states("extrait de route " * 120, CLEAR) == [("extrait de route", "used")]


def test_what_is_counted_follows_updates(
    tmp_path: Path, make_question: Callable[..., Question]
) -> None:
    """Definitions that leave the corpus leave the index; nothing is learned beside it."""
    wanted = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")
    text = "Sur la zone de repos tranquille (ZRT) du loup."
    first = [make_question(n, question_text=text) for n in range(1, 30)]
    _indexed(wanted, first)
    engine = open_engine(wanted)
    found = engine.search(Search(text="zrt"))
    assert [(s.count, s.state) for s in found.understood.expansions] == [(29, "used")]
    second = [make_question(1, question_text="Des zones de repos tranquilles."), *first[1:]]
    _indexed(wanted, second)
    found = engine.search(Search(text="zrt"))
    assert found.total == 29
    assert [s.state for s in found.understood.expansions] == ["used"]
    _indexed(wanted, [make_question(1, question_text="zrt"), make_question(2)])
    assert engine.search(Search(text="zrt")).understood.expansions == ()


def _indexed(wanted: Settings, questions: Sequence[Question]) -> None:
    path = wanted.corpus / "questions" / "AN-15-QE.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{to_line(question)}\n" for question in questions), "utf-8")
    build(Corpus(path.parent), wanted)
