"""The names behind the references of members, kept beside the corpus as a table of two columns.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     save_actors(Path(folder, "acteurs.tsv"), {"PA1": "Mme Jeanne Exemple"})
...     load_actors(Path(folder, "acteurs.tsv"))
{'PA1': 'Mme Jeanne Exemple'}
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from indexer.durable import replaced
from indexer.errors import CorpusError
from indexer.interchange import clean_text
from indexer.question import Question

# Records of older legislatures print authors "Nom Prénom", actors "Prénom Nom"; the open data
# that name authors by reference begin after them.
_LAST_REVERSED_LEGISLATURE: Final = 12


def load_actors(path: Path) -> dict[str, str]:
    """Return name by reference; nothing where there is no table yet.

    Raises:
        CorpusError: the table is damaged.
    """
    try:
        lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path} : table des acteurs illisible ({error})") from error
    pairs = [line.partition("\t") for line in lines if line]
    if any(not (ref and name) for ref, _, name in pairs):
        raise CorpusError(
            f"{path} : une ligne n'est pas de la forme « référence, tabulation, nom »"
        )
    return {ref: name for ref, _, name in pairs}


def save_actors(path: Path, names: Mapping[str, str]) -> None:
    """Write the table, in order of reference; the old one stays until the new one is whole."""
    lines = {_cell(ref): _cell(name) for ref, name in names.items()}
    with replaced(path) as stream:
        for ref, name in sorted(lines.items()):
            if ref and name:
                stream.write(f"{ref}\t{name}\n".encode())


def with_author(question: Question, names: Mapping[str, str]) -> Question:
    """Return the question with its author's name, where only the reference is known."""
    name = names.get(question.author_ref or "")
    old = question.chamber == "AN" and question.legislature <= _LAST_REVERSED_LEGISLATURE
    if question.author or not name or old:
        return question
    return replace(question, author=name, origins={**question.origins, "author": "acteurs"})


def _cell(text: str) -> str:
    return " ".join(clean_text(text).split())
