"""What ``questions status`` says of the ministries whose names stand for no portfolio."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from indexer.cli.terminal import clean, number, plural

_SHOWN: Final = 10


def unknown_json(found: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    """Return the JSON form of names and the questions that name them."""
    return [{"name": name, "questions": count} for name, count in found]


def unknown_lines(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines that tell of them, given their JSON form."""
    if not found:
        yield "  ministères : tous rattachés à un domaine"
        return
    yield f"  {plural(len(found), 'nom')} de ministère sans domaine, en tout ou en partie :"
    for each in found[:_SHOWN]:
        yield f"    {clean(each['name'])} ({number(each['questions'])})"
    if len(found) > _SHOWN:
        yield f"    … et {plural(len(found) - _SHOWN, 'autre')}"
