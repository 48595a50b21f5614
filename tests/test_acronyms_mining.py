"""Acronyms that texts define, against a reference that tries every span and every reading."""

import gzip
import json
from itertools import islice, product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.french.acronyms import Definition, is_spelt_by, key_of, stems_of
from indexer.french.analysis import analyse, fold
from indexer.french.definitions import definitions, spelt_in, spelt_in_python
from indexer.french.forms import folding_table
from indexer.french.lexicon import new_lexicon
from indexer.native import kernel
from indexer.sources.markup import text_of


@pytest.mark.parametrize(
    ("text", "acronym", "meaning"),
    [
        ("les agences régionales de santé (ARS)", "ARS", "agences régionales de santé"),
        ("l'accompagnant d’élèves en situation de handicap (AESH)", "AESH",
         "accompagnant d'élèves en situation de handicap"),
        ("selon l'Agence de l'environnement et de la maîtrise de l'énergie (ADEME) et",
         "ADEME", "Agence de l'environnement et de la maîtrise de l'énergie"),
        ("la mission interministérielle pour la protection des femmes (MIPROF)", "MIPROF",
         "mission interministérielle pour la protection des femmes"),
        ("en zones à faibles émissions mobilité (ZFE-m)", "ZFE-m",
         "zones à faibles émissions mobilité"),
        ("un Institut médico-éducatif (IME)", "IME", "Institut médico-éducatif"),
        ("la Confédération générale du travail (C.G.T.)", "C.G.T",
         "Confédération générale du travail"),
        ("l'ONF (Office national des forêts) gère", "ONF", "Office national des forêts"),
        ("le Groupe d'experts intergouvernemental sur l'évolution du climat (Giec)", "Giec",
         "Groupe d'experts intergouvernemental sur l'évolution du climat"),
        ("Fin. L'Agence nationale de sécurité du médicament et des produits de santé (ANSM)",
         "ANSM", "Agence nationale de sécurité du médicament et des produits de santé"),
        ("l'E\u0301cole nationale de la magistrature (ENM)", "ENM",
         "École nationale de la magistrature"),
    ],
)  # fmt: skip
def test_a_definition_is_read(text: str, acronym: str, meaning: str) -> None:
    (found,) = definitions(text)
    assert (found.acronym, found.meaning) == (acronym, meaning)


@pytest.mark.parametrize(
    "text",
    [
        "M. Stéphane Peu. Oh n'allez pas plus loin ! (Sourires.)",
        "le chapitre suivant des textes (IV)",
        "Mme Alexandra Martin (Alpes-Maritimes)",
        "Mme Léa Renard (LR)",
        "le budget (BUDGET)",
        "les règlements (UE) 2017/1938",
        "l'Agence. Régionale est une santé (ARS)",
        "rien (ARS) ni ( ) ni (A) ni (a b c) ni (AESH",
    ],
)
def test_what_defines_nothing_is_left(text: str) -> None:
    assert list(definitions(text)) == []


def slowly(text: str, acronym: str) -> set[tuple[str, ...]]:
    """Every run of words up to the end of a text that spells an acronym, as stems.

    Each word is tried with each number of its first letters, none included.
    """
    letters = "".join(char for char in key_of(acronym) if char.isalpha())
    words = [token for token in analyse(text) if not token.compound]
    found = set()
    for start in range(len(words)):
        taken = [range(min(4, len(fold(word.exact))) + 1) for word in words[start:]]
        for choice in product(range(1, taken[0].stop), *taken[1:]):
            parts = (fold(word.exact)[:n] for word, n in zip(words[start:], choice, strict=True))
            if "".join(parts) == letters:
                found.add(tuple(word.stem for word in words[start:] if word.stem))
                break
    return found


WORDS = st.sampled_from(
    ["agence", "Régionale", "de", "santé", "la", "d'aide", "sociale", "à", "l'enfance", "et",
     "services", "réanimation", "les", "été", "œuvre", "État", "archéologie"]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=6), st.sampled_from(
    ["ARS", "ASE", "AS", "SE", "ASSE", "RS", "REAS", "ARSE", "SA", "OE", "AES", "EA"]
))  # fmt: skip
def test_what_is_read_is_a_reading_that_the_slow_reference_finds(
    words: list[str], acronym: str
) -> None:
    text = " ".join(words)
    found = list(definitions(f"{text} ({acronym})"))
    readings = {stems for stems in slowly(text, acronym) if len(stems) >= 2}
    assert {definition.stems for definition in found} <= readings
    spelt = {stems for stems in readings if is_spelt_by(key_of(acronym), stems)}
    if spelt and key_of(acronym) not in stems_of(text):
        titled = text.istitle() and len(acronym) == 2
        assert titled or {definition.stems for definition in found} == spelt


@given(
    st.text(alphabet="AaBbÉé(). -'’\n1œ\u0301\x1f", max_size=60)
    | st.text(max_size=60).map(lambda text: f"agence régionale {text} (ARS) x ({text})")
)
def test_any_text_can_be_read(text: str) -> None:
    for found in definitions(text):
        assert isinstance(found, Definition)
        assert len(found.stems) >= 2
        assert found.stems == stems_of(found.meaning)
        assert not set("\x1f\n") & set(found.meaning + found.acronym)
        assert found.key == key_of(found.acronym)


# Words that an acronym may be made of, with all that is near: letters that fold to two or to none,
# beyond the folding table, other scripts, signs that are no letters, what ends a definition.
PIECES = st.sampled_from(
    ["agence", "Régionale", "de", "du", "santé", "l'", "d’aide", "œuvre", "État", "médico-éducatif",
     "Æther", "ßtraße", "e\u0301cole", "ếtude", "x\u0302y", "ΑΡΣ", "ⅣX", "ªb", "µm", "ŉa", "ȳ",
     "12", "ARS", "É.N.A.", "A.R", "IV", "Ae", "×AS", "A÷S", "ÀÉÎ", "ÐÞ", "𝐀RS", "AÆS", "R-S",
     "A_S", "(ARS)", "(AS)", "(É.N.A.)", "(ASE)", "(RASED)", "(Ae)", "(ARS", "(a", "((", ") (",
     " (", ")", " ", " ", " ", "\n", "\u2028", ". ", "… ", ".", "; ", ": ", "! ", "x" * 80, "\xad",
     "\ud800"]
)  # fmt: skip
BRACKETED = st.lists(PIECES, max_size=14).map("".join) | st.lists(PIECES, max_size=9).map(" ".join)


@pytest.mark.skipif(kernel is None, reason="the extension is not compiled")
@settings(max_examples=500)
@given(st.lists(BRACKETED | st.none() | st.text(st.sampled_from("ABÉaé(). -_’1"), max_size=40)))
def test_native_code_finds_what_python_finds(texts: list[str | None]) -> None:
    assert list(spelt_in(texts)) == list(spelt_in_python(texts))


@settings(deadline=None, max_examples=500)
@given(
    st.lists(WORDS, min_size=1, max_size=9),
    st.text(st.sampled_from("ARSEDIOaé"), min_size=2, max_size=7),
    st.booleans(),
)
def test_native_code_aligns_letters_as_python_does(
    words: list[str], acronym: str, is_before: bool
) -> None:
    meaning = " ".join(words)
    text = f"{meaning} ({acronym})" if is_before else f"{acronym} ({meaning})"
    assert list(spelt_in([text])) == list(spelt_in_python([text]))


@pytest.mark.skipif(kernel is None, reason="the extension is not compiled")
def test_native_code_finds_what_python_finds_in_real_texts(shared_data: Path) -> None:
    with gzip.open(shared_data / "amendements_17.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts: list[str | None] = [
            text_of(json.loads(line)["expose_html"]) for line in islice(lines, 3000)
        ]
    found = list(spelt_in(texts))
    assert len(found) > 400
    assert found == list(spelt_in_python(texts))


@pytest.mark.skipif(kernel is None, reason="the extension is not compiled")
def test_native_code_refuses_what_is_no_text() -> None:
    assert kernel
    lexicon, table = new_lexicon(), folding_table()
    with pytest.raises(TypeError, match="str or None"):
        kernel.definitions(lexicon, [b"x"], table, fold)
    with pytest.raises(TypeError, match="Lexicon"):
        kernel.definitions(None, [], table, fold)
    with pytest.raises(ValueError, match="folding table"):
        kernel.definitions(lexicon, [], table[1:], fold)
    with pytest.raises(ZeroDivisionError):
        kernel.definitions(lexicon, ["ȳx ΑΡΣ (AR)"], table, lambda _: str(1 // 0))
