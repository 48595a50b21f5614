"""What is asked of an engine: a frozen :class:`Search`, and the tables of what may be asked.

The command line, the URL of a page and the API are all made from these tables.

>>> parse_date("2019", "du", last_day=True)
datetime.date(2019, 12, 31)
"""

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from indexer.errors import BadParameter
from indexer.question import CHAMBERS, KINDS, STATUSES


@dataclass(frozen=True, slots=True)
class FilterSpec:
    """One filter, which is also a facet.

    ``name`` is the parameter (URL, flag, ``champ:valeur``), ``values`` the closed set of valid
    values with their labels, empty where any value of the corpus may be asked for.
    """

    name: str
    label: str
    help: str
    values: Mapping[str, str] = field(default_factory=dict)


_STATUS_NAMES: Final = {
    "repondue": "answered",
    "attente": "waiting",
    "retiree": "withdrawn",
    "caduque": "lapsed",
}
STATUS_OF_VALUE: Final[Mapping[str, str]] = _STATUS_NAMES
VALUE_OF_STATUS: Final[Mapping[str, str]] = {
    status: value for value, status in _STATUS_NAMES.items()
}

FILTERS: Final[Mapping[str, FilterSpec]] = {
    spec.name: spec
    for spec in (
        FilterSpec("auteur", "Auteur", "nom, ou partie du nom, de l'auteur de la question"),
        FilterSpec("groupe", "Groupe", "groupe politique de l'auteur"),
        FilterSpec("ministere", "Ministère interrogé", "ministère à qui la question est posée"),
        FilterSpec("ministere_reponse", "Ministère répondant", "ministère qui répond"),
        FilterSpec("rubrique", "Rubrique", "rubrique de classement"),
        FilterSpec("type", "Type", "type de question", KINDS),
        FilterSpec(
            "statut",
            "Statut",
            "état de la question",
            {value: STATUSES[status] for value, status in _STATUS_NAMES.items()},
        ),
        FilterSpec("legislature", "Législature", "numéro de la législature"),
        FilterSpec("chambre", "Chambre", "assemblée de l'auteur", CHAMBERS),
    )
}

SORTS: Final[Mapping[str, str]] = {
    "pertinence": "Pertinence",
    "recentes": "Questions les plus récentes",
    "anciennes": "Questions les plus anciennes",
    "reponse": "Réponses les plus récentes",
    "delai": "Délai de réponse le plus long",
}

SCOPES: Final[Mapping[str, str]] = {
    "tout": "Tout",
    "titre": "Titre et rubriques",
    "question": "Question",
    "reponse": "Réponse",
}

MAX_PAGE_SIZE: Final = 200
MAX_PAGE: Final = 100_000
# A longer text is no query; it bounds the work that one request can ask for.
MAX_QUERY_CHARACTERS: Final = 2_000
# Acronyms that one request may speak of, and the length of each.
_MAX_ACRONYMS: Final = 50
_MAX_ACRONYM_CHARACTERS: Final = 200


@dataclass(frozen=True, slots=True)
class DateRange:
    """Both days included; None is open."""

    first: date | None = None
    last: date | None = None

    def __bool__(self) -> bool:
        return bool(self.first or self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One request.

    ``filters`` maps a name of :data:`FILTERS` to the values wanted (any of them). ``page`` counts
    from 1. ``facets`` says whether they are counted: an export does not need them. Acronyms of
    ``without_synonyms`` stand for themselves only; ``synonyms`` choose a meaning among several, as
    ``ars:agence régionale de santé``.

    Raises:
        BadParameter: a filter, sort, scope, page or size that cannot be.
    """

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    asked: DateRange = DateRange()
    answered: DateRange = DateRange()
    sort: str = "pertinence"
    scope: str = "tout"
    page: int = 1
    size: int = 10
    facets: bool = True
    without_synonyms: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, values in self.filters.items():
            if name not in FILTERS:
                raise BadParameter("filtre", name, tuple(FILTERS))
            for value in values:
                _check_value(FILTERS[name], value)
        _check_member("tri", self.sort, SORTS)
        _check_member("champ", self.scope, SCOPES)
        _check_number("page", self.page, MAX_PAGE)
        _check_number("limite", self.size, MAX_PAGE_SIZE)
        if len(self.text) > MAX_QUERY_CHARACTERS:
            raise BadParameter("q", self.text, f"au plus {MAX_QUERY_CHARACTERS} caractères")
        _check_acronyms("sans", self.without_synonyms)
        _check_acronyms("avec", self.synonyms)
        for name, period in (("du", self.asked), ("reponse_du", self.answered)):
            if period.first and period.last and period.first > period.last:
                raise BadParameter(name, str(period.first), f"une date jusqu'au {period.last}")


def _check_value(spec: FilterSpec, value: str) -> None:
    if spec.values and value not in spec.values:
        raise BadParameter(spec.name, value, tuple(spec.values))
    if spec.name == "legislature" and not re.fullmatch(r"[0-9]{1,2}", value):
        raise BadParameter(spec.name, value, "un numéro de législature, par exemple 15")


def _check_member(name: str, value: str, table: Mapping[str, str]) -> None:
    if value not in table:
        raise BadParameter(name, value, tuple(table))


def _check_number(name: str, value: int, highest: int) -> None:
    if not 1 <= value <= highest:
        raise BadParameter(name, str(value), f"un nombre de 1 à {highest}")


def _check_acronyms(name: str, values: Sequence[str]) -> None:
    if len(values) > _MAX_ACRONYMS or any(len(v) > _MAX_ACRONYM_CHARACTERS for v in values):
        limits = f"au plus {_MAX_ACRONYMS} sigles de {_MAX_ACRONYM_CHARACTERS} caractères"
        raise BadParameter(name, values[0], limits)


def canonical_value(name: str, value: str) -> str:
    """Return a filter's value as the table writes it: ``qe`` → ``QE``, ``sénat`` → ``SENAT``."""
    known = FILTERS[name].values
    wanted = _bare(value)
    for candidate, label in known.items():
        if wanted in (_bare(candidate), _bare(label)):
            return candidate
    return value.strip()


def _bare(text: str) -> str:
    table = str.maketrans("àâäéèêëîïôöùûüç", "aaaeeeeiioouuuc")
    return text.strip().lower().translate(table)


_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_FRENCH = re.compile(r"(?:(?:([0-9]{1,2})[/.])?([0-9]{1,2})[/.])?([0-9]{4})")
_DATE_FORMS: Final = "une date AAAA-MM-JJ, JJ/MM/AAAA, MM/AAAA ou AAAA"


def parse_date(text: str, parameter: str, *, last_day: bool) -> date | None:
    """Read a whole or partial date as a person types it.

    Args:
        text: ``2019-11-05``, ``05/11/2019``, ``11/2019``, ``2019-11``, ``2019``, or nothing.
        parameter: named in the error.
        last_day: whether a partial date means its last day rather than its first.

    Returns:
        The day, None for an empty text.

    Raises:
        BadParameter: it is no date.
    """
    text = text.strip()
    if not text:
        return None
    if match := _ISO.fullmatch(text):
        year, month, day = match.groups()
    elif match := _FRENCH.fullmatch(text):
        day, month, year = match.groups()
    else:
        raise BadParameter(parameter, text, _DATE_FORMS)
    try:
        return _complete(int(year), month, day, last_day=last_day)
    except ValueError as error:
        raise BadParameter(parameter, text, _DATE_FORMS) from error


def _complete(year: int, month: str | None, day: str | None, *, last_day: bool) -> date:
    whole_month = int(month) if month else (12 if last_day else 1)
    if day:
        return date(year, whole_month, int(day))
    date(year, whole_month, 1)
    return date(year, whole_month, monthrange(year, whole_month)[1] if last_day else 1)


def date_range(first: str, last: str, names: Sequence[str] = ("du", "au")) -> DateRange:
    """Return the range between two typed dates, each of which may be empty or partial."""
    return DateRange(
        parse_date(first, names[0], last_day=False), parse_date(last, names[1], last_day=True)
    )
