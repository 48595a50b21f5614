"""Questions that name others: how it is written, and which one is meant."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.native import kernel
from indexer.question import Question
from indexer.search.recalls import Recall, meant, naming, naming_in_python, recalls

OWN = "rappelle à Mme la ministre les termes de sa question écrite n°"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"M. X {OWN} 24191.", Recall(24191, "QE", is_own=True, is_reminder=True)),
        (f"M. X {OWN} 24 191 restée", Recall(24191, "QE", is_own=True, is_reminder=True)),
        (f"M. X {OWN}\u00a024\u202f191", Recall(24191, "QE", is_own=True, is_reminder=True)),
        (f"M. X {OWN} 24.191,", Recall(24191, "QE", is_own=True, is_reminder=True)),
        (
            f"{OWN} 24191 publiée au Journal officiel du 12 mars 2019",
            Recall(24191, "QE", day=date(2019, 3, 12), is_own=True, is_reminder=True),
        ),
        (
            "par la question écrite, publiée au JO le 1er août 2018 sous le n° 11 234",
            Recall(11234, "QE", day=date(2018, 8, 1)),
        ),
        ("en réponse à la question écrite n° 08545", Recall(8545, "QE")),
        ("une question écrite (n° 13796) en février 2019", Recall(13796, "QE")),
        (
            "la question n° 36021 posée sous la XIIe législature",
            Recall(36021, legislature=12),
        ),
        ("question no 54100 du 25/05/1992", Recall(54100, day=date(1992, 5, 25))),
        ("LA QUESTION ECRITE N° 54100", Recall(54100, "QE")),
        ("la question écrite n° 14364 publiée dans le JO Sénat", Recall(14364, "QE", "SENAT")),
        ("sa question orale sans débat n° 12", Recall(12, "QOSD", is_own=True)),
        ("la question au Gouvernement n° 512", Recall(512, "QG")),
        ("sa précédente question numéro 77 ", Recall(77, is_own=True)),
        (
            "question AN n° 35068, JO 1er janvier 2001",
            Recall(35068, None, "AN", None, date(2001, 1, 1)),
        ),
    ],
)
def test_a_question_is_named(text: str, expected: Recall) -> None:
    assert recalls(text) == (expected,)


def test_several_are_named_at_once() -> None:
    text = "ses questions écrites n°s 12345, 12 346 et n° 7, puis encore sa question n° 12345"
    assert [recall.number for recall in recalls(text)] == [12345, 12346, 7]


@pytest.mark.parametrize(
    "text",
    [
        "la question de la loi n° 2004-575",
        "la question du décret n° 345 se pose",
        "sa question écrite n° 29-00135",
        "la question posée ; l'article n° 12",
        "question n° 0",
        "question n° 12/2004",
        "la proposition de loi n° 1234",
        "",
        "question",
    ],
)
def test_other_numbers_are_no_questions(text: str) -> None:
    assert recalls(text) == ()


def test_a_text_that_comes_to_it_late_is_no_reminder() -> None:
    (recall,) = recalls(f"{'Un tout autre sujet. ' * 30} M. X {OWN} 24191.")
    assert not recall.is_reminder


Make = Callable[..., Question]
Fields = dict[str, Any]
AUTHOR: Fields = {"author": "M. Jean Exemple"}


@pytest.mark.parametrize(
    ("recall", "candidate", "is_meant"),
    [
        (Recall(50, "QE", is_own=True), AUTHOR, True),
        (Recall(50, "QE", is_own=True), {"author": "Mme Autre"}, False),
        (Recall(50, "QE"), {"author": "Mme Autre"}, True),
        (Recall(50, "QG"), AUTHOR, False),
        (Recall(50), {"kind": "QOSD"}, True),
        (Recall(50, "QE", "SENAT"), AUTHOR, False),
        (Recall(50, "QE"), {"date_question": date(2020, 1, 1)}, False),
        (Recall(50, "QE"), {"legislature": 16}, False),
        # Of an earlier legislature: the author's own, or said to be.
        (Recall(50, "QE", is_own=True), {"legislature": 14, **AUTHOR}, True),
        (Recall(50, "QE"), {"legislature": 14}, False),
        (Recall(50, "QE", legislature=14), {"legislature": 14}, True),
        (Recall(50, "QE", legislature=13), {"legislature": 14}, False),
        (
            Recall(50, "QE", day=date(2015, 1, 6)),
            {"legislature": 14, "date_question": date(2015, 1, 6)},
            True,
        ),
        (
            Recall(50, "QE", day=date(2015, 1, 6)),
            {"legislature": 14, "date_question": date(2016, 1, 5)},
            False,
        ),
        (Recall(200, "QE"), {"number": 200}, False),
    ],
)
def test_which_question_is_meant(
    make_question: Make, recall: Recall, candidate: Fields, is_meant: bool
) -> None:
    recalling = make_question(100, date_question=date(2019, 1, 1), **AUTHOR)
    assert meant(recall, recalling, make_question(**{"number": 50, **candidate})) is is_meant


def test_no_question_recalls_itself(make_question: Make) -> None:
    question = make_question(100)
    assert not meant(Recall(100, "QE"), question, question)


ALMOST = st.text(
    st.sampled_from("qQuestionUESTION °n1 ’\u7100\u0171"), max_size=30
) | st.sampled_from(
    [
        "question n° 5",
        "QUESTION N° 5",
        "Questions n° 5",
        "l’uestion n° 5",
        "qUESTION n° 5",
        "sa quest",
    ]
)


@given(st.lists(st.lists(ALMOST, max_size=4).map("".join)))
def test_texts_that_are_left_out_name_nothing(texts: list[str]) -> None:
    kept = naming(texts)
    assert set(kept) <= set(naming_in_python(texts))
    assert kept == sorted(kept)
    assert {place for place, text in enumerate(texts) if recalls(text)} <= set(kept)


@pytest.mark.skipif(kernel is None, reason="the extension is not compiled")
def test_the_word_is_found_wherever_it_stands() -> None:
    assert kernel
    words = ["question", "Question", "QUESTION", "qUESTION"]
    texts = [
        f"{'x' * before}{word}{after}"
        for word in words
        for before in range(9)
        for after in ("s n", "n", " É", "’", ", Publi", "S \u2003")
    ]
    assert kernel.naming_questions(texts) == list(range(len(texts)))
    assert (
        kernel.naming_questions([text.replace("q", "p").replace("Q", "") for text in texts]) == []
    )
    others = ["", "s", " de la", "aire", " d", ", on", "?", " (", " se pose", " e"]
    assert kernel.naming_questions([f"{word}{more}" for word in words for more in others]) == []
    # One that names none hides no other.
    assert kernel.naming_questions(["la question de la question n° 5"]) == [0]

    with pytest.raises(TypeError, match="must be a str"):
        kernel.naming_questions([b"question"])
    with pytest.raises(TypeError, match="list of texts"):
        kernel.naming_questions("question")


FOLLOWING = st.sampled_from(
    ["s", "S", " ", "\n", "\u2003", ",", "(", "écrite", "ecrites", "ÉCRITE", "orale", "sans débat",
     "au", "gouvernement", "AN", "Sénat", "ſénat", "publiée", "parue", "posées", "déposée",
     "depose", "enregistrée", "en date", "du 5", "sous le", "numéro", "N°", "n s", "12", "3 456",
     "de la"]
)  # fmt: skip


@given(st.lists(FOLLOWING, max_size=8).map("".join), st.sampled_from(["question", "QUESTION"]))
def test_no_number_that_follows_the_word_is_passed_over(following: str, word: str) -> None:
    text = f"sa {word}{following} n° 24191"
    assert not recalls(text) or naming([text]) == [0]
