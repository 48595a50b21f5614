"""What of a server's or a network's troubles may pass, how long to wait for it, and their names.

>>> def always_down() -> None:
...     raise Again("le serveur est indisponible (503)")
>>> waits: list[float] = []
>>> try:
...     persevere(always_down, Patience(attempts=3, sleep=waits.append), "questions.csv")
... except Again:
...     [0.5 <= waits[0] <= 1, 1 <= waits[1] <= 2]
[True, True]
"""

import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, TypeVar

from urllib3 import exceptions as errors

_T = TypeVar("_T")

# What a server or a network may get over; any other refusal stays one.
PASSING_STATUSES: Final = frozenset({429, 500, 502, 503, 504})
PASSING_ERRORS: Final = (errors.ProtocolError, errors.TimeoutError, errors.NewConnectionError)

IMPOSSIBLE_ADDRESS: Final = "l'adresse, ou celle où elle renvoie, est impossible"
_REFUSALS: Final[Mapping[int, str]] = {
    HTTPStatus.FORBIDDEN: "le serveur en refuse l'accès (403)",
    HTTPStatus.NOT_FOUND: "le serveur n'a pas ce fichier (404)",
    HTTPStatus.GONE: "le serveur a retiré ce fichier (410)",
}
# In this order: some releases of urllib3 make the first a kind of the second.
_TROUBLES: Final[Mapping[type[Exception], str]] = {
    errors.NewConnectionError: "le serveur est injoignable",
    errors.TimeoutError: "le serveur ne répond pas à temps",
    errors.ProtocolError: "la connexion a été coupée",
    errors.SSLError: "le certificat du serveur est refusé",
    errors.ProxyError: "le serveur mandataire ne répond pas",
    errors.LocationValueError: IMPOSSIBLE_ADDRESS,
}
_jitter = random.SystemRandom()
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a server is waited for, and how much is taken from it; times in seconds."""

    attempts: int = 8
    """Requests for one file, the first one included: about two minutes of trouble in all."""

    backoff: float = 1.0
    """Wait before the second attempt; it doubles each time, and half of it at most is random."""

    backoff_max: float = 60.0
    """No wait of our own choice is longer."""

    retry_after_max: float = 300.0
    """No wait that a server asks for with ``Retry-After`` is longer."""

    connect_timeout: float = 10.0
    """A server that does not take the call by then is down."""

    read_timeout: float = 60.0
    """A server that sends nothing for so long has forgotten us."""

    max_bytes: int = 8 * 2**30
    """Ten times the largest official file unpacked: what is larger is something else."""

    sleep: Callable[[float], None] = time.sleep
    """What waits."""


class Again(Exception):
    """An attempt failed and another one may not.

    Args:
        reason: what happened, in French, to be continued.
        wait: the seconds that the server asks for, None where there is nothing to wait for.
    """

    def __init__(self, reason: str, wait: float | None = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


def persevere(attempt: Callable[[], _T], patience: Patience, name: str) -> _T:
    """Try until an attempt succeeds; ``name`` is that of the file, for the log.

    Raises:
        Again: the last attempt failed too.
    """
    for number in range(1, patience.attempts):
        try:
            return attempt()
        except Again as again:
            wait = _pause(again.wait, number, patience)
            _log.info("%s : %s, nouvel essai dans %.0f s", name, again, wait)
            if wait:
                patience.sleep(wait)
    return attempt()


def trouble(error: Exception) -> str:
    """Return the French name of what went wrong on the network."""
    for kind, name in _TROUBLES.items():
        if isinstance(error, kind):
            return name
    return "l'échange avec le serveur a échoué"


def refusal(status: int) -> str:
    """Return the French name of an answer that is not the file and will not be."""
    return _REFUSALS.get(status, f"le serveur a donné une réponse inattendue ({status})")


def _pause(asked: float | None, number: int, patience: Patience) -> float:
    if asked is None:
        return 0.0
    backoff = min(patience.backoff * 2.0 ** (number - 1), patience.backoff_max)
    return max(min(asked, patience.retry_after_max), backoff * _jitter.uniform(0.5, 1))
