"""Marks and extracts."""

from hypothesis import given
from hypothesis import strategies as st

from indexer.question import Turn
from indexer.search.passages import (
    PASSAGE_CHARACTERS,
    Marker,
    mark,
    marked_paragraphs,
    passages,
)

WOLF = Marker(stems=frozenset({"loup"}))
PHRASE = Marker(phrases=(("traite", "des", "êtres"),), slops=(0,))


def marked(text: str, marker: Marker) -> list[str]:
    return [piece.text for piece in mark(text, marker) if piece.is_match]


def test_variants_are_marked_where_stems_are_wanted() -> None:
    assert marked("Le loup, les Loups, la louve", WOLF) == ["loup", "Loups"]


def test_exact_forms_only_are_marked_where_they_are_wanted() -> None:
    assert marked("traite traité traites TRAITE", Marker(exacts=frozenset({"traite"}))) == [
        "traite",
        "TRAITE",
    ]


def test_words_of_a_phrase_are_marked_in_the_phrase_only() -> None:
    assert marked("la traite, la traite des êtres, des êtres", PHRASE) == ["traite des êtres"]


def test_near_words_are_marked_within_the_window() -> None:
    near = Marker(phrases=(("a", "b"),), slops=(2,))
    assert marked("b x a y y y y b", near) == ["b", "a"]


def test_the_extract_holds_the_match_and_tells_that_it_is_cut() -> None:
    text = "Il y a des moutons. " * 40 + "Le loup mange. " + "Il y a des chèvres. " * 40
    (passage,) = passages(text, (), WOLF)
    assert [piece.text for piece in passage.pieces if piece.is_match] == ["loup"]
    assert passage.cut_before
    assert passage.cut_after
    assert len("".join(piece.text for piece in passage.pieces)) <= PASSAGE_CHARACTERS


def test_a_text_without_match_gives_its_beginning() -> None:
    (passage,) = passages("Début. " * 200, (), WOLF)
    assert not any(piece.is_match for piece in passage.pieces)
    assert not passage.cut_before
    assert passage.pieces[0].text.startswith("Début.")


def test_words_far_apart_give_two_extracts() -> None:
    both = Marker(stems=frozenset({"loup", "our"}))
    text = "Le loup. " + "Rien ici. " * 100 + "L'ours. " + "Rien. " * 100
    assert len(passages(text, (), Marker(stems=both.stems, exacts=frozenset({"ours"})))) == 2


def test_the_extract_names_who_speaks() -> None:
    text = "Mme A. Oui.\nM. B. Le loup est là."
    turns = (Turn(0, "Mme A"), Turn(12, "M. B"))
    (passage,) = passages(text + " Non." * 100, turns, WOLF)
    assert passage.speaker == "M. B"
    paragraphs, count = marked_paragraphs(text, turns, WOLF)
    assert [paragraph.speaker for paragraph in paragraphs] == ["Mme A", "M. B"]
    assert count == 1


@given(
    st.text(alphabet="loup LOUPS.\né'-traite des êtres", max_size=900),
    st.sampled_from([WOLF, PHRASE, Marker(), Marker(exacts=frozenset({"s", "des"}))]),
)
def test_pieces_are_the_text_cut(text: str, marker: Marker) -> None:
    assert "".join(piece.text for piece in mark(text, marker)) == text
    for passage in passages(text, (), marker):
        extract = "".join(piece.text for piece in passage.pieces)
        assert extract in text
        assert passage.cut_before or text.startswith(extract)
        assert passage.cut_after or text.endswith(extract)
    paragraphs, _ = marked_paragraphs(text, (), marker)
    joined = "\n".join("".join(piece.text for piece in p.pieces) for p in paragraphs)
    assert joined == "\n".join(line for line in text.split("\n") if line)
