"""What is asked of an engine: a frozen :class:`Search`, and the tables of what may be asked.

The command line, the URL of a page, the API and the query language are all made from these tables.

>>> canonical_value("statut", "Répondue"), canonical_value("legislature", "15e")
('repondue', '15')
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from indexer.errors import BadParameter
from indexer.question import CHAMBERS, KINDS, STATUSES, UID
from indexer.search.ranges import DateRange, NumberRange, date_range, parse_date

__all__ = [
    "FACETS", "FILTERS", "FORMS", "MAX_PAGE", "MAX_PAGE_SIZE", "MAX_QUERY_CHARACTERS", "SCOPES",
    "SORTS", "STATUS_OF_VALUE", "VALUE_OF_STATUS", "DateRange", "FilterSpec", "NumberRange",
    "Search", "canonical_value", "date_range", "parse_date",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class FilterSpec:
    """One filter.

    ``name`` is the parameter (URL, flag, ``champ:valeur``), ``values`` the closed set of valid
    values with their labels, empty where any value of the corpus may be asked for. ``is_facet``
    tells whether its values are counted and offered: those of a few hundred, not of thousands. Of
    a ``multivalued`` one, a question may have several.
    """

    name: str
    label: str
    help: str
    values: Mapping[str, str] = field(default_factory=dict)
    is_facet: bool = True
    multivalued: bool = False


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

# Of what holds of some questions only; the others are found by ``-signalee:oui``.
_MARKS: Final = (
    ("signalee", "Signalée", "question signalée, faute de réponse à temps"),
    ("renouvelee", "Renouvelée", "question renouvelée par son auteur"),
    ("reattribuee", "Réattribuée", "question passée d'un ministère à un autre"),
)

FILTERS: Final[Mapping[str, FilterSpec]] = {
    spec.name: spec
    for spec in (
        FilterSpec("auteur", "Auteur", "nom, ou partie du nom, de l'auteur de la question"),
        FilterSpec("groupe", "Groupe", "groupe politique de l'auteur"),
        FilterSpec("departement", "Département", "département de l'auteur"),
        FilterSpec(
            "portefeuille",
            "Domaine ministériel",
            "domaine du ministère interrogé, le même d'un gouvernement à l'autre",
            multivalued=True,
        ),
        FilterSpec("ministere", "Ministère interrogé", "ministère à qui la question est posée"),
        FilterSpec("ministere_reponse", "Ministère répondant", "ministère qui répond"),
        FilterSpec("rubrique", "Rubrique", "rubrique de classement"),
        FilterSpec(
            "analyse", "Analyse", "tête d'analyse ou analyse, sous la rubrique", is_facet=False
        ),
        FilterSpec("type", "Type", "type de question", KINDS),
        FilterSpec(
            "statut",
            "Statut",
            "état de la question",
            {value: STATUSES[status] for value, status in _STATUS_NAMES.items()},
        ),
        FilterSpec("cause", "Cause", "cause du retrait ou de la caducité"),
        FilterSpec("legislature", "Législature", "numéro de la législature"),
        FilterSpec("chambre", "Chambre", "assemblée de l'auteur", CHAMBERS),
        *(
            FilterSpec(name, label, help_text, {"oui": "Oui"}, is_facet=False)
            for name, label, help_text in _MARKS
        ),
    )
}
FACETS: Final[tuple[str, ...]] = tuple(name for name, spec in FILTERS.items() if spec.is_facet)

SORTS: Final[Mapping[str, str]] = {
    "pertinence": "Pertinence",
    "recentes": "Questions les plus récentes",
    "anciennes": "Questions les plus anciennes",
    "reponse": "Réponses les plus récentes",
    "delai": "Délai de réponse le plus long",
}

FORMS: Final[Mapping[str, str]] = {
    "variantes": "Toutes les formes des mots",
    "exactes": "Formes exactes seulement",
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One request.

    ``filters`` maps a name of :data:`FILTERS` to the values wanted (any of them). ``delay`` is that
    of the answer, in days. ``exact`` finds every word in its typed form only. ``page`` counts from
    1. ``facets`` says whether they are counted: an export does not need them. ``grouped`` gives one
    question of each family instead of all; ``family`` is the identifier of a question, of whose
    family alone all are shown. Acronyms of ``without_synonyms`` stand for themselves only;
    ``synonyms`` choose a meaning among several, as ``ars:agence régionale de santé``.

    Raises:
        BadParameter: a filter, sort, scope, page or size that cannot be.
    """

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    asked: DateRange = field(default_factory=DateRange)
    answered: DateRange = field(default_factory=DateRange)
    delay: NumberRange = field(default_factory=NumberRange)
    exact: bool = False
    sort: str = "pertinence"
    scope: str = "tout"
    page: int = 1
    size: int = 10
    facets: bool = True
    grouped: bool = False
    family: str = ""
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
        if self.family and not UID.fullmatch(self.family):
            raise BadParameter("famille", self.family, "un identifiant comme QANR5L15QE24191")
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
    """Return a filter's value as the table writes it: ``qe`` → ``QE``, ``sénat`` → ``SENAT``.

    The words of a label, or their beginnings, do too if they fit one alone: ``écrite`` → ``QE``.
    """
    known = FILTERS[name].values
    wanted = _bare(value)
    for candidate, label in known.items():
        if wanted in (_bare(candidate), _bare(label)):
            return candidate
    if name == "legislature" and (match := _LEGISLATURE.fullmatch(wanted)):
        return match[1]
    named = [key for key, label in known.items() if _names(wanted, f"{key} {label}")]
    return named[0] if len(named) == 1 else value.strip()


_LEGISLATURE: Final = re.compile(r"0?([1-9][0-9]?)(?: ?(?:re|er|eme|e))?(?: legislature)?")


def _names(wanted: str, label: str) -> bool:
    words = _bare(label).split()
    return bool(wanted) and all(
        any(known.startswith(word) for known in words) for word in wanted.split()
    )


def _bare(text: str) -> str:
    table = str.maketrans("àâäéèêëîïôöùûüç", "aaaeeeeiioouuuc")
    return text.strip().lower().translate(table)
