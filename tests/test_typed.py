"""Where words and pieces stand in a typed text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.french.analysis import analyse, exact_form
from indexer.search.language import parse
from indexer.search.lexemes import placed_lexemes
from indexer.search.typed import changed, typed_pieces, typed_words, without

SCRAPS = (
    "loup", "l'état", "micro-entreprise", "n° 24 191", '"', "«", "»", "(", ")", "-", " ", " ",
    "OU", "ET", "SAUF", "titre:", "auteur:", "du:2019", "vaccin*", "médicamant~", "~3", "?", "É",
    "e\u0301", "œuf", "'", "\u202f", "\n", "漢字",
)  # fmt: skip
texts = st.lists(st.sampled_from(SCRAPS) | st.text(max_size=3), max_size=12).map("".join)


@given(texts)
def test_pieces_and_words_stand_where_they_say(text: str) -> None:
    places = [0]
    for lexeme in placed_lexemes(text):
        assert places[-1] <= lexeme.start < lexeme.end <= len(text)
        places.append(lexeme.end)
    for piece in typed_pieces(text):
        assert text[piece.start : piece.end] == piece.text
        assert piece.start <= piece.inner < piece.end
    for word in typed_words(text):
        shown = text[word.start : word.end]
        read = {token.exact for token in analyse(shown)} | {exact_form(shown)}
        assert word.exact in read, text


@given(texts)
def test_a_piece_is_left_out_and_nothing_else(text: str) -> None:
    for piece in typed_pieces(text):
        kept = "".join((text[: piece.start] + " " + text[piece.end :]).split())
        left = "".join(without(text, piece).split())
        assert left == kept or kept.replace("ET", "").replace("AND", "") == left.replace(
            "ET", ""
        ).replace("AND", "")
        parse(without(text, piece))


@pytest.mark.parametrize(
    ("text", "kinds", "wanted"),
    [
        ("loup ET (chien OU chat)", ["word", "group"], ["loup", "chien", "chat"]),
        ("loup SAUF (chien OU chat)", ["word", "excluded"], ["loup"]),
        ('titre:"grand loup"~3 -ours', ["phrase", "excluded"], ["grand", "loup"]),
        ("auteur:loup du:2019 ours", ["filter", "filter", "word"], ["ours"]),
        ("titre:(loup -ours)", ["group"], ["loup"]),
        ("loup OU ours", [], ["loup", "ours"]),
        ("vaccin* médicamant~", ["word", "word"], []),
        ("((((", ["group"], []),
        ("", [], []),
    ],
)
def test_what_is_wanted_is_told_from_what_is_not(
    text: str, kinds: list[str], wanted: list[str]
) -> None:
    assert [piece.kind for piece in typed_pieces(text)] == kinds
    assert [word.exact for word in typed_words(text)] == wanted


def test_a_field_and_quotes_hold_for_what_follows() -> None:
    field, plain = typed_pieces('reponse:"la loi" eau')
    assert (field.field, field.words) == ("reponse", ("la", "loi"))
    assert field.text[field.inner - field.start :] == '"la loi"'
    assert (plain.field, plain.words) == ("", ("eau",))
    assert [word.quoted for word in typed_words('"la loi" eau')] == [True, True, False]


def test_a_conjunction_does_not_dangle() -> None:
    first, second, third = typed_pieces("loup ET ours ET chat")
    text = "loup ET ours ET chat"
    assert without(text, first) == "ours ET chat"
    assert without(text, second) == "loup ET chat"
    assert without(text, third) == "loup ET ours"


def test_stretches_are_replaced_in_order() -> None:
    assert changed("un deux trois", [(0, 2, "1"), (8, 13, "3")]) == "1 deux 3"
