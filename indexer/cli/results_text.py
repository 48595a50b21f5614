"""Results as text: what was understood, one block a question, the facets, the place in the pages.

Every text goes through ``terminal.Style``, which cleans it.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from indexer.cli.terminal import Style, clean, day, number, plural
from indexer.question import KINDS, STATUSES
from indexer.search.advice import Help
from indexer.search.results import Facet, Hit, Passage, Piece, Results
from indexer.search.suggest import Suggestion

_INDENT: Final = " " * 4
_BETWEEN: Final = " · "
_SYNONYMS: Final = {
    "used": "Cherché aussi : {synonym.acronym} = {synonym.meaning} (sinon : --sans {synonym.key})",
    "offered": 'Sigle : {synonym.acronym} ? --avec "{synonym.key}:{synonym.meaning}"',
    "removed": "Laissé tel quel : {synonym.acronym}",
}


def lines(results: Results, style: Style) -> Iterator[str]:
    """Yield the lines of a page of results."""
    yield from _understood(results, style)
    yield style.bold(_total(results))
    yield from _suggestion(results, style)
    if results.help and not results.total:
        yield from _help(results.help)
    first = (results.search.page - 1) * results.search.size + 1
    wordless = next((hit for hit in results.hits if hit.wordless), None)
    for rank, hit in enumerate(results.hits, first):
        yield ""
        if hit is wordless:
            yield from (style.bold("Questions proches, sans les mots tapés"), "")
        yield from _block(rank, hit, style)
    if results.help and results.total:
        yield ""
        yield from _help(results.help)
    for facet in results.facets:
        yield ""
        yield from _facet(facet, style)
    if results.search.page < results.pages:
        yield ""
        yield style.dim(f"Suite : --page {results.search.page + 1}")


def suggestions(found: Sequence[Suggestion]) -> Iterator[str]:
    """Yield a line for each completion: the query, what it is, how many questions it finds."""
    for each in found:
        label = f"{each.label} — " if each.kind == "sigle" else ""
        count = plural(each.count, "question")
        yield clean(f"{each.text}    {label}{_BETWEEN.join((each.kind, count))}")


def _understood(results: Results, style: Style) -> Iterator[str]:
    understood = results.understood
    for uid in understood.named:
        yield f"Cherchiez-vous la question {uid} ? questions show {uid}"
    if understood.text:
        forms = " (formes exactes)" if results.search.exact else ""
        yield f"Recherché : {clean(understood.text)}{forms}"
    if understood.ignored:
        yield style.dim(f"Ignoré : {', '.join(understood.ignored)}")
    variants = [f"{word} → {', '.join(forms)}" for word, forms in understood.variants if forms]
    if variants:
        yield style.dim(f"Variantes : {' ; '.join(variants)}")
    for synonym in understood.expansions:
        yield style.dim(clean(_SYNONYMS[synonym.state].format(synonym=synonym)))
    yield from map(clean, understood.notices)


def _total(results: Results) -> str:
    if not results.total:
        return "Aucune question trouvée."
    text = plural(results.total, "question trouvée", "questions trouvées")
    if results.total_all_words < results.total:
        text += f", dont {number(results.total_all_words)} avec tous les mots"
    if results.groups < results.total:
        text += f", {number(results.groups)} une fois les presque identiques regroupées"
    if results.pages > 1 or results.search.page > 1:
        text += f" — page {number(results.search.page)} sur {number(results.pages)}"
    return f"{text}."


def _suggestion(results: Results, style: Style) -> Iterator[str]:
    if results.suggestion is None:
        return
    pieces = [Piece(text, is_new) for text, is_new in results.suggestion.stretches]
    total = Piece(f" ({plural(results.suggestion.total, 'question')})", is_match=False)
    yield from style.paragraph((*pieces, total), "", "Essayez avec : ")


def _help(help_: Help) -> Iterator[str]:
    if help_.unknown:
        many = len(help_.unknown) > 1
        start = "Mots absents" if many else "Mot absent"
        yield f"{start} de toutes les questions : {clean(', '.join(help_.unknown))}"
    if help_.ways:
        yield "Pour en trouver davantage :"
    width = max((len(number(way.total)) for way in help_.ways), default=0)
    for way in help_.ways:
        yield f"  {number(way.total):>{width}}  {clean(way.label)}"


def _block(rank: int, hit: Hit, style: Style) -> Iterator[str]:
    title = hit.title or (Piece("(sans titre)", is_match=False),)
    yield from style.paragraph(title, "", f"{rank}. ")
    yield _INDENT + style.dim(_BETWEEN.join((hit.uid, KINDS.get(hit.kind, hit.kind), _fate(hit))))
    people = [person for person in (_author(hit), _ministry(hit)) if person]
    if people:
        yield _INDENT + style.dim(_BETWEEN.join(people))
    yield from _passages("Question", hit.question, style)
    yield from _passages("Réponse", hit.answer, style)
    if hit.recalled:
        yield _INDENT + style.dim(f"Rappelle {hit.recalled.uid} : {hit.recalled.title}")
    if hit.others:
        more = plural(
            hit.others,
            "autre question presque identique ou de même réponse",
            "autres questions presque identiques ou de même réponse",
        )
        yield _INDENT + style.dim(f"+ {more} : --famille {hit.uid}")
    lacks = ["Question proche"] if hit.related and not hit.wordless else []
    if hit.missing and not hit.wordless:
        lacks.append(f"Sans : {', '.join(hit.missing)}")
    if lacks:
        yield _INDENT + style.dim(_BETWEEN.join(lacks))
    if hit.source_url:
        yield _INDENT + style.dim(hit.source_url)


def _author(hit: Hit) -> str:
    if not hit.author:
        return ""
    return f"{hit.author} ({hit.group})" if hit.group else hit.author


def _ministry(hit: Hit) -> str:
    asked, answering = hit.ministry_asked, hit.ministry_answering
    if asked and answering and asked != answering:
        return f"{asked} → {answering}"
    return asked or answering or ""


def _fate(hit: Hit) -> str:
    return _BETWEEN.join(filter(None, (_asked(hit.date_asked), _status(hit))))


def _asked(value: date | None) -> str:
    return f"posée le {day(value)}" if value else ""


def _status(hit: Hit) -> str:
    label = STATUSES.get(hit.status, hit.status)
    if hit.date_answered is None:
        return label
    delay = f" ({plural(hit.delay_days, 'jour')})" if hit.delay_days is not None else ""
    return f"réponse le {day(hit.date_answered)}{delay}"


def _passages(label: str, passages: Sequence[Passage], style: Style) -> Iterator[str]:
    for passage in passages:
        before = "… " if passage.cut_before else ""
        speaker = f"[{passage.speaker}] " if passage.speaker else ""
        end = Piece(" …" if passage.cut_after else "", is_match=False)
        start = Piece(f"{speaker}{before}", is_match=False)
        yield from style.paragraph((start, *passage.pieces, end), _INDENT, f"{label} : ")


def _facet(facet: Facet, style: Style) -> Iterator[str]:
    yield style.bold(facet.label)
    width = max((len(number(value.count)) for value in facet.values), default=0)
    for value in facet.values:
        mark = "*" if value.selected else " "
        code = f" [{value.value}]" if value.value != value.label else ""
        yield f"  {mark}{number(value.count):>{width}}  {clean(value.label + code)}"
    if facet.others:
        yield style.dim(f"    … et {plural(facet.others, 'autre valeur', 'autres valeurs')}")
