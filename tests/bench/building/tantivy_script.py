"""What one would write to index the same lines with tantivy: ``… CORPUS FOLDER THREADS``.

Every line of the corpus is decoded; title, question and answer are analysed in French (words,
lower case, stop words, Snowball stems), in one form where ours has two; what ours has as a filter
is a raw term and a fast column, days are numbers, and the line itself is stored.
"""

import sys
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec
import tantivy
from tantivy import Filter

_HEAP: Final = 512_000_000
_FRENCH: Final = "french"
_TEXTS: Final = ("title", "question_text", "answer_text")
_FILTERS: Final = (
    "uid", "author", "group_name", "department", "ministry", "ministry_answering", "rubrique",
    "tete_analyse", "type", "status", "withdrawal_reason", "legislature", "chamber",
)  # fmt: skip
_DAYS: Final = ("date_question", "date_answer")


def schema() -> tantivy.Schema:
    """Return the fields."""
    builder = tantivy.SchemaBuilder()
    for name in _TEXTS:
        builder.add_text_field(name, tokenizer_name=_FRENCH)
    for name in _FILTERS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in _DAYS:
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_bytes_field("record", stored=True)
    return builder.build()


def _french() -> tantivy.TextAnalyzer:
    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    kept = words.filter(Filter.lowercase()).filter(Filter.stopword(_FRENCH))
    return kept.filter(Filter.stemmer(_FRENCH)).build()


def _document(record: dict[str, Any], line: bytes) -> tantivy.Document:
    fields: dict[str, Any] = {name: value for name in _TEXTS if (value := record.get(name))}
    fields |= {name: str(value) for name in _FILTERS if (value := record.get(name))}
    fields |= {
        name: date.fromisoformat(value).toordinal() for name in _DAYS if (value := record.get(name))
    }
    return tantivy.Document(record=line, **fields)


def main(corpus: Path, folder: Path, threads: int) -> None:
    """Index a corpus into a folder, and wait for the merges."""
    index = tantivy.Index(schema(), str(folder))
    index.register_tokenizer(_FRENCH, _french())
    writer = index.writer(heap_size=_HEAP * threads, num_threads=threads)
    decode = msgspec.json.Decoder().decode
    for path in sorted((corpus / "questions").glob("*.jsonl")):
        with path.open("rb") as lines:
            for line in lines:
                writer.add_document(_document(decode(line), line))
    writer.commit()
    writer.wait_merging_threads()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
