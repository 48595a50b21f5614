"""Real documents, tokenised natively and in Python: the same segment."""

import gzip
import html
import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest
from whoosh import analysis, fields

from indexer.fastwhoosh import bulk_inverter
from indexer.fastwhoosh.bulk_documents import Documents
from indexer.fastwhoosh.bulk_segment import SegmentBuilder
from indexer.fastwhoosh.segmentfile import SegmentFile
from indexer.french.analysis import analyse
from indexer.french.lexicon import new_lexicon
from indexer.native import COMPILED

_TAG = re.compile(r"<[^>]+>")


class Form(analysis.Analyzer):  # type: ignore[misc]  # Whoosh has no types
    def __init__(self, form: str, lexicon: Any) -> None:
        self.form = form
        self._lexicon = lexicon

    def lexicon(self) -> Any:
        return self._lexicon

    def __call__(self, value: str, **_: Any) -> Any:
        out = analysis.Token(positions=True)
        for token in analyse(value):
            out.text = token.exact if self.form == "exact" else token.stem
            if out.text:
                out.boost, out.stopped, out.pos = 1.0, False, token.position
                yield out


def _write(path: Path, given: list[str], lexicon: Any) -> bytes:
    schema = fields.Schema(
        exact=fields.TEXT(Form("exact", lexicon)), stem=fields.TEXT(Form("derived", lexicon))
    )
    documents = Documents(schema)
    builder = SegmentBuilder(path, documents, b"")
    for text in given:
        builder.add(documents.prepare({"exact": text, "stem": text}))
    builder.finish()
    with SegmentFile(path) as file:
        assert set(file.directory["fields"]) == {"exact", "stem"}
    return path.read_bytes()


@pytest.mark.real_data
@pytest.mark.skipif(not COMPILED, reason="the extension is not compiled")
def test_native_and_plain_segments_of_real_texts_are_equal(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with gzip.open(shared_data / "amendements_17.jsonl.gz", "rt", encoding="utf-8") as stream:
        records = map(json.loads, itertools.islice(stream, 0, 30_000, 100))
        given = [html.unescape(_TAG.sub(" ", one["expose_html"] or "")) for one in records]
    native = _write(tmp_path / "native.fws", given, new_lexicon())
    assert _write(tmp_path / "terms.fws", given, None) == native
    monkeypatch.setattr(bulk_inverter, "kernel", None)
    assert _write(tmp_path / "plain.fws", given, None) == native
