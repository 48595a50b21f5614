"""One question as one document: the plain reading that the batches of the index are held to."""

import json
from typing import Any, Final

from indexer.digests import line_digest
from indexer.interchange import from_record
from indexer.question import Question
from indexer.search.recalls import recalls
from indexer.search.request import VALUE_OF_STATUS
from indexer.whoosh_engine.acronyms import terms_of
from indexer.whoosh_engine.families import kin_of
from indexer.whoosh_engine.schema import (
    _GROUPS,
    BETWEEN_VALUES,
    day_number,
    field_of,
    portfolios,
    texts_of,
)

_ANALYSES: Final = " ; "


def document_of(line: bytes) -> dict[str, Any]:
    """Return the keywords of ``add_document`` for a line of the corpus."""
    question = from_record(json.loads(line))
    document: dict[str, Any] = {
        "uid": question.uid,
        "digest": line_digest(line).encode(),
        "record": line,
        "asked": day_number(question.date_question),
        "answered": day_number(question.date_answer),
        "delay": 0 if question.delay_days is None else question.delay_days + 1,
    }
    texts = texts_of(question)
    (acronyms,) = terms_of([[text] for text in texts.values()])
    if acronyms:
        document["acronym"] = acronyms
    if kin := kin_of(question):
        document["kin"] = kin
    if recalled := recalls(question.question_text):
        document["recalls"] = " ".join(str(recall.number) for recall in recalled)
    for part, text in texts.items():
        if text:
            document[field_of(part, "exact")] = text
            document[field_of(part, "stem")] = text
    for name, value in values_of(question).items():
        if value:
            document[f"f_{name}"] = value
    return document


def values_of(question: Question) -> dict[str, str | None]:
    """Return the value of each filter."""
    group = question.group_name or question.group
    status = question.status
    cause = question.withdrawal_reason or question.closing_label
    rubrique = question.rubrique
    if rubrique and not rubrique[:2].isupper():
        rubrique = rubrique[0].lower() + rubrique[1:]
    return {
        "auteur": question.author_name or question.author_ref,
        "groupe": _GROUPS.get(group, group) if group else None,
        "departement": question.department,
        "portefeuille": BETWEEN_VALUES.join(sorted(portfolios(question))),
        "ministere": question.ministry_short or question.ministry,
        "ministere_reponse": question.ministry_answering_short or question.ministry_answering,
        "rubrique": rubrique,
        "analyse": _ANALYSES.join(filter(None, (question.tete_analyse, *question.analyses))),
        "type": question.kind,
        "statut": VALUE_OF_STATUS[status],
        "cause": cause if status in ("withdrawn", "lapsed") else None,
        "legislature": str(question.legislature),
        "chambre": question.chamber,
        "signalee": "oui" if question.date_signal else None,
        "renouvelee": "oui" if question.renewals else None,
        "reattribuee": "oui" if len(question.attributions) > 1 else None,
    }
