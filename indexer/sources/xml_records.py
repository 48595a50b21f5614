"""Records of one kind out of XML exports, as the nested objects that the JSON exports hold.

Elements become keys, repeated elements lists, attributes ``@name``, ``xsi:nil`` None. The document
is hostile: no entity is expanded, no DTD loaded, nothing fetched, and each element is forgotten as
soon as its record is out, so that memory does not grow with the file.
"""

import re
from collections.abc import Iterator
from html import escape
from typing import Any, Final

from lxml import etree

from indexer.errors import BadRecord
from indexer.sources.documents import Document
from indexer.sources.record_stream import RecordStream, without_leading

_PROLOGUE = re.compile(
    rb"(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*", re.DOTALL | re.IGNORECASE
)
_START_TAG = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s/>]")
_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
# Texts are escaped or in CDATA; where they are not, their elements are markup and no structure.
_MARKUP: Final = frozenset({"texte", "TEXTE_DEPOT", "TEXTE_REPONSE"})
_ENTITIES: Final = "entités définies par une DTD : document refusé"


def root_name(head: bytes) -> str:
    """Return the local name of the root element that a document begins with, ``""`` if none."""
    start = without_leading(head)
    prologue = _PROLOGUE.match(start)
    match = _START_TAG.match(start, prologue.end() if prologue else 0)
    return match[1].decode("ascii", "replace") if match else ""


def has_element(head: bytes, name: str) -> bool:
    """Tell whether an element of this local name is opened among a document's first bytes."""
    return bool(re.search(rb"<(?:[\w.-]+:)?" + re.escape(name.encode()) + rb"[\s/>]", head))


def records(document: Document, name: str) -> Iterator[Any]:
    """Yield every outermost element of this local name, in any namespace, as nested objects.

    Raises:
        BadRecord: the XML is broken, defines entities, or holds more than a record can; what came
            before has been yielded.
    """
    if b"<!ENTITY" in document.head:
        raise BadRecord(document.name, _ENTITIES)
    with document.open() as stream:
        source = RecordStream(stream, document.name)
        events = etree.iterparse(
            source,
            events=("start", "end"),
            tag=f"{{*}}{name}",
            remove_comments=True,
            remove_pis=True,
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
        )
        try:
            yield from _records(events, source, document.name)
        except _EntityReference as error:
            raise BadRecord(document.name, _ENTITIES) from error
        except etree.XMLSyntaxError as error:
            raise BadRecord(document.name, f"XML illisible ({error.msg})") from error


class _EntityReference(Exception):
    """A reference that was left as it is: its definition is somewhere else."""


def _records(
    events: Iterator[tuple[str, etree._Element]], source: RecordStream, where: str
) -> Iterator[Any]:
    depth = 0
    checked = False
    for event, element in events:
        if not checked:
            _refuse_entities(element, where)
            checked = True
        depth += 1 if event == "start" else -1
        if depth == 0:
            yield _value(element)
            _forget(element)
            source.next_record()


def _refuse_entities(element: etree._Element, where: str) -> None:
    dtd: Any = element.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise BadRecord(where, _ENTITIES)


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _value(element: etree._Element) -> Any:
    if element.get(_NIL, "").strip().lower() in ("true", "1"):
        return None
    name = _local(element.tag)
    if len(element) and name in _MARKUP:
        return _inner(element)
    node: dict[str, Any] = {_attribute(str(key)): value for key, value in element.items()}
    for child in element:
        if child.tag is etree.Entity:
            raise _EntityReference
        _add(node, _local(child.tag), _value(child))
    own = (element.text or "").strip()
    if not node:
        return own or None
    if own:
        node["#text"] = own
    return node


def _add(node: dict[str, Any], key: str, value: Any) -> None:
    if key not in node:
        node[key] = value
    elif isinstance(node[key], list):
        node[key].append(value)
    else:
        node[key] = [node[key], value]


def _local(tag: Any) -> str:
    return str(tag).rpartition("}")[2]


def _attribute(key: str) -> str:
    return f"@xsi:{_local(key)}" if key.startswith(_XSI) else f"@{_local(key)}"


def _inner(element: etree._Element) -> str:
    if any(True for _ in element.iter(etree.Entity)):
        raise _EntityReference
    children = (etree.tostring(child, encoding="unicode") for child in element)
    return escape(element.text or "", quote=False) + "".join(children)
