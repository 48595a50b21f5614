"""What the engines over Whoosh share: the schema, the documents, and the queries as objects."""

from collections.abc import Sequence
from typing import Any

from whoosh import columns, fields
from whoosh import query as whoosh_query

from indexer.whoosh_engine.schema import field_of
from indexer.whoosh_engine.schema import schema as project_schema
from tests.bench import model
from tests.bench.model import Document, Query


def schema() -> fields.Schema:
    """Return the schema: two forms by the project's own analyzers, columns, the stored text."""
    project = project_schema()
    forms = {form: project[field_of("question", form)].analyzer for form in ("stem", "exact")}
    return fields.Schema(
        number=fields.STORED,
        text=fields.STORED,
        day=fields.NUMERIC(int, sortable=True, signed=True),
        **{form: fields.TEXT(analyzer, phrase=True) for form, analyzer in forms.items()},
        **{
            name: fields.ID(sortable=columns.RefBytesColumn())
            for name in ("group", "author", "fate")
        },
    )


def fields_of(document: Document) -> dict[str, Any]:
    """Return a document as keywords of ``add_document``."""
    return {
        "number": document.number,
        "text": document.text,
        "stem": document.text,
        "exact": document.text,
        "day": document.day,
        "group": document.group,
        "author": document.author,
        "fate": document.fate,
    }


def table_of(documents: Sequence[Document]) -> dict[str, list[Any]]:
    """Return documents by field, as ``add_table`` takes them."""
    texts = [document.text for document in documents]
    return {
        "number": [document.number for document in documents],
        # One list for all: it is read once.
        **dict.fromkeys(("text", "stem", "exact"), texts),
        "day": [document.day for document in documents],
        "group": [document.group for document in documents],
        "author": [document.author for document in documents],
        "fate": [document.fate for document in documents],
    }


def query_of(query: Query) -> Any:
    """Return the query as Whoosh has it."""
    word = query.words[0]
    if query.shape == model.PHRASE:
        return whoosh_query.Phrase("exact", list(query.words))
    if query.shape == model.PREFIX:
        return whoosh_query.Prefix("stem", word)
    if query.shape == model.FUZZY:
        return whoosh_query.FuzzyTerm("stem", word, maxdist=1, prefixlength=0)
    terms = [whoosh_query.Term("stem", each) for each in query.words]
    if query.shape == model.AND3:
        return whoosh_query.And(terms)
    made = terms[0] if len(terms) == 1 else whoosh_query.Or(terms)
    if query.days is None:
        return made
    return whoosh_query.And([made, whoosh_query.NumericRange("day", *query.days)])
