"""What the search form shows: exactly what was typed, right or wrong.

A :class:`Search` exists only once every value is right; the form must come back filled in when
one is not, so it is read from the parameters themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from werkzeug.datastructures import MultiDict

from indexer.errors import BadParameter
from indexer.search.request import FILTERS, canonical_value
from webui.params import SINGLE, clean

# What the form keeps under « Plus de critères »; the rest is always in sight.
_ALWAYS_SHOWN: Final = ("q", "formes", "du", "au", "page")
FIELD_LABELS: Final[Mapping[str, str]] = {
    "q": "Mots cherchés",
    "formes": "Formes exactes seulement",
    "du": "Question posée, du",
    "au": "Question posée, au",
    "reponse_du": "Réponse publiée, du",
    "reponse_au": "Réponse publiée, au",
    "delai": "Délai de réponse",
    "champ": "Chercher dans",
    "tri": "Trier par",
    "taille": "Questions par page",
    "groupees": "Questions presque identiques",
    "famille": "Questions presque identiques à",
    **{name: spec.label for name, spec in FILTERS.items()},
}
_LONGEST_SHOWN: Final = 2_000


@dataclass(frozen=True, slots=True)
class Form:
    """The values of the form's fields.

    ``fields`` holds the parameters that have one value, ``filters`` those that may have several.
    ``error`` is the value that was refused, if any was.
    """

    fields: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(SINGLE, ""))
    filters: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: dict.fromkeys(FILTERS, ())
    )
    error: BadParameter | None = None

    @property
    def wrong(self) -> str | None:
        """The parameter whose value was refused."""
        return self.error.parameter if self.error else None

    @property
    def is_open(self) -> bool:
        """Whether the fields that are folded away must be seen: one of them is wrong."""
        return self.wrong is not None and self.wrong not in _ALWAYS_SHOWN


def form_from_args(args: MultiDict[str, str], error: BadParameter | None = None) -> Form:
    """Read what the form is to show."""
    return Form(
        {name: clean(args.get(name, ""))[:_LONGEST_SHOWN] for name in SINGLE},
        {name: _shown_values(name, args.getlist(name)) for name in FILTERS},
        error,
    )


def _shown_values(name: str, given: list[str]) -> tuple[str, ...]:
    values = (canonical_value(name, value) for value in given)
    return tuple(dict.fromkeys(value for value in values if value))
