"""tantivy, the native engine that ours is measured against, through tantivy-py.

Text is given analysed, words separated by spaces, to its whitespace tokenizer. For snippets it
needs the stored text of a field that it searches: a second index, made only where that shape is
asked for and not counted in any size, holds the texts, analysed by its own French stemmer.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ClassVar, Final

import tantivy
from tantivy import Occur

from tests.bench import model
from tests.bench.model import Answer, Counts, Document, Query, Search

# Bytes of memory that the writer may fill before it writes a segment, for each thread.
_HEAP: Final = 512_000_000
_FRENCH: Final = "french"
_LOWER: Final = "lower"
_MOST_VALUES: Final = 65_000
_FACETS: Final = {
    name: {"terms": {"field": name, "size": _MOST_VALUES}} for name in ("group", "author")
}


def _schema(stem: str, exact: str) -> tantivy.Schema:
    """Return the schema with these tokenizers for the two forms."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("stem", tokenizer_name=stem)
    builder.add_text_field("exact", tokenizer_name=exact)
    for name in ("author", "group", "fate"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    # A text field is always indexed; bytes may be stored alone.
    builder.add_bytes_field("text", stored=True)
    return builder.build()


def _snippet_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    return builder.add_text_field("stem", tokenizer_name=_FRENCH, stored=True).build()


def _french() -> tantivy.TextAnalyzer:
    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    stems = words.filter(tantivy.Filter.lowercase()).filter(tantivy.Filter.stopword(_FRENCH))
    return stems.filter(tantivy.Filter.stemmer(_FRENCH)).filter(tantivy.Filter.ascii_fold()).build()


def _lower() -> tantivy.TextAnalyzer:
    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    return words.filter(tantivy.Filter.lowercase()).build()


def _document(document: Document) -> tantivy.Document:
    return tantivy.Document(
        stem=document.stems,
        exact=document.exact,
        author=document.author,
        group=document.group,
        fate=document.fate,
        day=document.day,
        text=document.text.encode("utf-8"),
    )


def _document_from_text(document: Document) -> tantivy.Document:
    forms = _document(document)
    forms.extend({"stem": document.text, "exact": document.text}, None)
    return forms


Maker = Callable[[Document], tantivy.Document]


def _fill(index: tantivy.Index, corpus: Iterable[Document], procs: int, made: Maker) -> None:
    writer = index.writer(heap_size=_HEAP * procs, num_threads=procs)
    for document in corpus:
        writer.add_document(made(document))
    writer.commit()
    writer.wait_merging_threads()


class Tantivy:
    """tantivy over one folder."""

    name: ClassVar[str] = "tantivy"
    most_documents: ClassVar[int | None] = None
    most_procs: ClassVar[int] = 2
    shapes: ClassVar[frozenset[str]] = frozenset(model.SHAPES) - {model.RANKING}
    # Its snippets are cut from real text, which it can search by its own French stems alone.
    exact: ClassVar[frozenset[str]] = shapes - {model.SNIPPETS}

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._snippet_folder = folder.with_name(folder.name + "-snippets")

    def build(self, corpus: Iterable[Document], procs: int) -> None:
        schema = _schema("whitespace", "whitespace")
        _fill(tantivy.Index(schema, str(self._folder)), corpus, procs, _document)

    def build_for_snippets(self, corpus: Iterable[Document]) -> None:
        """Make the second index, which stores the texts that it searches."""
        self._snippet_folder.mkdir()
        index = tantivy.Index(_snippet_schema(), str(self._snippet_folder))
        index.register_tokenizer(_FRENCH, _french())
        _fill(index, corpus, 2, lambda document: tantivy.Document(stem=document.text))

    def open(self) -> None:
        self._index = tantivy.Index.open(str(self._folder))
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    def segments(self) -> int:
        return self._searcher.num_segments

    def append(self, documents: Iterable[Document]) -> None:
        writer = self._index.writer(num_threads=1)
        for document in documents:
            writer.add_document(_document(document))
        writer.commit()
        self._index.reload()
        self._searcher = self._index.searcher()

    def prepare(self, query: Query) -> Search:
        if query.shape == model.SNIPPETS:
            return self._with_snippets(query)
        made = self._query(query)
        if query.shape == model.FACETS:
            return self._with_facets(made)
        if query.shape == model.BY_DATE:
            return self._plain(made, order_by_field="day")
        if query.shape == model.PAGE100:
            return self._plain(made, offset=model.DEEP_OFFSET)
        return self._plain(made)

    def _plain(
        self, query: tantivy.Query, *, offset: int = 0, order_by_field: str | None = None
    ) -> Search:
        search, limit = self._searcher.search, model.LIMIT

        def run() -> Answer:
            found = search(query, limit, offset=offset, order_by_field=order_by_field)
            return Answer(_count(found), found.hits)

        return run

    def _with_facets(self, query: tantivy.Query) -> Search:
        searcher = self._searcher

        def run() -> Answer:
            found = searcher.search(query, model.LIMIT)
            facets = searcher.aggregate(query, _FACETS)
            counts = (_values(facets, "group"), _values(facets, "author"))
            return Answer(_count(found), found.hits, counts)

        return run

    def _with_snippets(self, query: Query) -> Search:
        index = tantivy.Index.open(str(self._snippet_folder))
        french = _french()
        index.register_tokenizer(_FRENCH, french)
        schema, searcher = index.schema, index.searcher()
        made = _any(_terms(schema, french.analyze(" ".join(query.surfaces))))

        def run() -> Answer:
            found = searcher.search(made, model.LIMIT)
            cutter = tantivy.SnippetGenerator.create(searcher, made, schema, "stem")
            cutter.set_max_num_chars(model.SNIPPET_CHARACTERS)
            documents = (searcher.doc(address) for _, address in found.hits)
            snippets = [cutter.snippet_from_doc(document).to_html() for document in documents]
            return Answer(_count(found), found.hits, None, snippets)

        return run

    def _query(self, query: Query) -> tantivy.Query:
        schema, word = self._schema, query.words[0]
        if query.shape == model.PHRASE:
            return tantivy.Query.phrase_query(schema, "exact", list(query.words))
        if query.shape == model.PREFIX:
            return tantivy.Query.regex_query(schema, "stem", f"{word}.*")
        if query.shape == model.FUZZY:
            return tantivy.Query.fuzzy_term_query(
                schema, "stem", word, distance=1, transposition_cost_one=False
            )
        terms = _terms(schema, query.words)
        if query.shape == model.AND3:
            return tantivy.Query.boolean_query([(Occur.Must, term) for term in terms])
        if query.days is None:
            return _any(terms)
        return tantivy.Query.boolean_query(
            [(Occur.Must, _any(terms)), (Occur.Must, _days(schema, query.days))]
        )


class TantivyFromText(Tantivy):
    """tantivy that analyses the text itself, with its own French stemmer: built, not searched.

    Its words are not ours; it shows what indexing costs where the engine has to analyse.
    """

    name: ClassVar[str] = "tantivy-text"
    shapes: ClassVar[frozenset[str]] = frozenset()
    exact: ClassVar[frozenset[str]] = frozenset()

    def build(self, corpus: Iterable[Document], procs: int) -> None:
        index = tantivy.Index(_schema(_FRENCH, _LOWER), str(self._folder))
        index.register_tokenizer(_LOWER, _lower())
        index.register_tokenizer(_FRENCH, _french())
        _fill(index, corpus, procs, _document_from_text)


def _terms(schema: tantivy.Schema, words: Iterable[str]) -> list[tantivy.Query]:
    return [tantivy.Query.term_query(schema, "stem", word) for word in words]


def _any(queries: list[tantivy.Query]) -> tantivy.Query:
    if len(queries) == 1:
        return queries[0]
    return tantivy.Query.boolean_query([(Occur.Should, query) for query in queries])


def _days(schema: tantivy.Schema, days: tuple[int, int]) -> tantivy.Query:
    return tantivy.Query.const_score_query(
        tantivy.Query.range_query(schema, "day", tantivy.FieldType.Integer, *days), 0.0
    )


def _count(found: tantivy.SearchResult) -> int:
    count: int = found.count  # type: ignore[attr-defined]  # its stubs leave it out
    return count


def _values(facets: dict[str, dict[str, list[dict[str, int]]]], name: str) -> Counts:
    return {str(bucket["key"]): bucket["doc_count"] for bucket in facets[name]["buckets"]}
