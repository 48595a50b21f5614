"""Without the extension the command line prints the same, to the last digit that matters."""

import json
import os
import subprocess
import sys
from typing import Any, Final

import pytest

from indexer.native import COMPILED
from indexer.settings import Settings

QUERIES: Final = (
    "traite des êtres humains", "loup", "loups -mouton", '"traite des êtres humains"',
    '"êtres humains"~4', '"victimes protection"~8', "prostitution OU esclavage", "santé*",
    "m?decin", "medecin~", "hopital~ urgence", "titre:agriculture", "question:loup",
    "reponse:justice", "type:QE", "statut:attente", "chambre:AN loi", "ministere:santé",
    "eau SAUF (mer OU océan)",
    "l'aide aux victimes de violences", "police gendarmerie nationale", "impôt sur le revenu",
    "école primaire en zone rurale", "qu'entend faire le Gouvernement", "a", "de la", "zzzz",
    "arc-en-ciel", "sous-préfet", "24191", "QE 24191", "15 QE 24191", "(loi OU décret) justice",
    '"la loi" "le décret"', "travail* -emploi", "enfant* famille", "europ?en*", "du:2019 loi",
    "au:2020 travail", "« aide alimentaire »", "médicamants", '"traite des etres humains"',
    "loup zzzz yyyy", "lecole primaire", "EHPAD", "TEH humains victimes",
    "revenu de solidarité active",
)  # fmt: skip

_SCRIPT: Final = """
import sys
from indexer.cli import main
for place, text in enumerate(sys.stdin.read().splitlines()):
    orders = ("pertinence", "recentes", "anciennes", "delai")
    main(["search", text, "--json", "--tri", orders[place % 4 if place % 3 == 0 else 0]])
    print("=====", flush=True)
for text in ("tra", "aide so", "sante p", "auteur:m", "l'ens", "eh", "revenu de "):
    main(["suggest", "--json", "--", text])
    print("=====", flush=True)
"""


def answers(settings: Settings, pure: str) -> list[Any]:
    environment = os.environ | {
        "QUESTIONS_PURE_PYTHON": pure,
        "QUESTIONS_INDEX": str(settings.index),
        "QUESTIONS_CORPUS": str(settings.corpus),
    }
    ran = subprocess.run(
        [sys.executable, "-c", _SCRIPT],
        input="\n".join(QUERIES),
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=120,
    )
    printed = ran.stdout.split("=====\n")
    assert printed.pop() == ""
    return [_rounded(json.loads(text)) for text in printed]


def _rounded(value: Any) -> Any:
    """Leave out what differs from run to run, and the last digits of scores."""
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if key not in {"took_ms", "generation"}}
        return {key: _rounded(item) for key, item in kept.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return round(value, 7) if isinstance(value, float) else value


@pytest.mark.skipif(not COMPILED, reason="the extension is not compiled")
def test_searches_print_the_same_with_and_without_the_extension(sample_settings: Settings) -> None:
    compiled = answers(sample_settings, "")
    plain = answers(sample_settings, "1")
    assert len(compiled) == len(plain) > len(QUERIES)
    assert compiled[len(QUERIES) :] == plain[len(QUERIES) :]
    assert sum(map(bool, compiled[len(QUERIES) :])) > 4
    del compiled[len(QUERIES) :]
    for asked, one, other in zip(QUERIES, compiled, plain, strict=False):
        assert one == other, asked
    assert sum(bool(one["total"]) for one in compiled) > len(QUERIES) // 2
