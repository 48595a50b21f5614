"""tantivy with its French analysis: stop words, Snowball stems, accents folded."""

from collections.abc import Iterable
from pathlib import Path

import tantivy
from tantivy import Filter, Occur, Query

from indexer.question import Question
from tests.relevance.engines.texts import text_of

_FRENCH = "french"


class Tantivy:
    """An index in memory."""

    def __init__(self, folder: Path, questions: Iterable[Question]) -> None:
        del folder  # nothing here is measured in bytes
        self._analyzer = _analyzer()
        self._schema = _schema()
        index = tantivy.Index(self._schema)
        index.register_tokenizer(_FRENCH, self._analyzer)
        writer = index.writer(num_threads=1)
        for question in questions:
            writer.add_document(tantivy.Document(uid=question.uid, text=text_of(question)))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()

    def search(self, text: str, mode: str, limit: int) -> list[str]:
        del mode  # any of the words
        words = dict.fromkeys(self._analyzer.analyze(text))
        terms = [(Occur.Should, Query.term_query(self._schema, "text", word)) for word in words]
        found = self._searcher.search(Query.boolean_query(terms), limit)
        documents = (self._searcher.doc(address) for _, address in found.hits)
        return [str(document["uid"][0]) for document in documents]


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("uid", stored=True, tokenizer_name="raw")
    builder.add_text_field("text", tokenizer_name=_FRENCH)
    return builder.build()


def _analyzer() -> tantivy.TextAnalyzer:
    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    stems = words.filter(Filter.lowercase()).filter(Filter.stopword(_FRENCH))
    return stems.filter(Filter.stemmer(_FRENCH)).filter(Filter.ascii_fold()).build()
