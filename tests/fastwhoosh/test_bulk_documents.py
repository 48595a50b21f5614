from datetime import UTC, datetime
from typing import Any

import pytest
from whoosh import analysis, columns, fields, formats
from whoosh.fields import UnknownFieldError

from indexer.fastwhoosh.bulk_documents import Documents, Items, Prepared
from indexer.fastwhoosh.errors import UnsupportedField

SCHEMA = fields.Schema(
    uid=fields.ID(unique=True, stored=True),
    text=fields.TEXT(analysis.SpaceSeparatedTokenizer(), stored=True),
    tags=fields.KEYWORD(scorable=True),
    group=fields.ID(sortable=columns.RefBytesColumn()),
    day=fields.NUMERIC(int, sortable=True),
    at=fields.DATETIME(sortable=True),
)
SCHEMA.add("x_*", fields.ID(stored=True), glob=True)
DAY_TERMS = tuple((term, 1, None) for term, *_ in SCHEMA["day"].index(3))


def prepare(**given: Any) -> Prepared:
    return Documents(SCHEMA).prepare(given)


def posted(**given: Any) -> dict[str, tuple[Items, int]]:
    documents = Documents(SCHEMA)
    prepared = documents.prepare(given)
    return {
        documents.plans[each.place].name: (each.items, each.length)
        for each, _ in prepared.values
        if each is not None
    }


def shown(**given: Any) -> dict[str, Any]:
    documents = Documents(SCHEMA)
    prepared = documents.prepare(given)
    return {
        documents.plans[each.place].name: each.value
        for _, each in prepared.values
        if each is not None
    }


def test_a_document_is_prepared_as_whoosh_would_index_it() -> None:
    at = datetime(2020, 1, 2, tzinfo=UTC).replace(tzinfo=None)
    given = {"uid": "7", "text": "la loi la", "tags": "b a b", "group": "SRC", "day": 3, "x_1": "v"}
    assert posted(**given) == {
        "day": (DAY_TERMS, 0),
        "uid": (((b"7", 1, None),), 0),
        "text": (((b"la", 2, [0, 2]), (b"loi", 1, [1])), 3),
        "tags": (((b"b", 2, None), (b"a", 1, None)), 3),
        "group": (((b"SRC", 1, None),), 0),
        "x_1": (((b"v", 1, None),), 0),
    }
    assert prepare(**given).stored == {"uid": "7", "text": "la loi la", "x_1": "v"}
    assert shown(**given, at=at) == {
        "group": b"SRC",
        "day": SCHEMA["day"].to_column_value(3),
        "at": SCHEMA["at"].to_column_value(at),
    }


def test_the_terms_of_equal_values_are_made_once_but_types_are_told_apart() -> None:
    documents = Documents(SCHEMA)
    first, again, other = (documents.prepare({"day": value}) for value in (1, 1, "1"))
    assert first == again == other
    assert first.values[0] is again.values[0]
    assert other.values[0] is not first.values[0]
    one, same = (documents.prepare({"uid": "a"}) for _ in range(2))
    assert one == same
    assert one.values[0] is not same.values[0]
    documents.prepare({"group": "1"})
    with pytest.raises(ValueError, match="unicode"):
        documents.prepare({"group": 1})


@pytest.mark.parametrize("value", ["", "7", "a b", "été", "x" * 5000])
def test_a_whole_value_is_posted_as_whoosh_posts_it(value: str) -> None:
    terms = [(term, weight) for term, _, weight, _ in SCHEMA["group"].index(value)]
    items, _ = posted(group=value)["group"]
    assert [(term, tf) for term, tf, _ in items] == terms


@pytest.mark.parametrize("value", [("RF", "UE", "RF"), ("é",), (), ["RF"]])
def test_whole_values_are_posted_as_whoosh_posts_them(value: Any) -> None:
    expected = sorted((term, 1, None) for term, *_ in SCHEMA["group"].index(value))
    _, items, length = Documents(SCHEMA).plan("group").posted(value, 1.0)
    assert sorted(items) == expected
    assert length == 0


def test_whole_values_that_are_no_texts_are_refused_as_whoosh_refuses_them() -> None:
    with pytest.raises(TypeError):
        list(SCHEMA["group"].index(("RF", 3)))
    with pytest.raises(TypeError):
        Documents(SCHEMA).plan("group").posted(("RF", 3), 1.0)


def test_stored_values_and_columns_can_be_others_than_what_is_indexed() -> None:
    given = {"uid": "7", "_stored_uid": "sept", "group": "SRC", "_stored_group": "autre"}
    assert prepare(**given).stored == {"uid": "sept"}
    assert shown(**given) == {"group": b"autre"}
    assert posted(**given)["group"] == (((b"SRC", 1, None),), 0)
    assert prepare(uid="7", _stored_uid=None).stored == {}


def test_whole_boosts_count_a_term_more_often() -> None:
    boosted = posted(text="la loi", tags="a", _boost=2, _tags_boost=3.0)
    assert boosted["text"] == (((b"la", 2, [0, 0]), (b"loi", 2, [1, 1])), 2)
    assert boosted["tags"] == (((b"a", 3, None),), 1)


@pytest.mark.parametrize("boost", [0.5, 1.5, 0, -1])
def test_other_boosts_are_refused(boost: float) -> None:
    with pytest.raises(ValueError, match="text"):
        prepare(text="la loi", _text_boost=boost)


def test_a_value_that_gives_one_term_twice_gives_one_posting() -> None:
    coarse, _ = posted(day=[1, 2])["day"]
    assert len({term for term, _, _ in coarse}) == len(coarse)
    assert all(tf == 1 for _, tf, _ in coarse)


def test_empty_values_are_left_out_and_unknown_fields_refused() -> None:
    assert prepare(uid=None, text=None) == Prepared()
    with pytest.raises(UnknownFieldError):
        prepare(uid="7", nothing=None)
    with pytest.raises(ValueError, match="unicode"):
        prepare(text=7)


@pytest.mark.parametrize(
    "field",
    [
        fields.TEXT(vector=formats.Frequency()),
        fields.TEXT(analyzer=analysis.StemmingAnalyzer(), spelling=True),
        fields.TEXT(chars=True),
        fields.NGRAM(),
    ],
)
def test_what_a_fast_segment_does_not_keep_is_refused(field: Any) -> None:
    documents = Documents(fields.Schema(text=field))
    if isinstance(field, fields.NGRAM):
        documents.prepare({"text": "abc"})
        return
    with pytest.raises(UnsupportedField, match="text"):
        documents.prepare({"text": "abc"})


class _Analyzer(analysis.SpaceSeparatedTokenizer().__class__):  # type: ignore[misc]  # Whoosh has no types
    """An analyzer that offers a lexicon, which nobody calls here."""

    family = "test"

    def __init__(self, form: str) -> None:
        super().__init__(r"\S+")
        self.form = form

    def lexicon(self) -> object:
        return object()


def test_fields_of_one_lexicon_with_one_text_share_it() -> None:
    schema = fields.Schema(
        a=fields.TEXT(_Analyzer("exact")),
        b=fields.TEXT(_Analyzer("derived")),
        c=fields.TEXT(_Analyzer("exact")),
    )
    documents = Documents(schema)
    given = {"a": "la loi", "b": "la loi", "c": "l'état", "_c_boost": 2}
    number = id(documents.plan("a").lexicon)
    assert documents.prepare(given).texts == {
        (number, "la loi", 1): [0, 1],
        (number, "l'état", 2): [2],
    }
    assert not documents.plan("a").derived
    assert documents.plan("b").derived
    with pytest.raises(TypeError, match="texte"):
        documents.prepare({"a": ["la", "loi"]})
