"""Tokens of French text: words, forms, positions, and offsets into the text as it stands."""

import gzip
import json
import unicodedata
from pathlib import Path

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from indexer.french.analysis import analyse, exact_form, fold, stem_form
from indexer.french.specification import Specification, specification


def exacts(text: str) -> list[str]:
    return [token.exact for token in analyse(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("La traite d’êtres humains", ["la", "traite", "êtres", "humains"]),
        ("l'eau, l’eau, lʼeau, l`eau, l´eau", ["eau"] * 5),
        ("Jusqu'à QU'IL L'État", ["à", "il", "état"]),
        ("quelqu'un presqu'île", ["un", "île"]),
        ("Aujourd’hui d'aujourd'hui prud'hommes", ["aujourd'hui", "aujourd'hui", "prud'hommes"]),
        ("la C.G.T. et l'O.N.U.", ["la", "cgt", "et", "onu"]),
        (
            "n° 24 191 ; 30\u00a0000 ; 30\u202f000 ; 1.234.567",
            ["n", "24191", "30000", "30000", "1234567"],
        ),
        ("en 2012 300 cas, 10,34 %", ["en", "2012", "300", "cas", "10,34"]),
        ("un W-2", ["un", "w2", "w", "2"]),
        ("vitamine D", ["vitamine", "d"]),
        ("micro-entreprise", ["microentreprise", "micro", "entreprise"]),
        ("Vallon\u2010Pont\u2011d'Arc", ["vallonpontarc", "vallon", "pont", "arc"]),
        ("mise en œuvre ex æquo", ["mise", "en", "oeuvre", "ex", "aequo"]),
        ("l'\x90État co\xadopé\xadration", ["état", "coopération"]),
        ("fin.Le service", ["fin", "le", "service"]),
        ("«Oui!»(non)", ["oui", "non"]),
        ("", []),
        ("… - ' ’ « » \u00a0", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert exacts(text) == expected


def test_stop_words_have_no_stem_and_keep_their_position() -> None:
    tokens = analyse("la traite des êtres humains")
    assert [(token.stem, token.position) for token in tokens] == [
        (None, 0), ("trait", 1), (None, 2), ("etre", 3), ("humain", 4),
    ]  # fmt: skip


def test_a_compound_shares_the_position_of_its_first_part() -> None:
    tokens = analyse("un sapeur-pompier volontaire")
    assert [(token.exact, token.position, token.compound) for token in tokens] == [
        ("un", 0, False),
        ("sapeurpompier", 1, True),
        ("sapeur", 1, False),
        ("pompier", 2, False),
        ("volontaire", 3, False),
    ]


def test_decomposed_text_gives_the_same_words_with_offsets_into_itself() -> None:
    composed = "L'été à Évry, cœur réélu"
    decomposed = unicodedata.normalize("NFD", composed)
    assert exacts(decomposed) == exacts(composed)
    surfaces = [decomposed[token.start : token.end] for token in analyse(decomposed)]
    assert [unicodedata.normalize("NFC", surface) for surface in surfaces] == [
        "été", "à", "Évry", "cœur", "réélu",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [("traite", "traitement"), ("personne", "personnel"), ("public", "publication"),
     ("organe", "organisation"), ("secteur", "secte"), ("trait", "traite")],
)  # fmt: skip
def test_false_friends_are_kept_apart(one: str, other: str) -> None:
    assert stem_form(one) != stem_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("travail", "travaux"), ("bail", "baux"), ("traité", "traite"), ("énergie", "energies"),
     ("organisation", "organiser"), ("publication", "publier"), ("Œuvre", "oeuvres")],
)  # fmt: skip
def test_what_belongs_together_is_joined(one: str, other: str) -> None:
    assert stem_form(exact_form(one)) == stem_form(exact_form(other))


def test_the_digest_changes_with_every_list() -> None:
    lists = specification()
    changed = Specification(
        lists.elisions, lists.whole_words, lists.stop_words - {"des"}, lists.stem_exceptions
    )
    assert changed.digest != lists.digest
    assert lists.digest == specification().digest


@given(st.text(max_size=200))
def test_offsets_point_at_the_word_whatever_the_text(text: str) -> None:
    previous = -1
    for token in analyse(text):
        assert 0 <= token.start < token.end <= len(text)
        assert token.exact
        assert token.position >= previous
        previous = token.position


@given(st.text(alphabet="aàé bœ'’-. 012,cCœ\u00ad\u0301\x90\u00a0", max_size=60))
def test_composed_and_decomposed_texts_agree(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert exacts(unicodedata.normalize("NFD", composed)) == exacts(composed)


@pytest.mark.real_data
def test_words_are_those_of_unicode_word_boundaries(shared_data: Path) -> None:
    """Where a word has no apostrophe, hyphen, dot, comma or underscore, UAX #29 is the judge."""
    boundary = regex.compile(r"(?w)\b.+?\b", regex.DOTALL)
    plain = regex.compile(r"[\p{L}\p{N}\p{M}]+")
    compared = 0
    with gzip.open(shared_data / "questions.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in list(lines)[::10]:
            text = unicodedata.normalize("NFC", json.loads(line)["question_text"])
            ours = {(token.start, token.end) for token in analyse(text)}
            covered = {place for start, end in ours for place in range(start, end)}
            for match in boundary.finditer(text):
                elided = text[match.end() : match.end() + 1] in ("'", "’")
                if plain.fullmatch(match[0]) and not elided:
                    compared += 1
                    assert match.start() in covered, match[0]
                    assert match.end() - 1 in covered, match[0]
    assert compared > 30_000


def test_fold_opens_ligatures_and_drops_accents() -> None:
    assert fold("Œuvre ÉTÉ ç") == "oeuvre ete c"


def test_every_character_folds_to_its_parts_without_accents() -> None:
    for code in (*range(0xD800), *range(0xE000, 0x30000)):
        for text in (chr(code), f"é{chr(code)}", f"{chr(code)}\u0301"):
            lower = text.lower().replace("œ", "oe").replace("æ", "ae")
            parts = unicodedata.normalize("NFD", lower)
            assert fold(text) == "".join(char for char in parts if not unicodedata.combining(char))
