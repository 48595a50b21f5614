"""The Assemblée's XML record of one question, as ``…/q14/14-47351QE.htm/vue/xml`` gives it.

It says the same as the open data, with other words and the author's name: it is brought to their
shape and mapped as they are. Dates are DD/MM/YYYY and empty elements stand everywhere.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from indexer.question import Question
from indexer.sources import xml_records
from indexer.sources.assemblee_opendata import question_of
from indexer.sources.documents import Document
from indexer.sources.official_values import every, last, line
from indexer.sources.record_stream import read_all
from indexer.sources.source import Item, Source

_ROOT: Final = "QUESTION"


def recognise(document: Document) -> bool:
    """Tell whether the root element is the one of these records."""
    return xml_records.root_name(document.head) == _ROOT


def parse(document: Document) -> Iterator[Item]:
    """Yield the question of a record, or a BadRecord that says why there is none."""
    return read_all(xml_records.records(document, _ROOT), _question, document.name, "question")


def _question(record: Any, where: str) -> Question:
    question = question_of(_official(record), where)
    return replace(question, department=line(last(record, "CIRCONSCRIPTION", "DEPARTEMENT")))


def _official(record: Any) -> dict[str, Any]:
    """Return the record in the shape of the open data."""
    return {
        "identifiant": {
            "legislature": last(record, "LEGISLATURE"),
            "numero": last(record, "DEPOT", "@NUMERO"),
        },
        "type": last(record, "@TYPE"),
        "auteur": {"identite": _identity(record), "groupe": _group(record)},
        "minInt": _denomination(last(record, "MINI")),
        "minAttribs": {"minAttrib": _attributions(record)},
        "indexationAN": {
            "rubrique": last(record, "INDEXATION_AN", "@RUBRIQUE"),
            "teteAnalyse": last(record, "INDEXATION_AN", "TETE_ANALYSE"),
            "analyses": {"analyse": every(record, "INDEXATION_AN", "ANALYSE", "ANA")},
        },
        "textesQuestion": {"texteQuestion": _asked(record)},
        "textesReponse": {"texteReponse": _answered(record)},
        "signalement": {
            "infoJO": _paper(last(record, "SIGNALEMENT")),
            "dateDepotSignal": last(record, "SIGNALEMENT", "DATE_DEPOT_SIGNAL"),
        },
        "renouvellements": {"renouvellement": _renewals(record)},
        "cloture": _closing(last(record, "CLOTURE")),
    }


def _identity(record: Any) -> dict[str, Any]:
    number = line(last(record, "AUTEUR", "ID_ACTEUR"))
    return {
        "acteurRef": f"PA{number.removeprefix('PA')}" if number else None,
        "civ": last(record, "AUTEUR", "CIVILITE"),
        "prenom": last(record, "AUTEUR", "PRENOM"),
        "nom": last(record, "AUTEUR", "NOM"),
    }


def _group(record: Any) -> dict[str, Any]:
    return {
        "abrege": last(record, "GROUPE", "@SIGLE"),
        "developpe": last(record, "GROUPE", "LIBELLE"),
    }


def _denomination(ministry: Any) -> dict[str, Any]:
    return {"abrege": last(ministry, "ABREGE"), "developpe": last(ministry, "DEVELOPPE")}


def _paper(event: Any) -> dict[str, Any]:
    names = {"typeJO": "TYPE_JO", "dateJO": "DATE_JO", "pageJO": "PAGE_JO"}
    return {name: last(event, original) for name, original in names.items()}


def _attributions(record: Any) -> list[dict[str, Any]]:
    orders = sorted(every(record, "MINA", "ORDRE"), key=_rank)
    return [{"infoJO": _paper(order), "denomination": _denomination(order)} for order in orders]


def _rank(order: Any) -> int:
    number = line(last(order, "@NUMERO")) or ""
    return int(number) if re.fullmatch(r"[0-9]{1,4}", number) else 0


def _asked(record: Any) -> list[dict[str, Any]]:
    """Return the two DEPOT elements, one with place and date, one with the text, as one."""
    deposits = every(record, "DEPOT")
    papers = [paper for item in deposits if any((paper := _paper(item)).values())]
    return [
        {
            "infoJO": papers[0] if papers else None,
            "texte": last(deposits, "TEXTE_DEPOT"),
            "erratum": _paper(last(record, "ERRATUM_QUESTION")),
        }
    ]


def _answered(record: Any) -> list[dict[str, Any]]:
    erratum = _paper(last(record, "ERRATUM_REPONSE"))
    answers = [
        {
            "infoJO": {
                "dateJO": last(answer, "DATE_JO_REPONSE"),
                "pageJO": last(answer, "PAGE_JO_REPONSE"),
            },
            "texte": last(answer, "TEXTE_REPONSE"),
        }
        for answer in every(record, "REPONSE")
    ]
    return [{"erratum": erratum}, *answers]


def _renewals(record: Any) -> list[dict[str, Any]]:
    return [
        {"infoJO": _paper(order), "dateRenouvellement": last(order, "DATE_RENOUVELLEMENT")}
        for order in every(record, "RENOUVELLEMENT", "ORDRE")
    ]


def _closing(closing: Any) -> dict[str, Any]:
    return {
        "codeCloture": last(closing, "ABREGE"),
        "libelleCloture": last(closing, "LIBELLE"),
        "infoJO": _paper(closing),
    }


SOURCE = Source(
    "assemblee_fiche", "Fiche XML d'une question de l'Assemblée nationale", recognise, parse
)
