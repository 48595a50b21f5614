"""Question pages of NosDéputés.fr, as a browser or a crawler saves them.

Only written questions have such pages. The texts are official HTML put into the page unescaped:
a stray ``</div>`` in an answer closes the blocks around it, and what follows is still the answer.
The page names one ministry, shortened by the site; themes are not on it.

An answered page yields one question with ``date_answer``, both texts and readers' comments::

    questions = list(parse(document))
"""

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Any, Final

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag

from indexer.errors import BadRecord
from indexer.question import Comment, parse_reference
from indexer.sources.documents import Document
from indexer.sources.drafts import question_from
from indexer.sources.french_dates import find_date, is_bare_date
from indexer.sources.markup import text_of
from indexer.sources.nosdeputes_sentences import (
    ASKED,
    RATING,
    Heading,
    outcome_of,
    read_comment,
    read_group,
    read_heading,
)
from indexer.sources.page import (
    head_text,
    href_of,
    line_in,
    paragraphs_in,
    read_page,
    secure_url,
    soup_of,
    title_of,
)
from indexer.sources.source import Item, Source

_TITLE = re.compile(r"\bQuestion\s+N\s?°\s*\d.*\bNosD[ée]put[ée]s\.fr", re.IGNORECASE)
_WRAPPER_ID = re.compile(r"question[0-9]{1,7}")
_HEADINGS: Final = ("h2", "h3")


def recognise(document: Document) -> bool:
    """Tell whether the page's title is that of a question on NosDéputés.fr."""
    return bool(_TITLE.search(title_of(head_text(document))))


def parse(document: Document) -> Iterator[Item]:
    """Yield the one question of a page, or a BadRecord where it shows none."""
    page = soup_of(read_page(document), document.name)
    wrapper = page.find("div", class_="question", id=_WRAPPER_ID)
    heading = read_heading(line_in(wrapper.h1)) if isinstance(wrapper, Tag) else None
    if not isinstance(wrapper, Tag) or heading is None:
        yield BadRecord(document.name, "aucune question sur cette page de NosDéputés.fr")
        return
    fields = {**_identity(wrapper, heading), **_texts(wrapper, heading)}
    yield question_from({**fields, "comments": _comments(page)}, document.name)


def _identity(wrapper: Tag, heading: Heading) -> dict[str, Any]:
    link = secure_url(href_of(wrapper.select_one("div.source a[href]")))
    reference = parse_reference(link) if link else None
    photo = wrapper.find("img", title=re.compile("Groupe parlementaire"))
    return {
        "legislature": reference.legislature if reference else None,
        "kind": "QE",
        "number": heading.number,
        "author": line_in(wrapper.select_one("h1 a")) or heading.author,
        "group": read_group(str(photo.get("title"))) if isinstance(photo, Tag) else None,
        "ministry": heading.ministry,
        "source_url": link,
    }


def _texts(wrapper: Tag, heading: Heading) -> dict[str, Any]:
    question = wrapper.select_one("div#question")
    # Next, not inside: the texts may close the wrapper.
    answer = _next(wrapper, id="reponse")
    comments = _next(wrapper, class_="commentaires")
    asked = ASKED.search(_take_headings(question))
    fields: dict[str, Any] = {"date_question": find_date(asked[1]) if asked else None}
    if question and (alert := question.select_one("div.alerte")):
        alert.decompose()
    headings = _take_headings(answer)
    fields |= outcome_of(headings, _whole(answer, comments), withdrawn=heading.withdrawn)
    text = _whole(question, answer)
    # The sites of the first two legislatures print a text that holds an ISO date as that date.
    return {**fields, "question_text": "" if is_bare_date(text) else text}


def _next(start: Tag, **attributes: str) -> Tag | None:
    found = start.find_next("div", attrs=None, **attributes)
    return found if isinstance(found, Tag) else None


def _take_headings(block: Tag | None) -> str:
    """Remove the headings of a block and return them, one a line."""
    headings = block.find_all(_HEADINGS, recursive=False) if block else []
    return "\n".join(line_in(heading.extract()) for heading in headings)


def _whole(block: Tag | None, stop: Tag | None) -> str:
    """Return the text from the start of a block to ``stop``, whatever its tags close on the way."""
    if block is None:
        return ""
    after = takewhile(lambda node: not _holds(node, stop), _following(block)) if stop else ()
    return text_of(block.decode_contents() + "".join(map(_markup, after)))


def _following(block: Tag) -> Iterator[PageElement]:
    """Yield what comes after a block, and after each element around it, to the end of the page."""
    for level in (block, *block.parents):
        yield from level.next_siblings


def _holds(node: PageElement, sought: Tag) -> bool:
    inside = node.descendants if isinstance(node, Tag) else ()
    return node is sought or any(element is sought for element in inside)


def _markup(node: PageElement) -> str:
    if isinstance(node, Tag):
        return node.decode()
    return node.output_ready() if isinstance(node, NavigableString) else ""


def _comments(page: BeautifulSoup) -> tuple[Comment, ...]:
    comments = (_comment(block) for block in page.select("div.commentaires div.commentaire"))
    return tuple(comment for comment in comments if comment)


def _comment(block: Tag) -> Comment | None:
    heading = block.select_one("span.titre_commentaire")
    announcement = line_in(heading)
    for tag in (heading, *block.select("div.commentaire_avatar, .clear")):
        if tag:
            tag.extract()
    lines = paragraphs_in(block).split("\n")
    text = "\n".join(line for line in lines if not RATING.match(line))
    identifier = str(block.get("id") or "").removeprefix("commentaire_")
    return read_comment(announcement, text, identifier or None)


SOURCE = Source("nosdeputes", "Page de NosDéputés.fr", recognise, parse)
