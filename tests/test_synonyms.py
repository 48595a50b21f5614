"""What is said otherwise in official texts: the file, and what it finds."""

import pytest

from indexer.french.acronyms import stems_of
from indexer.french.analysis import analyse, stem_form
from indexer.search.acronyms import widened
from indexer.search.language import parse
from indexer.search.meanings import FILE_ONLY
from indexer.search.request import Search
from indexer.search.synonyms import is_form_of, said_otherwise, sayings
from indexer.search.tree import All, Chain, Word
from indexer.settings import Settings
from indexer.whoosh_engine import open_engine
from indexer.whoosh_engine.schema import texts_of


def test_every_row_says_something_else_once() -> None:
    rows = sayings()
    assert len(rows) > 100
    for row in rows:
        others = [other for other in rows if other.stems == row.stems]
        assert [other.text for other in others if other.begins(row.words)] == [row.text]
        assert row.others, row.text
        assert all(stems_of(other) and stems_of(other) != row.stems for other in row.others)
        # Words that an analysis leaves out would make a row find too much.
        assert all(
            token.stem or token.compound or len(token.exact) < 4 for token in analyse(row.text)
        ), row.text


def test_the_longest_row_wins() -> None:
    found = said_otherwise(("violences", "conjugales", "graves"))
    assert found is not None
    assert found.text == "violence conjugale"
    assert said_otherwise(("violence",)) is None
    assert said_otherwise(()) is None


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("armee", "armée"),
        ("handicapées", "handicapé"),
        ("chômeuses", "chômeur"),
        ("chevaux", "cheval"),
        ("assistants", "assistante"),
        ("paysanne", "paysan"),
    ],
)
def test_a_word_stands_in_its_other_forms(typed: str, word: str) -> None:
    assert is_form_of(typed, word)


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("armes", "armée"),
        ("garde", "garderie"),
        ("amendements", "amende"),
        ("institut", "instituteur"),
        ("telle", "télé"),
        ("handicap", "handicapé"),
    ],
)
def test_a_word_does_not_stand_for_what_shares_its_stem(typed: str, word: str) -> None:
    assert stem_form(typed) == stem_form(word)
    assert not is_form_of(typed, word)
    row = said_otherwise((typed,))
    assert row is None or word not in row.words


def others(text: str, *without: str) -> list[tuple[str, set[tuple[str, ...]]]]:
    tree, _ = widened(parse(text).tree, text, FILE_ONLY, without)
    words = tree.children if isinstance(tree, All) else (tree,)
    return [
        (word.text, {other.stems for other in word.others if isinstance(other, Chain)})
        for word in words
        if isinstance(word, Word)
    ]


def test_words_that_are_said_otherwise_are_widened_together() -> None:
    official = {stems_of("violences conjugales"), stems_of("violences faites aux femmes")}
    assert others("aide aux femmes battues") == [
        ("aide", set()),
        ("femmes", official),
        ("battues", official),
    ]
    assert others("prof") == [("prof", {stems_of("enseignant"), stems_of("professeur")})]
    assert others("profs", "prof") == [("profs", set())]
    assert others('"femmes battues" =prof') in ([("prof", set())], [])


@pytest.mark.parametrize(
    ("typed", "official"),
    [("femmes battues", "violences conjugales"), ("profs", "enseignants")],
)
def test_real_questions_that_say_it_otherwise_are_found(
    real_settings: Settings, typed: str, official: str
) -> None:
    engine = open_engine(real_settings)
    results = engine.search(Search(text=typed, size=200))
    found = {hit.uid for hit in results.hits if not hit.related}
    expected = {
        question.uid
        for question in engine.export(Search(text=f'"{official}"'))
        if any(official in text.lower() for text in texts_of(question).values())
    }
    assert expected
    everything = {question.uid for question in engine.export(Search(text=typed))}
    assert expected <= everything
    assert results.total == len(everything)
    assert found <= everything
    key = "femmesbattues" if "battues" in typed else "prof"
    alone = engine.search(Search(text=typed, without_synonyms=(key,)))
    assert not expected <= {question.uid for question in engine.export(alone.search)}
    states = {synonym.key: synonym.state for synonym in alone.understood.expansions}
    assert states[key] == "removed"
