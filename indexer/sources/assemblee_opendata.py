"""One official question of the Assemblée nationale, as its open data nest it, to a Question.

Pure mapping: it reads no file. The shape is that of the JSON exports; the XML exports and the
per-question records are brought to it before. Authors are references (``PA796018``) without
names, which the files of actors give.

>>> official = {"uid": "QANR5L16QG3", "minInt": {"abrege": "Travail", "developpe": None}}
>>> question = question_of(official, "exemple.json")
>>> question.key.number, question.ministry, question.source_url
(3, 'Travail', 'https://questions.assemblee-nationale.fr/q16/16-3QG.htm')
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from indexer.closing import Closing, closing_status
from indexer.errors import BadRecord
from indexer.question import Attribution, Question, parse_reference
from indexer.sources.markup import exchange_of, text_of
from indexer.sources.official_values import (
    day,
    erratum_notice,
    every,
    items,
    last,
    line,
    ministry,
    page,
    text,
    verbatim,
)

# From this legislature on, the field of the keywords holds the title.
_FIRST_WITH_TITLES: Final = 16
# Up to this one, authors are printed "Nom Prénom", as Question.author_name expects.
_LAST_REVERSED: Final = 12
_NO_HEADING = re.compile(r"aucune t[êe]te d['’]analyse", re.IGNORECASE)
# "13382. — 10 mars 2026. — M. X attire…": number and date as the Journal officiel prints them.
_PRINTED_HEAD = re.compile(
    r"\s*(?P<number>\d[\d\s.]{0,9}?)\s?\.\s?[—–-]+\s?"
    r"(?:(?P<day>\d{1,2}\s?(?:er)?\s\w{3,9}\s\d{4})\s?\.?\s?[—–-]+\s?)?"
)


def question_of(record: Any, where: str) -> Question:
    """Return the question that an official record tells of.

    Args:
        record: the object under the key ``question``; every field but the key may be missing,
            null, one object or a list.
        where: file and place in it, for the error.

    Raises:
        BadRecord: the record is no object, or its key is missing, impossible or contradictory.
    """
    if not isinstance(record, dict):
        raise BadRecord(where, "un objet est attendu pour une question")
    key = _key(record, where)
    fields: dict[str, Any] = {
        **_asker(record, key.legislature),
        **_ministries(record),
        **_indexing(record, key.legislature),
        **_course(record),
        **_question_fields(record, key),
        **_answer_fields(record, key),
    }
    _complete(fields, record, key)
    try:
        return Question(
            legislature=key.legislature,
            kind=key.kind,
            number=key.number,
            source_url=f"https://questions.assemblee-nationale.fr/q{key.legislature}/"
            f"{key.legislature}-{key.number}{key.kind}.htm",
            **fields,
        )
    except ValueError as error:
        raise BadRecord(where, str(error)) from error


@dataclass(frozen=True, slots=True)
class _Key:
    legislature: int
    kind: str
    number: int


def _key(record: dict[str, Any], where: str) -> _Key:
    uid = line(record.get("uid")) or ""
    named = parse_reference(uid)
    if named is None or named.chamber is None:
        stated: tuple[Any, ...] = (None, None, None)
    elif named.chamber == "AN":
        stated = (named.legislature, named.kind, named.number)
    else:
        raise BadRecord(where, f"« {uid} » n'est pas une question de l'Assemblée nationale")
    kind = line(last(record, "type"))
    given = {
        "identifiant.legislature": _integer(record, "legislature", where),
        "type": kind.upper() if kind else None,
        "identifiant.numero": _integer(record, "numero", where),
    }
    values = [
        _agreed(name, value, other, uid, where)
        for (name, value), other in zip(given.items(), stated, strict=True)
    ]
    return _Key(*values)


def _integer(record: dict[str, Any], name: str, where: str) -> int | None:
    written = line(last(record, "identifiant", name))
    if written is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", written):
        raise BadRecord(where, f"champ « identifiant.{name} » illisible : « {written[:40]} »")
    return int(written)


def _agreed(name: str, value: Any, stated: Any, uid: str, where: str) -> Any:
    if value is None and stated is None:
        raise BadRecord(where, f"champ « {name} » absent")
    if value is not None and stated is not None and value != stated:
        raise BadRecord(where, f"« {uid} » contredit {name} = {str(value)[:40]}")
    return stated if value is None else value


def _asker(record: dict[str, Any], legislature: int) -> dict[str, Any]:
    identity = last(record, "auteur", "identite")
    given, family = line(last(identity, "prenom")), line(last(identity, "nom"))
    order = (family, given) if legislature <= _LAST_REVERSED else (given, family)
    civility = line(last(identity, "civ"))
    name = " ".join(part for part in (civility, *order) if part)
    return {
        "author": name if family else None,
        "author_ref": line(last(identity, "acteurRef")),
        "group": line(last(record, "auteur", "groupe", "abrege")),
        "group_name": line(last(record, "auteur", "groupe", "developpe")),
    }


def _ministries(record: dict[str, Any]) -> dict[str, Any]:
    asked = last(record, "minInt")
    attributions = [
        Attribution(
            day(last(item, "infoJO", "dateJO")),
            _full_name(last(item, "denomination")),
            ministry(last(item, "denomination", "abrege")),
        )
        for item in every(record, "minAttribs", "minAttrib")
    ]
    answering = attributions[-1] if attributions else None
    return {
        "ministry": _full_name(asked),
        "ministry_short": ministry(last(asked, "abrege")),
        "ministry_answering": answering and answering.ministry,
        "ministry_answering_short": answering and answering.ministry_short,
        "attributions": tuple(attributions) if len(attributions) > 1 else (),
    }


def _full_name(denomination: Any) -> str | None:
    return ministry(last(denomination, "developpe")) or ministry(last(denomination, "abrege"))


def _indexing(record: dict[str, Any], legislature: int) -> dict[str, Any]:
    """Read subject headings; a list of keywords is no title, whatever the legislature."""
    index = last(record, "indexationAN")
    found = [
        *every(index, "analyses", "analyse"),
        *every(index, "ANALYSE", "ANA"),
    ]
    analyses = [entry for entry in map(verbatim, found) if entry]
    titled = legislature >= _FIRST_WITH_TITLES and len(analyses) == 1
    heading = line(last(index, "teteAnalyse"))
    return {
        "rubrique": line(last(index, "rubrique")),
        "tete_analyse": None if heading and _NO_HEADING.fullmatch(heading) else heading,
        "title": analyses[0] if titled else None,
        "analyses": () if titled else tuple(analyses),
    }


def _course(record: dict[str, Any]) -> dict[str, Any]:
    """Read what befell the question: signal, renewals, closing."""
    signal = last(record, "signalement")
    renewals = every(record, "renouvellements", "renouvellement")
    closing = last(record, "cloture")
    return {
        "date_signal": _event_day(signal, "dateDepotSignal"),
        "renewals": tuple(sorted(filter(None, (_event_day(item) for item in renewals)))),
        "closing_code": line(last(closing, "codeCloture")),
        "closing_label": line(last(closing, "libelleCloture")),
        "closing_date": day(last(closing, "dateCloture")) or day(last(closing, "infoJO", "dateJO")),
    }


def _event_day(event: Any, *later_choices: str) -> date | None:
    """Return the day that an event was published, else any day that it tells of."""
    if not isinstance(event, dict):
        return day(event)
    days = [
        day(last(event, "infoJO", "dateJO")),
        *(day(last(event, name)) for name in later_choices),
        *(day(value) for value in event.values()),
    ]
    return next((found for found in days if found), None)


def _question_fields(record: dict[str, Any], key: _Key) -> dict[str, Any]:
    """Read the question: the first date and page, the last text where it was printed again."""
    printed = every(record, "textesQuestion", "texteQuestion")
    texts = [found for item in printed if (found := text_of(text(last(item, "texte")) or ""))]
    body, head_day = _without_head(texts[-1], key.number) if texts else ("", None)
    return {
        "question_text": body,
        "date_question": _first(day, printed, "dateJO") or head_day,
        "page_question": _first(page, printed, "pageJO"),
        "question_erratum": _errata(printed),
    }


def _without_head(body: str, number: int) -> tuple[str, date | None]:
    head = _PRINTED_HEAD.match(body)
    if not head or re.sub(r"\D", "", head["number"]) != str(number):
        return body, None
    return body[head.end() :].lstrip(), day(head["day"])


def _answer_fields(record: dict[str, Any], key: _Key) -> dict[str, Any]:
    """Read the answer: the last one that has a text."""
    printed = every(record, "textesReponse", "texteReponse")
    told = [item for item in printed if text(last(item, "texte"))] or printed
    answer = told[-1] if told else None
    exchange = exchange_of(text(last(answer, "texte")) or "")
    # A written answer that quotes one speaker is no exchange.
    spoken = key.kind != "QE" or len(exchange.turns) > 1
    return {
        "answer_text": exchange.text,
        "answer_turns": exchange.turns if spoken else (),
        "date_answer": day(last(answer, "infoJO", "dateJO")),
        "page_answer": page(last(answer, "infoJO", "pageJO")),
        "answer_erratum": _errata(printed),
    }


def _first(read: Any, printed: list[Any], name: str) -> Any:
    found = (read(last(item, "infoJO", name)) for item in printed)
    return next((value for value in found if value), None)


def _errata(printed: list[Any]) -> str | None:
    found = [_erratum(item) for item in every(printed, "erratum")]
    return "\n".join(dict.fromkeys(filter(None, found))) or None


def _erratum(item: Any) -> str | None:
    if not isinstance(item, dict):
        return text_of(text(item) or "")
    told = [text_of(text(body) or "") for body in items(item.get("texte"))]
    paper = last(item, "infoJO") or item
    notice = erratum_notice(day(last(paper, "dateJO")), page(last(paper, "pageJO")))
    return "\n".join(filter(None, told)) or notice


def _complete(fields: dict[str, Any], record: dict[str, Any], key: _Key) -> None:
    """Fill what follows from other fields: the debate's date, the answer's place, the end."""
    closing = closing_status(fields["closing_code"], fields["closing_label"])
    if closing is Closing.ANSWERED:
        # The page of an answer is that of the section; the closing names the answer's own.
        own_page = page(last(record, "cloture", "infoJO", "pageJO"))
        fields["page_answer"] = own_page or fields["page_answer"]
        fields["date_answer"] = fields["date_answer"] or fields["closing_date"]
    elif not fields["answer_text"] and not fields["date_answer"]:
        fields["date_withdrawn"] = fields["closing_date"]
        fields["withdrawal_reason"] = fields["closing_label"]
    if key.kind == "QG" and not fields["date_question"]:
        # Asked and answered in one sitting, which the minutes of that day report.
        fields["date_question"] = _debate_day(record) or fields["date_answer"]


def _debate_day(record: dict[str, Any]) -> date | None:
    papers = [
        *every(record, "textesReponse", "texteReponse", "infoJO"),
        *every(record, "minAttribs", "minAttrib", "infoJO"),
    ]
    debates = [day(last(paper, "dateJO")) for paper in papers if _is_debate(paper)]
    return next((found for found in debates if found), None)


def _is_debate(paper: Any) -> bool:
    return line(last(paper, "typeJO")) == "JO_DEBAT"
