import copy
import gzip
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import BadRecord
from indexer.interchange import from_record, to_record
from indexer.question import Attribution, Question, Turn
from indexer.sources.assemblee_opendata import question_of
from indexer.sources.documents import documents

# Shapes as in the exports of the 17th legislature; names, numbers and texts are invented.
OFFICIAL: dict[str, Any] = {
    "@xmlns": "http://schemas.assemblee-nationale.fr/referentiel",
    "@xsi:type": "QuestionEcrite_Type",
    "uid": "QANR5L17QE13382",
    "identifiant": {"numero": "13382", "regime": "5eme Republique", "legislature": "17"},
    "type": "QE",
    "indexationAN": {
        "rubrique": "eau et assainissement",
        "teteAnalyse": None,
        "analyses": {"analyse": 'Prix de "l\'eau"'},
    },
    "auteur": {
        "identite": {"acteurRef": "PA1", "mandatRef": "PM1"},
        "groupe": {"organeRef": "PO1", "abrege": "CDR", "developpe": "Centre et démocratie rurale"},
    },
    "minInt": {"organeRef": "PO2", "abrege": "Eau", "developpe": "Ministère de l'eau"},
    "minAttribs": {
        "minAttrib": {
            "infoJO": {"typeJO": "JO_QUESTION", "dateJO": "2026-03-10", "pageJO": None},
            "denomination": {"abrege": "Eau", "developpe": "Ministère de l'eau"},
        }
    },
    "textesQuestion": {
        "texteQuestion": {
            "infoJO": {"typeJO": "JO_QUESTION", "dateJO": "2026-03-10", "pageJO": "2101"},
            "texte": "Mme Jeanne Exemple interroge M. le ministre sur le prix de l'eau.",
        }
    },
    "textesReponse": None,
    "cloture": None,
    "signalement": None,
    "renouvellements": None,
}


def question(**changes: Any) -> Question:
    return question_of({**copy.deepcopy(OFFICIAL), **changes}, "essai.json")


def refusal(**changes: Any) -> str:
    with pytest.raises(BadRecord) as caught:
        question(**changes)
    return str(caught.value)


def answers(*texts: Any) -> dict[str, Any]:
    items = [
        {"infoJO": {"dateJO": f"2026-0{month}-01", "pageJO": str(month)}, "texte": body}
        for month, body in enumerate(texts, start=4)
    ]
    return {"texteReponse": items[0] if len(items) == 1 else items}


def test_an_unanswered_written_question_field_by_field() -> None:
    assert question() == Question(
        legislature=17,
        kind="QE",
        number=13382,
        author_ref="PA1",
        group="CDR",
        group_name="Centre et démocratie rurale",
        ministry="Ministère de l'eau",
        ministry_short="Eau",
        ministry_answering="Ministère de l'eau",
        ministry_answering_short="Eau",
        date_question=date(2026, 3, 10),
        page_question=2101,
        title='Prix de "l\'eau"',
        rubrique="eau et assainissement",
        question_text="Mme Jeanne Exemple interroge M. le ministre sur le prix de l'eau.",
        source_url="https://questions.assemblee-nationale.fr/q17/17-13382QE.htm",
    )


def test_every_field_but_the_key_may_be_missing() -> None:
    bare = question_of({"uid": "QANR5L14QOSD7"}, "essai.json")
    assert bare == Question(
        legislature=14,
        kind="QOSD",
        number=7,
        source_url="https://questions.assemblee-nationale.fr/q14/14-7QOSD.htm",
    )


@pytest.mark.parametrize("null", [None, {"@xsi:nil": "true"}, "", [], {}])
@pytest.mark.parametrize("name", sorted(set(OFFICIAL) - {"uid", "identifiant", "type"}))
def test_every_field_but_the_key_may_be_null(name: str, null: Any) -> None:
    given_null, without = question(**{name: null}), copy.deepcopy(OFFICIAL)
    del without[name]
    assert given_null == question_of(without, "essai.json")


# The key


@pytest.mark.parametrize(
    "numbers", [{"numero": 13382, "legislature": 17}, None, {"numero": "13382"}]
)
def test_the_key_is_read_from_strings_numbers_and_the_identifier(numbers: Any) -> None:
    assert question(identifiant=numbers).uid == "QANR5L17QE13382"


def test_the_key_needs_no_identifier() -> None:
    assert question(uid=None).uid == "QANR5L17QE13382"
    assert question(uid="inconnu").uid == "QANR5L17QE13382"


def test_a_missing_part_of_the_key_is_named() -> None:
    assert "essai.json : champ « type » absent" in refusal(uid=None, type=None)
    assert "« identifiant.numero » absent" in refusal(uid=None, identifiant={"legislature": "17"})
    assert "« identifiant.legislature » absent" in refusal(uid=None, identifiant=None)


def test_a_part_of_the_key_that_is_wrong_is_named() -> None:
    numbers = {"legislature": "17"}
    assert "« douze »" in refusal(identifiant={**numbers, "numero": "douze"})
    assert "identifiant.numero" in refusal(identifiant={**numbers, "numero": "9" * 5000})
    assert "type « XX » inconnu" in refusal(uid=None, type="XX")
    assert "législature 0 impossible" in refusal(
        uid=None, identifiant={"numero": 1, "legislature": 0}
    )


def test_an_identifier_that_contradicts_the_key_is_refused() -> None:
    assert "« QANR5L17QE13383 » contredit identifiant.numero = 13382" in refusal(
        uid="QANR5L17QE13383"
    )
    assert "contredit type = QE" in refusal(uid="QANR5L17QG13382")
    assert "n'est pas une question de l'Assemblée" in refusal(uid="QSENR5L17QE13382")


@pytest.mark.parametrize("record", [None, [], "question", 7, [OFFICIAL]])
def test_what_is_no_object_is_no_question(record: Any) -> None:
    with pytest.raises(BadRecord, match="un objet est attendu"):
        question_of(record, "essai.json")


# Author and ministries


def test_a_name_beside_the_reference_is_the_author() -> None:
    identity = {"acteurRef": "PA1", "civ": "Mme", "prenom": "Jeanne", "nom": "Exemple"}
    named = question(auteur={"identite": identity})
    assert (named.author, named.author_ref) == ("Mme Jeanne Exemple", "PA1")


@pytest.mark.parametrize("legislature", [12, 13])
def test_the_name_reads_the_same_in_the_legislatures_that_reverse_it(legislature: int) -> None:
    identity = {"civ": "M.", "prenom": "François", "nom": "Cornut-Gentille"}
    record = {"uid": f"QANR5L{legislature}QE1", "auteur": {"identite": identity}}
    assert question_of(record, "essai.json").author_label == "M. François Cornut-Gentille"


def test_re_attributions_come_in_order_and_the_last_one_answers() -> None:
    moved = question(
        minAttribs={
            "minAttrib": [
                {
                    "infoJO": {"dateJO": f"{day:02}/04/2026"},
                    "denomination": {"abrege": short, "developpe": f"Minsitère {short}"},
                }
                for day, short in ((3, "Mer"), (17, "Ville"))
            ]
        }
    )
    assert moved.ministry == "Ministère de l'eau"
    assert moved.ministry_answering == "Ministère Ville"
    assert moved.ministry_answering_short == "Ville"
    assert moved.attributions == (
        Attribution(date(2026, 4, 3), "Ministère Mer", "Mer"),
        Attribution(date(2026, 4, 17), "Ministère Ville", "Ville"),
    )


def test_a_ministry_without_a_long_name_goes_by_its_short_one() -> None:
    assert question(minInt={"abrege": "Eau", "developpe": None}).ministry == "Eau"


# Subject headings


@pytest.mark.parametrize(
    ("legislature", "analyse", "title", "analyses"),
    [
        (17, "Prix", "Prix", ()),
        (16, ["Prix"], "Prix", ()),
        (16, ["Prix", "Bilan"], None, ("Prix", "Bilan")),
        (15, "Prix", None, ("Prix",)),
        (14, ["prix", None, "bilan"], None, ("prix", "bilan")),
        (16, None, None, ()),
    ],
)
def test_the_analysis_is_the_title_since_the_sixteenth_legislature(
    legislature: int, analyse: Any, title: str | None, analyses: tuple[str, ...]
) -> None:
    record = {"uid": f"QANR5L{legislature}QE1", "indexationAN": {"analyses": {"analyse": analyse}}}
    read = question_of(record, "essai.json")
    assert (read.title, read.analyses) == (title, analyses)


def test_the_older_spelling_of_the_analyses_is_read() -> None:
    index = {"rubrique": "eau", "teteAnalyse": "prix", "ANALYSE": {"ANA": ["hausse", "bilan"]}}
    read = question_of({"uid": "QANR5L14QE1", "indexationAN": index}, "essai.json")
    assert (read.rubrique, read.tete_analyse) == ("eau", "prix")
    assert read.analyses == ("hausse", "bilan")


@pytest.mark.parametrize("heading", ["aucune tête d'analyse", " Aucune tete d’analyse "])
def test_a_heading_that_says_that_there_is_none_is_none(heading: str) -> None:
    assert question(indexationAN={"teteAnalyse": heading}).tete_analyse is None


# Texts


@pytest.mark.parametrize(
    "head",
    [
        "13382. — 10 mars 2026. — ",
        "13382. – 10 mars 2026. – ",
        " 13 382. - 10 mars 2026. - ",
        "13.382. — 10 mars 2026. — ",
        "13382. —  10\u00a0mars\u00a02026. — ",
    ],
)
def test_number_and_date_before_the_text_are_taken_off(head: str) -> None:
    read = question(textesQuestion={"texteQuestion": {"texte": f"{head}M. X interroge."}})
    assert read.question_text == "M. X interroge."
    assert read.date_question == date(2026, 3, 10)


def test_the_stated_date_is_preferred_to_the_printed_one() -> None:
    body = {"infoJO": {"dateJO": "2026-03-11"}, "texte": "13382. — 1er mars 2026. — M. X."}
    read = question(textesQuestion={"texteQuestion": body})
    assert (read.question_text, read.date_question) == ("M. X.", date(2026, 3, 11))


@pytest.mark.parametrize("body", ["2026. — Une année.", "13382 communes.", "M. X : 13382. — Non."])
def test_a_text_that_begins_otherwise_is_whole(body: str) -> None:
    assert question(textesQuestion={"texteQuestion": {"texte": body}}).question_text == body


def test_a_question_printed_again_has_its_last_text_and_first_date() -> None:
    read = question(
        textesQuestion={
            "texteQuestion": [
                {"infoJO": {"dateJO": "2026-03-10", "pageJO": "7"}, "texte": "Premier."},
                {"infoJO": {"dateJO": "2026-03-17", "pageJO": "9"}, "texte": "Second."},
                {"infoJO": {"dateJO": "2026-03-24"}, "texte": None},
            ]
        }
    )
    assert (read.question_text, read.date_question, read.page_question) == (
        "Second.",
        date(2026, 3, 10),
        7,
    )


def test_the_last_answer_with_a_text_wins() -> None:
    read = question(textesReponse=answers("Première.", "<p>Seconde.</p><p>Fin.</p>", None))
    assert (read.answer_text, read.date_answer, read.page_answer, read.status) == (
        "Seconde.\nFin.",
        date(2026, 5, 1),
        5,
        "answered",
    )


def test_a_text_encoded_twice_is_repaired_and_its_invisible_characters_go() -> None:
    read = question(textesReponse=answers("<p>La sociÃ©tÃ© â€“ l'\x90État\xad â€“ a dÃ©cidÃ©.</p>"))
    assert read.answer_text == "La société – l'État – a décidé."


def test_wild_markup_is_read_as_one_sees_it() -> None:
    body = 'Voici :<center><table><tr> <td rowspan=2">A<br>b</br></td><td>194&#160;588</table>fin'
    assert question(textesReponse=answers(body)).answer_text == "Voici :\nA b | 194 588\nfin"


def test_errata_are_their_text_or_else_their_place() -> None:
    def printed(erratum: Any) -> str | None:
        return question(
            textesReponse={"texteReponse": {"texte": "Oui.", "erratum": erratum}}
        ).answer_erratum

    assert printed("Lire <i>non</i>.") == "Lire non."
    assert printed({"texte": "Lire non.", "infoJO": {"dateJO": "2026-05-01"}}) == "Lire non."
    assert printed({"infoJO": {"dateJO": "01/05/2026", "pageJO": "12"}, "texte": None}) == (
        "Erratum publié au JO le 01/05/2026, page 12"
    )
    assert printed([{"texte": "Un."}, {"texte": "Deux."}, {"texte": "Un."}]) == "Un.\nDeux."
    assert printed({"infoJO": {"dateJO": None}}) is None


SPOKEN = (
    '</p><p align="CENTER"> L\'EAU <a name=PG3></a> </p><br><strong>Mme Jeanne Exemple. </strong>'
    "Pourquoi ?<br><br><strong>M. Paul Modèle,</strong><i> ministre. </i>Parce que.<br> <p>"
)


def test_who_speaks_is_kept_of_a_debate() -> None:
    read = question_of({"uid": "QANR5L16QG3", "textesReponse": answers(SPOKEN)}, "essai.json")
    assert read.answer_turns == (Turn(6, "Mme Jeanne Exemple"), Turn(37, "M. Paul Modèle"))
    assert read.answer_text[37:] == "M. Paul Modèle, ministre. Parce que."


def test_a_written_answer_has_speakers_only_if_there_are_two() -> None:
    one = "<b>Mme Jeanne Exemple. </b>Pourquoi ?<br>Parce que."
    assert len(question(textesReponse=answers(SPOKEN)).answer_turns) == 2
    assert question(textesReponse=answers(one)).answer_turns == ()
    oral = question_of({"uid": "QANR5L16QOSD3", "textesReponse": answers(one)}, "essai.json")
    assert len(oral.answer_turns) == 1


# Dates and closing


def test_a_question_to_the_government_bears_the_date_of_the_debate() -> None:
    debate = {"infoJO": {"typeJO": "JO_DEBAT", "dateJO": "2026-04-02"}}
    by_answer = {"texteReponse": {**debate, "texte": "Oui."}}
    by_ministry = {
        "minAttrib": [{"infoJO": {"typeJO": "JO_LOI_DECRET", "dateJO": "2026-01-01"}}, debate]
    }
    for fields in (
        {"textesReponse": by_answer},
        {"minAttribs": by_ministry},
        {"textesReponse": answers("Oui."), "minAttribs": by_ministry},
        {"textesReponse": {"texteReponse": {"infoJO": {"dateJO": "02/04/2026"}, "texte": "Oui."}}},
    ):
        read = question_of({"uid": "QANR5L17QG3", **fields}, "essai.json")
        assert read.date_question == date(2026, 4, 2)
    written = question_of({"uid": "QANR5L17QE3", "textesReponse": by_answer}, "essai.json")
    assert written.date_question is None


def test_an_answered_question_takes_date_and_page_from_its_closing() -> None:
    read = question(
        textesReponse={"texteReponse": {"infoJO": {"pageJO": "3800"}, "texte": "Oui."}},
        cloture={
            "codeCloture": "REP_PUB",
            "libelleCloture": "Réponse publiée",
            "dateCloture": "2026-05-12",
            "infoJO": {"dateJO": "2026-05-12", "pageJO": "3858"},
        },
    )
    assert (read.closing_code, read.closing_label) == ("REP_PUB", "Réponse publiée")
    assert (read.date_answer, read.page_answer) == (date(2026, 5, 12), 3858)
    assert (read.closing_date, read.date_withdrawn, read.withdrawal_reason) == (
        date(2026, 5, 12),
        None,
        None,
    )


@pytest.mark.parametrize(
    ("code", "label", "status"),
    [
        ("RET", "Question retirée à l'initiative de l'auteur", "withdrawn"),
        ("CADUQUE", "Question caduque", "lapsed"),
        ("FIN_MANDAT", "Fin de mandat", "lapsed"),
        ("AUTRE", "Motif inconnu", "withdrawn"),
    ],
)
def test_a_question_closed_without_an_answer_no_longer_waits(
    code: str, label: str, status: str
) -> None:
    closing = {"codeCloture": code, "libelleCloture": label, "dateCloture": "12/05/2026"}
    read = question(cloture=closing)
    assert (read.status, read.closing_code, read.closing_label) == (status, code, label)
    assert (read.date_withdrawn, read.withdrawal_reason) == (date(2026, 5, 12), label)


def test_an_answer_is_no_withdrawal_whatever_the_closing_says() -> None:
    closing = {"codeCloture": "AUTRE", "libelleCloture": "Autre", "dateCloture": "2026-05-12"}
    read = question(textesReponse=answers("Oui."), cloture=closing)
    assert (read.status, read.date_withdrawn, read.withdrawal_reason) == ("answered", None, None)
    assert read.date_answer == date(2026, 4, 1)


def test_signals_and_renewals_are_dated_in_every_shape() -> None:
    read = question(
        signalement={"dateDepotSignal": "2026-05-12", "infoJO": {"dateJO": "2026-05-19"}},
        renouvellements={
            "renouvellement": [
                {"infoJO": {"dateJO": "2026-07-07"}},
                {"dateRenouvellement": "16/06/2026"},
                "2026-08-04",
                {"@xsi:nil": "true"},
            ]
        },
    )
    assert read.date_signal == date(2026, 5, 19)
    assert read.renewals == (date(2026, 6, 16), date(2026, 7, 7), date(2026, 8, 4))
    deposited = question(signalement={"dateDepotSignal": "2026-05-12", "infoJO": None})
    assert deposited.date_signal == date(2026, 5, 12)


# Anything


def all_places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(node, dict):
        for key, child in node.items():
            found += all_places(child, (*path, key))
    return found


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.text(max_size=30)
    | st.sampled_from(
        ["2026-03-10", "10/03/2026", "<b>M. X. </b>a<br><b>Mme Y. </b>b", "Ã©", "QG", "12"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["#text", "@xsi:nil", "texte", "infoJO", "dateJO", "erratum", "analyse"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(st.lists(st.tuples(st.sampled_from(all_places(OFFICIAL)), ANYTHING), max_size=5))
def test_any_value_anywhere_gives_a_question_that_can_be_written_or_a_bad_record(
    changes: list[tuple[tuple[str, ...], Any]],
) -> None:
    record: Any = copy.deepcopy(OFFICIAL)
    for place, value in changes:
        target = record
        for key in place[:-1]:
            target = target.get(key) if isinstance(target, dict) else None
        if isinstance(target, dict):
            target[place[-1]] = value
    try:
        read = question_of(record, "essai.json")
    except BadRecord:
        return
    written = json.dumps(to_record(read), ensure_ascii=False)
    assert from_record(json.loads(written.encode())) == read


# Real files against the reference collection


@pytest.fixture(scope="module")
def reference(shared_data: Path) -> dict[str, Any]:
    with gzip.open(shared_data / "questions.jsonl.gz", "rt", encoding="utf-8") as lines:
        return {record["uid"]: record for record in map(json.loads, lines)}


@pytest.fixture(scope="module")
def official_files(shared_data: Path) -> dict[str, Any]:
    path = shared_data / "formats" / "an_json" / "Questions_gouvernement_XVI.json.zip"
    with zipfile.ZipFile(path) as archive:
        return {name: json.loads(archive.read(name)) for name in archive.namelist()}


FIELDS = (
    "uid", "legislature", "number", "type", "author_ref", "group", "ministry",
    "ministry_answering", "date_question", "date_answer", "title", "rubrique", "tete_analyse",
    "analyses", "status", "question_text", "source_url",
)  # fmt: skip
# The reference took this one from its page, whose names for things are others.
FROM_A_PAGE = "QANR5L16QG200"
# The reference has a cut tag or an invisible character in the text of these.
LEFTOVERS = {f"QANR5L16QG{number}" for number in (165, 193, 262, 274, 330, 414, 471, 639)}


@pytest.mark.real_data
def test_the_official_questions_to_the_government_are_those_of_the_reference(
    official_files: dict[str, Any], reference: dict[str, Any]
) -> None:
    read = {
        question.uid: to_record(question)
        for name, content in official_files.items()
        for question in [question_of(content["question"], name)]
    }
    assert len(read) == 639
    different = [
        (uid, field, record[field], reference[uid][field])
        for uid, record in read.items()
        for field in FIELDS
        if record[field] != reference[uid][field] and uid != FROM_A_PAGE
    ]
    assert different == []


@pytest.mark.real_data
def test_the_official_answers_are_those_of_the_reference(
    official_files: dict[str, Any], reference: dict[str, Any]
) -> None:
    different = {}
    for name, content in official_files.items():
        question = question_of(content["question"], name)
        expected = reference[question.uid]["answer_text"]
        if question.answer_text != expected:
            different[question.uid] = (question.answer_text, expected)
    assert set(different) == LEFTOVERS
    assert all(
        ours == theirs.removesuffix("<b").replace("\xad", "") for ours, theirs in different.values()
    )


@pytest.mark.real_data
def test_the_official_minutes_tell_who_speaks(official_files: dict[str, Any]) -> None:
    for name, content in official_files.items():
        question = question_of(content["question"], name)
        starts = [turn.start for turn in question.answer_turns]
        assert len(starts) > 1
        assert starts == sorted(set(starts))
        for turn in question.answer_turns:
            assert question.answer_text[turn.start :].startswith(turn.speaker.split(",")[0])
            assert turn.start == 0 or question.answer_text[turn.start - 1] == "\n"


@pytest.mark.real_data
def test_what_the_reference_does_not_hold_is_read_too(official_files: dict[str, Any]) -> None:
    question = question_of(official_files["json/QANR5L16QG3.json"]["question"], "QG3")
    assert question.title == '"Uber files"'
    assert (
        question.group_name
        == "La France insoumise - Nouvelle Union Populaire écologique et sociale"
    )
    assert question.ministry_short
    assert question.closing_label == "Réponse publiée"
    assert question.closing_date == question.date_answer
    assert question.page_answer
    assert question.page_answer > 2000


@pytest.mark.real_data
def test_the_reference_archive_opens_as_documents(shared_data: Path) -> None:
    found = list(documents(shared_data / "formats" / "an_json"))
    assert len([item for item in found if not isinstance(item, BadRecord)]) == 639
