"""The query language on real questions, against an obvious reference: their tokens, one by one."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest
from flask.testing import FlaskClient

from indexer.corpus import Corpus
from indexer.french.analysis import Token, analyse, fold
from indexer.question import Question
from indexer.search.engine import Engine
from indexer.search.request import Search
from indexer.settings import Settings
from indexer.whoosh_engine import open_engine
from indexer.whoosh_engine.schema import texts_of
from webui import create_app

pytestmark = pytest.mark.real_data
FIRST = "QANR5L15QE24191"
Texts = Mapping[str, Sequence[Sequence[Token]]]


@pytest.fixture(scope="module")
def engine(real_settings: Settings) -> Engine:
    return open_engine(real_settings)


@pytest.fixture(scope="module")
def client(real_settings: Settings) -> FlaskClient:
    return create_app(real_settings).test_client()


@pytest.fixture(scope="module")
def texts(real_settings: Settings) -> Texts:
    """The tokens of each text of each question."""
    questions: Iterator[Question] = Corpus(real_settings.corpus / "questions").questions()
    return {q.uid: [analyse(text) for text in texts_of(q).values() if text] for q in questions}


@pytest.fixture(scope="module")
def holders(texts: Texts) -> Mapping[str, set[str]]:
    """The questions that hold each word, hyphenated ones as a whole too."""
    found: dict[str, set[str]] = {}
    for uid, each in texts.items():
        for word in {token.exact for tokens in each for token in tokens}:
            found.setdefault(word, set()).add(uid)
    return found


def held(engine: Engine, text: str, *, exact: bool = False) -> set[str]:
    found: set[str] = set()
    for page in range(1, 100):
        search = Search(text=text, exact=exact, size=200, page=page, facets=False)
        results = engine.search(search)
        left = results.total_all_words - len(found)
        found |= {hit.uid for hit in results.hits[: max(left, 0)]}
        if page >= results.pages:
            break
    return found


def where(texts: Texts, holds: Callable[[Sequence[Token]], bool]) -> set[str]:
    return {uid for uid, each in texts.items() if any(holds(tokens) for tokens in each)}


def words(tokens: Sequence[Token], form: str = "exact") -> list[str | None]:
    return [getattr(token, form) for token in tokens if not token.compound]


def beside(tokens: Sequence[Token], phrase: Sequence[str]) -> bool:
    held_words = words(tokens)
    return any(
        held_words[place : place + len(phrase)] == list(phrase) for place in range(len(held_words))
    )


def near(tokens: Sequence[Token], wanted: set[str], width: int, form: str) -> bool:
    held_words = words(tokens, form)
    return wanted <= set(held_words) and any(
        wanted <= set(held_words[place : place + width]) for place in range(len(held_words))
    )


# F4: the phrase, stop words counted, in both kinds of quotes.
@pytest.mark.parametrize(
    "phrase",
    ["accès aux soins", "traite des êtres humains", "mise en œuvre de la loi", "à la fois", "loup"],
)
def test_a_phrase_stands_as_it_is_typed(engine: Engine, texts: Texts, phrase: str) -> None:
    wanted = [token.exact for token in analyse(phrase)]
    expected = where(texts, lambda tokens: beside(tokens, wanted))
    assert expected
    for typed in (f'"{phrase}"', f"« {phrase} »", f"“{phrase}”"):
        assert held(engine, typed) == expected


def test_other_stop_words_are_another_phrase(engine: Engine) -> None:
    assert held(engine, '"accès aux soins"') != held(engine, '"accès des soins"')


# F5 and F20: one form, by quotes, by the sign, by the switch.
@pytest.mark.parametrize("word", ["élus", "traite", "traité", "personnelles", "loi"])
def test_the_exact_form_of_a_word(engine: Engine, texts: Texts, word: str) -> None:
    expected = where(texts, lambda tokens: word in words(tokens))
    assert held(engine, f'"{word}"') == held(engine, f"={word}") == expected
    assert held(engine, word, exact=True) == expected
    assert expected < held(engine, word)


# F6: near, in the typed forms or in any.
@pytest.mark.parametrize(
    ("pair", "slop"), [(("accès", "soins"), 5), (("loi", "finances"), 1), (("eau", "prix"), 20)]
)
def test_words_near_each_other(
    engine: Engine, texts: Texts, pair: tuple[str, str], slop: int
) -> None:
    typed = " ".join(pair)
    exact = where(texts, lambda tokens: near(tokens, set(pair), 2 + slop, "exact"))
    stems = {token.stem or "" for token in analyse(typed)}
    variants = where(texts, lambda tokens: near(tokens, stems, 2 + slop, "stem"))
    assert held(engine, f'"{typed}"~{slop}') == exact
    assert held(engine, f"({typed})~{slop}") == variants
    assert exact <= variants
    assert variants


# F7 and F8: patterns without accents mean words with and without; one typing error.
@pytest.mark.parametrize("pattern", ["m?decin", "vaccin*", "écologi*", "*logues", "aujourd'h*"])
def test_patterns(engine: Engine, holders: Mapping[str, set[str]], pattern: str) -> None:
    shape = re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."))
    read = fold if fold(pattern) == pattern else str
    meant = [word for word in holders if shape.fullmatch(read(word))]
    assert meant
    assert held(engine, pattern) == set().union(*(holders[word] for word in meant))


def test_a_typing_error_is_tolerated(engine: Engine) -> None:
    assert held(engine, "médicamant") == set()
    assert held(engine, '"médicament"') <= held(engine, "médicamant~")
    understood = engine.search(Search(text="médicamant~")).understood
    assert "médicament" in dict(understood.variants)["médicamant"]


# F10: the forms of words of alternatives and brackets are shown too.
def test_variants_of_every_word_are_shown(engine: Engine) -> None:
    variants = dict(
        engine.search(Search(text="loup OU (élu commune)", size=50)).understood.variants
    )
    assert "loups" in variants["loup"]
    assert "élus" in variants["élu"]
    assert "communes" in variants["commune"]


# F14 to F17: forms of a word; accents, case, apostrophes and composition do not matter.
@pytest.mark.parametrize(
    "same",
    [
        ("médecin", "medecin", "MÉDECINS", "médecins"),
        ("énergie éolienne", "energie eolienne", "Énergies éoliennes"),
        ("l'eau", "l’eau", "d'eau", "EAU", "qu'eau"),
        ("aujourd'hui", "aujourd’hui", "AUJOURD'HUI"),
        ("hôpital", "hôpitaux", unicodedata.normalize("NFD", "hôpital")),
        ("la chasse et le loup", "chasse loup", "loup, chasse"),
        ("œuvre", "oeuvre", "ŒUVRES"),
    ],
)
def test_however_words_are_typed(engine: Engine, same: Sequence[str]) -> None:
    first, *others = (held(engine, typed) for typed in same)
    assert first
    for typed, other in zip(same[1:], others, strict=True):
        assert other == first, typed


# F19: hyphens, dotted acronyms, numbers.
@pytest.mark.parametrize(
    ("typed", "parts"), [("micro-entreprise", 2), ("outre-mer", 2), ("vice-président", 2)]
)
def test_a_hyphenated_word_is_found_however_it_is_written(
    engine: Engine, texts: Texts, typed: str, parts: int
) -> None:
    whole, *pieces = analyse(typed)
    assert len(pieces) == parts
    stems = [piece.stem for piece in pieces]

    def holds(tokens: Sequence[Token]) -> bool:
        stemmed = words(tokens, "stem")
        return whole.stem in {token.stem for token in tokens} or any(
            stemmed[place : place + parts] == stems for place in range(len(stemmed))
        )

    expected = where(texts, holds)
    assert held(engine, typed) == expected
    assert held(engine, typed.replace("-", "")) <= expected
    assert held(engine, typed.replace("-", "\u2011")) == expected
    assert expected <= held(engine, typed.replace("-", " "))
    assert held(engine, f'"{typed}"') <= expected
    assert len(expected) > 1


def test_dotted_acronyms_and_numbers(engine: Engine, texts: Texts) -> None:
    assert held(engine, "C.G.T.") == held(engine, "CGT") == held(engine, "cgt")
    assert held(engine, "CGT")
    expected = where(texts, lambda tokens: "30000" in words(tokens))
    assert len(expected) > 5
    for space in (" ", "\u00a0", "\u202f", "\u2009", "", "."):
        assert expected <= held(engine, f'"30{space}000"')


# F13: the question first, offered, and no redirect.
@pytest.mark.parametrize(
    "typed",
    ["24191", "n° 24 191", "QE24191", "QE n°24191", "15-24191", "24191 15e", FIRST, "15-24191QE",
     "Question écrite n° 24191", "question n°24191 de la 15e législature"],
)  # fmt: skip
def test_a_number_finds_its_question_first(engine: Engine, client: FlaskClient, typed: str) -> None:
    results = engine.search(Search(text=typed))
    assert results.hits[0].uid == FIRST
    assert results.understood.named == (FIRST,)
    assert not any("porte ce numéro" in notice for notice in results.understood.notices)
    page = client.get("/recherche", query_string={"q": typed})
    assert page.status_code == 200
    assert "Cherchiez-vous cette question" in page.text
    assert f'href="/question/{FIRST}?' in page.text


def test_all_candidates_of_a_number_are_offered(engine: Engine, client: FlaskClient) -> None:
    named = engine.search(Search(text="115")).understood.named
    assert len(named) > 1
    page = client.get("/recherche?q=115").text
    assert "Cherchiez-vous l’une de ces questions" in page
    assert all(f"/question/{uid}?" in page for uid in named)
    missing = engine.search(Search(text="QE 9999999"))
    assert any("ne porte ce numéro" in notice for notice in missing.understood.notices)
