"""One record for every source: a question, its answer, and where both come from.

A :class:`Question` is frozen, complete, and has one text form, the interchange record of
``indexer.interchange``. Nothing here reads files or knows of an index.

>>> question = Question(legislature=15, kind="QE", number=24191, author="Mme Jeanne Exemple")
>>> question.uid, question.status, question.author_name
('QANR5L15QE24191', 'waiting', 'Jeanne Exemple')
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

from indexer.closing import Closing, closing_status

Chamber = Literal["AN", "SENAT"]
Status = Literal["answered", "waiting", "withdrawn", "lapsed"]

CHAMBERS: Final[Mapping[str, str]] = {"AN": "Assemblée nationale", "SENAT": "Sénat"}
KINDS: Final[Mapping[str, str]] = {
    "QE": "Question écrite",
    "QG": "Question au Gouvernement",
    "QOSD": "Question orale sans débat",
    "QOAD": "Question orale avec débat",
    "QOAE": "Question orale européenne",
    "QC": "Question crible",
}
STATUSES: Final[Mapping[str, str]] = {
    "answered": "Réponse publiée",
    "waiting": "En attente de réponse",
    "withdrawn": "Retirée",
    "lapsed": "Caduque",
}

_STATUS_OF_CLOSING: Final[Mapping[Closing, Status]] = {
    Closing.ANSWERED: "answered",
    Closing.WITHDRAWN: "withdrawn",
    Closing.LAPSED: "lapsed",
}
_UID_PREFIX: Final[Mapping[Chamber, str]] = {"AN": "QANR5L", "SENAT": "QSENR5L"}
_CIVILITY = re.compile(r"^(M\.|MM\.|Mme|Mmes|Mlle)(?=[\s\w])\s*", re.IGNORECASE)
# Pages of the first digital legislatures write "Nom Prénom"; later ones "Prénom Nom".
_LAST_REVERSED_LEGISLATURE: Final = 12
_MAX_LEGISLATURE: Final = 99
_MAX_NUMBER: Final = 9_999_999


class Key(NamedTuple):
    """What makes a question one: numbers restart each legislature and each kind."""

    chamber: Chamber
    legislature: int
    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class Turn:
    """Who speaks from character ``start`` of the answer's text on."""

    start: int
    speaker: str


@dataclass(frozen=True, slots=True)
class Attribution:
    """One ministry that the question was given to, in order; the last one answers."""

    date: date | None
    ministry: str | None
    ministry_short: str | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """A reader's comment kept from a NosDéputés.fr page; ``date`` is ISO 8601."""

    id: str | None
    author: str | None
    date: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question and its answer.

    Texts are plain paragraphs separated by one line feed, without markup. Empty texts are ``""``;
    every other unknown field is None or empty. ``closing_code`` is the official code
    (``REP_PUB``…). ``source`` says where the record comes from; ``sources`` names all the kinds of
    source that told of it, the most official first, and ``origins`` the kind of source of every
    field that the first one did not give. ``extra`` keeps fields of an interchange file that are
    not ours.

    Raises:
        ValueError: the key is impossible.
    """

    chamber: Chamber = "AN"
    legislature: int
    kind: str
    number: int
    author: str | None = None
    author_ref: str | None = None
    group: str | None = None
    group_name: str | None = None
    department: str | None = None
    ministry: str | None = None
    ministry_short: str | None = None
    ministry_answering: str | None = None
    ministry_answering_short: str | None = None
    attributions: tuple[Attribution, ...] = ()
    date_question: date | None = None
    date_answer: date | None = None
    date_signal: date | None = None
    renewals: tuple[date, ...] = ()
    date_withdrawn: date | None = None
    withdrawal_reason: str | None = None
    page_question: int | None = None
    page_answer: int | None = None
    closing_code: str | None = None
    closing_label: str | None = None
    closing_date: date | None = None
    title: str | None = None
    rubrique: str | None = None
    tete_analyse: str | None = None
    analyses: tuple[str, ...] = ()
    question_text: str = ""
    answer_text: str = ""
    answer_turns: tuple[Turn, ...] = ()
    question_html: str | None = None
    answer_html: str | None = None
    question_erratum: str | None = None
    answer_erratum: str | None = None
    comments: tuple[Comment, ...] = ()
    source: str | None = None
    source_url: str | None = None
    sources: tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.chamber not in CHAMBERS:
            raise ValueError(f"chambre « {self.chamber} » inconnue ; attendu : AN ou SENAT")
        if not 1 <= self.legislature <= _MAX_LEGISLATURE:
            raise ValueError(f"législature {self.legislature} impossible ; attendu : 1 à 99")
        if self.kind not in KINDS:
            raise ValueError(f"type « {self.kind} » inconnu ; attendu : {', '.join(KINDS)}")
        if not 1 <= self.number <= _MAX_NUMBER:
            raise ValueError(f"numéro {self.number} impossible ; attendu : 1 à {_MAX_NUMBER}")

    @property
    def key(self) -> Key:
        """What makes it one question among all."""
        return Key(self.chamber, self.legislature, self.kind, self.number)

    @property
    def uid(self) -> str:
        """The Assemblée's own identifier, and one of the same shape for the Sénat."""
        return uid_of(self)

    @property
    def status(self) -> Status:
        """Answered once an answer is known of; else what the closing says; else waiting."""
        if self.answer_text or self.date_answer:
            return "answered"
        closing = closing_status(self.closing_code, self.closing_label)
        if closing is None:
            return "withdrawn" if self.date_withdrawn or self.withdrawal_reason else "waiting"
        return _STATUS_OF_CLOSING[closing]

    @property
    def delay_days(self) -> int | None:
        """Days from question to answer, None while either date is unknown."""
        if not (self.date_question and self.date_answer):
            return None
        days = (self.date_answer - self.date_question).days
        return days if days >= 0 else None

    @property
    def civility(self) -> str | None:
        """``M.``, ``Mme``…, None where the source does not tell."""
        match = _CIVILITY.match(self.author or "")
        return match.group(1) if match else None

    @property
    def author_name(self) -> str | None:
        """The author as "Prénom Nom", whatever the order in the source, without civility."""
        if not self.author:
            return None
        return _given_name_first(self.author, self.chamber, self.legislature)

    @property
    def author_label(self) -> str | None:
        """The author as a page prints it: civility and "Prénom Nom"."""
        name, civility = self.author_name, self.civility
        return f"{civility} {name}" if name and civility else name

    @property
    def official_url(self) -> str | None:
        """The page of the record at its source, or the Assemblée's page that its key implies."""
        if self.source_url or self.chamber != "AN" or self.extra.get("fictional"):
            return self.source_url
        return (
            f"https://questions.assemblee-nationale.fr/q{self.legislature}/"
            f"{self.legislature}-{self.number}{self.kind}.htm"
        )


@lru_cache(maxsize=20_000)  # a thousand members ask a million questions
def _given_name_first(author: str, chamber: Chamber, legislature: int) -> str | None:
    is_reversed = chamber == "AN" and legislature <= _LAST_REVERSED_LEGISLATURE
    glued = re.match(r"M\.\w", author)
    name = _CIVILITY.sub("", author).strip()
    if (is_reversed or glued) and " " in name:
        family, given = name.rsplit(" ", 1)
        name = f"{given} {family}"
    return name or None


def uid_of(key: Key | Question) -> str:
    """Return the identifier of a key or of its question, as ``QANR5L15QE24191``."""
    return f"{_UID_PREFIX[key.chamber]}{key.legislature}{key.kind}{key.number}"


_KIND_PATTERN = "|".join(sorted(KINDS, key=len, reverse=True))
_SPACED_NUMBER = r"\d[\d \u00a0\u202f.]{0,12}\d|\d"
UID: Final = re.compile(rf"Q(AN|SEN)R5L(\d{{1,2}})({_KIND_PATTERN})(\d{{1,7}})", re.IGNORECASE)
_REFERENCE = re.compile(
    rf"""\s*(?:(?P<chamber>AN|S[ée]nat)\b[\s:-]*)?
         (?:(?P<before>{_KIND_PATTERN})\s*)?
         (?:n\s*[°º]\s*)?
         (?:(?P<legislature>\d{{1,2}})\s*-\s*)?
         (?P<number>{_SPACED_NUMBER})
         \s*(?P<after>{_KIND_PATTERN})?\s*""",
    re.IGNORECASE | re.VERBOSE,
)
_PAGE_URL = re.compile(rf"\b(\d{{1,2}})-(\d{{1,7}})({_KIND_PATTERN})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reference:
    """What a person types to name a question; None is "any"."""

    number: int
    chamber: Chamber | None = None
    legislature: int | None = None
    kind: str | None = None

    def fits(self, key: Key) -> bool:
        """Tell whether a key is one that the reference can mean."""
        return (
            key.number == self.number
            and self.chamber in (None, key.chamber)
            and self.legislature in (None, key.legislature)
            and self.kind in (None, key.kind)
        )


def parse_reference(text: str) -> Reference | None:
    """Read ``QANR5L15QE24191``, ``15-24191QE``, ``QE 24191``, ``n° 24 191`` or a page's address.

    Returns:
        The reference, or None where the text is no such thing.
    """
    text = text.strip()
    if match := UID.fullmatch(text):
        chamber: Chamber = "AN" if match[1].upper() == "AN" else "SENAT"
        return Reference(int(match[4]), chamber, int(match[2]), match[3].upper())
    if "://" in text:
        if uid := UID.search(text):
            return parse_reference(uid[0])
        page = _PAGE_URL.search(text)
        return Reference(int(page[2]), "AN", int(page[1]), page[3].upper()) if page else None
    return _parse_short_reference(text)


def _parse_short_reference(text: str) -> Reference | None:
    match = _REFERENCE.fullmatch(text)
    if not match or (match["before"] and match["after"]):
        return None
    digits = re.sub(r"\D", "", match["number"])
    if not digits.isascii() or int(digits) > _MAX_NUMBER:
        return None
    kind = match["before"] or match["after"]
    chamber: Chamber | None = None
    if match["chamber"]:
        chamber = "AN" if match["chamber"].upper() == "AN" else "SENAT"
    return Reference(
        int(digits),
        chamber,
        int(match["legislature"]) if match["legislature"] else None,
        kind.upper() if kind else None,
    )
