"""The writer against Whoosh's own: the same questions, the same answers."""

import json
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from whoosh import analysis, columns, fields, index, query, sorting
from whoosh.fields import UnknownFieldError
from whoosh.filedb.filestore import RamStorage
from whoosh.index import LockError
from whoosh.writing import NO_MERGE, OPTIMIZE, IndexingError, SegmentWriter

from indexer.fastwhoosh import bulk_flushing
from indexer.fastwhoosh.bulk import BulkWriter
from indexer.fastwhoosh.bulk_segment import SegmentBuilder
from indexer.fastwhoosh.checking import check_deep
from indexer.fastwhoosh.codec import FastCodec
from indexer.fastwhoosh.errors import UnsupportedField
from indexer.fastwhoosh.segment import FastSegment
from indexer.fastwhoosh.segmentfile import SegmentFile
from indexer.french.analysis import analyse
from indexer.french.lexicon import shared_lexicon
from tests.fastwhoosh.tables import table_of_lines

WORDS = ["de", "la", "loi", "l'État", "œuvre", "micro-entreprise", "30 000"]
WORDS += [f"mot{n}" for n in range(200)]


class French(analysis.Analyzer):  # type: ignore[misc]  # Whoosh has no types
    """The project's analysis; what it offers beyond Whoosh is used where it is compiled."""

    family = "french"

    def __init__(self, form: str) -> None:
        self.form = form

    def lexicon(self) -> Any:
        return shared_lexicon()

    def __call__(self, value: str, **_: Any) -> Any:
        out = analysis.Token(positions=True, chars=True)
        for token in analyse(value):
            out.text = token.exact if self.form == "exact" else token.stem
            if out.text:
                out.boost, out.stopped, out.pos = 1.0, False, token.position
                yield out


SCHEMA = fields.Schema(
    uid=fields.ID(unique=True, stored=True, sortable=True),
    exact=fields.TEXT(French("exact"), phrase=True),
    stem=fields.TEXT(French("derived"), phrase=True),
    tags=fields.KEYWORD(scorable=True, commas=True),
    group=fields.ID(sortable=columns.RefBytesColumn()),
    day=fields.NUMERIC(int, sortable=True, signed=True),
    record=fields.STORED,
)


def documents(seed: int, count: int, words: int = 60) -> list[dict[str, Any]]:
    rng = random.Random(seed)
    made = []
    for number in range(count):
        text = " ".join(_word(rng) for _ in range(rng.randrange(words)))
        document: dict[str, Any] = {"uid": f"{seed}-{number}", "exact": text, "stem": text}
        if rng.random() < 0.5:
            document["tags"] = ",".join(_word(rng) for _ in range(3))
        if rng.random() < 0.7:
            document["group"] = rng.choice(["SRC", "LR", "NI"])
            document["day"] = rng.randrange(-9, 9000)
        if rng.random() < 0.9:
            document["record"] = {"text": text, "number": number}
        made.append(document)
    return made


def _word(rng: random.Random) -> str:
    return WORDS[min(int(rng.expovariate(0.03)), len(WORDS) - 1)]


# No AndNot: Whoosh's matcher for it finds too much in small segments, with its own codec as well.
QUERIES = [
    query.Term("exact", "loi"),
    query.Term("exact", "état"),
    query.Term("stem", "etat"),
    query.Or([query.Term("stem", "mot"), query.Term("exact", "mot3"), query.Term("tags", "la")]),
    query.And([query.Term("exact", "la"), query.Term("group", "SRC")]),
    query.Phrase("exact", ["de", "la"]),
    query.Phrase("stem", ["loi", "etat"], slop=4),
    query.Prefix("exact", "mot1"),
    query.NumericRange("day", 100, 4000),
    query.Every(),
]


def answers(ix: Any, *, scores: bool = True) -> list[Any]:
    """What an index answers: hits with scores and stored fields, by identifier."""
    given: list[Any] = []
    if any(isinstance(segment, FastSegment) for segment in ix._segments()):
        assert list(check_deep(ix.storage.folder)) == []
    with ix.searcher() as searcher:
        for asked in QUERIES:
            hits = searcher.search(asked, limit=None)
            found = sorted((hit["uid"], hit.fields(), round(hit.score, 9)) for hit in hits)
            given.append([one if scores else one[:2] for one in found])
        for facet in ("day", "group", "uid"):
            hits = searcher.search(
                query.Term("exact", "loi"), limit=None, sortedby=[sorting.FieldFacet(facet), "uid"]
            )
            given.append([hit["uid"] for hit in hits])
        given.append({n: searcher.reader().field_length(n) for n in ("exact", "stem", "tags")})
    return given


@pytest.fixture
def stock(tmp_path: Path) -> Callable[[list[dict[str, Any]]], Any]:
    def make(given: list[dict[str, Any]]) -> Any:
        folder = tmp_path / "stock"
        folder.mkdir()
        ix = index.create_in(str(folder), SCHEMA)
        writer = ix.writer()
        for document in given:
            writer.add_document(**document)
        writer.commit()
        return ix

    return make


@pytest.fixture
def empty(tmp_path: Path) -> Any:
    folder = tmp_path / "fast"
    folder.mkdir()
    return index.create_in(str(folder), SCHEMA)


def add(ix: Any, given: list[dict[str, Any]], **options: Any) -> None:
    with BulkWriter(ix, **options) as writer:
        for document in given:
            writer.add_document(**document)


def segments(ix: Any) -> list[int]:
    return [segment.doc_count_all() for segment in ix._segments()]


def test_the_answers_are_those_of_whoosh(empty: Any, stock: Any) -> None:
    given = documents(1, 400)
    add(empty, given)
    assert answers(empty) == answers(stock(given))


def test_many_commits_and_merges_change_no_answer(empty: Any, stock: Any) -> None:
    given = documents(2, 300)
    for start in range(0, 300, 20):
        add(empty, given[start : start + 20])
    assert len(segments(empty)) <= 6
    expected = answers(stock(given))
    assert answers(empty) == expected
    BulkWriter(empty).commit(optimize=True)
    assert segments(empty) == [300]
    assert answers(empty) == expected


def test_several_merges_at_once(empty: Any, stock: Any) -> None:
    given = documents(17, 200)
    for start in range(0, 200, 20):
        writer = BulkWriter(empty)
        for document in given[start : start + 20]:
            writer.add_document(**document)
        writer.commit(merge=False)
    assert segments(empty) == [20] * 10
    BulkWriter(empty, procs=2).commit()
    assert segments(empty) == [40] * 5
    assert answers(empty) == answers(stock(given))


@pytest.mark.parametrize("optimize", [False, True])
def test_deleted_and_updated_documents(empty: Any, stock: Any, *, optimize: bool) -> None:
    # Short texts: of longer ones the norms, which deletion goes by, do not keep the exact length.
    given, others = documents(3, 200, 6), documents(4, 30, 6)
    add(empty, given)
    with BulkWriter(empty) as writer:
        for number, other in enumerate(others):
            writer.update_document(**{**other, "uid": f"3-{number * 3}"})
        assert writer.delete_by_term("uid", "3-1") == 1
        assert writer.delete_by_query(query.Term("uid", "3-2")) == 1
    if optimize:
        BulkWriter(empty).commit(optimize=True)
    changed = {f"3-{number * 3}" for number in range(30)} | {"3-1", "3-2"}
    left = [one for one in given if one["uid"] not in changed]
    left += [{**other, "uid": f"3-{number * 3}"} for number, other in enumerate(others)]
    expected = stock(left)
    assert empty.doc_count() == len(left)
    # Scores count deleted documents until they are merged away, in Whoosh as well.
    assert answers(empty, scores=optimize)[:-1] == answers(expected, scores=optimize)[:-1]


def test_lengths_stay_possible_however_much_is_deleted(empty: Any) -> None:
    rng = random.Random(1)
    texts = [" ".join(rng.choices(WORDS, k=rng.randrange(15, 400))) for _ in range(60)]
    add(empty, [{"uid": str(n), "exact": text} for n, text in enumerate(texts)])
    live = set(range(60))
    while len(live) > 4:
        with BulkWriter(empty) as writer:
            for gone in rng.sample(sorted(live), len(live) // 3):
                writer.delete_by_term("uid", str(gone))
                live.remove(gone)
        BulkWriter(empty).commit(optimize=True)
        assert list(check_deep(empty.storage.folder)) == []
        with empty.searcher() as searcher:
            exact = sum(len(analyse(texts[number])) for number in live)
            assert searcher.reader().field_length("exact") == pytest.approx(exact, rel=0.05)


def test_two_processes_answer_as_one(tmp_path: Path) -> None:
    # Whoosh's own analyzers: a worker imports what it is given, and cannot import this module.
    schema = SCHEMA.copy()
    for name in ("exact", "stem"):
        schema.remove(name)
        schema.add(name, fields.TEXT(analysis.SimpleAnalyzer(), phrase=True))
    given = documents(5, 700)
    indexes = []
    for procs in (1, 2):
        (tmp_path / str(procs)).mkdir()
        indexes.append(index.create_in(str(tmp_path / str(procs)), schema))
        add(indexes[-1], given, procs=procs)
    assert answers(indexes[1]) == answers(indexes[0])


def test_a_segment_is_flushed_when_memory_is_used_up(
    empty: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    finish = SegmentBuilder.finish

    def note(self: SegmentBuilder) -> None:
        seen.append(self.memory)
        finish(self)

    monkeypatch.setattr(SegmentBuilder, "finish", note)
    given = documents(6, 3000)
    writer = BulkWriter(empty, limitmb=1)
    for document in given:
        writer.add_document(**document)
    writer.commit(merge=False)
    assert len(segments(empty)) > 1
    assert sum(segments(empty)) == 3000
    assert max(seen) < 1.1 * (1 << 20)
    (tmp_path / "roomy").mkdir()
    roomy = index.create_in(str(tmp_path / "roomy"), SCHEMA)
    add(roomy, given)
    assert segments(roomy) == [3000]
    assert answers(empty) == answers(roomy)


def test_a_segment_is_flushed_at_its_most_documents(
    empty: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_flushing, "MAX_DOCUMENTS", 100)
    writer = BulkWriter(empty)
    for document in documents(7, 250):
        writer.add_document(**document)
    writer.commit(mergetype=NO_MERGE)
    assert segments(empty) == [100, 100, 50]
    BulkWriter(empty).commit(mergetype=OPTIMIZE)
    assert segments(empty) == [250]


def test_a_refused_document_leaves_nothing_behind(empty: Any, stock: Any) -> None:
    given = documents(8, 30)
    with BulkWriter(empty) as writer:
        for document in given:
            for wrong in (
                {**document, "nowhere": "x"},
                {**document, "exact": 7},
                {**document, "day": "lundi"},
                {**document, "record": lambda: 0},
                {**document, "_exact_boost": 0.3},
            ):
                with pytest.raises(Exception, match=r".") as raised:
                    writer.add_document(**wrong)
                assert isinstance(
                    raised.value, (ValueError, TypeError, UnknownFieldError, AttributeError)
                ), raised.value
            writer.add_document(**document)
    assert answers(empty) == answers(stock(given))


def test_boosts_are_weights(empty: Any, tmp_path: Path) -> None:
    boosted = [{**one, "_boost": 2.0, "_tags_boost": 3} for one in documents(9, 60)]
    (tmp_path / "stock").mkdir()
    ix = index.create_in(str(tmp_path / "stock"), SCHEMA)
    add(empty, boosted)
    writer = ix.writer()
    for document in boosted:
        writer.add_document(**document)
    writer.commit()
    assert answers(empty) == answers(ix)


def test_nothing_is_seen_before_commit_and_cancel_leaves_no_file(empty: Any) -> None:
    add(empty, documents(10, 20))
    folder = Path(empty.storage.folder)
    before = sorted(path.name for path in folder.iterdir())
    writer = BulkWriter(empty)
    for document in documents(11, 20):
        writer.add_document(**document)
    writer.delete_by_term("uid", "10-1")
    assert empty.doc_count() == 20
    writer.cancel()
    assert empty.doc_count() == 20
    assert sorted(path.name for path in folder.iterdir()) == before
    with pytest.raises(IndexingError):
        writer.add_document(uid="a")
    with pytest.raises(ZeroDivisionError), BulkWriter(empty) as writer:
        writer.add_document(uid=str(1 // 0))
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_commit_removes_what_is_not_named_any_more(empty: Any) -> None:
    folder = Path(empty.storage.folder)
    for name in ("MAIN_0123abc.fws", "MAIN_0123abc.1.del", "_MAIN_7x.toc.12", "_MAIN_0.toc.1.5"):
        (folder / name).write_bytes(b"left")
    (folder / "notes.txt").write_bytes(b"kept")
    add(empty, documents(12, 20))
    for _ in range(3):
        with BulkWriter(empty) as writer:
            writer.delete_document(writer.deleted_count())
    (segment,) = empty._segments()
    names = {path.name for path in folder.iterdir() if "LOCK" not in path.name}
    assert names == {
        "notes.txt",
        "_MAIN_4.toc",
        segment.make_filename(".fws"),
        segment.make_filename(".3.del"),
    }


def test_a_failed_commit_leaves_the_index_and_the_lock(
    empty: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(empty, documents(13, 20))
    writer = BulkWriter(empty)
    for document in documents(14, 20):
        writer.add_document(**document)
    with monkeypatch.context() as patched:
        patched.setattr("indexer.fastwhoosh.bulk_publish.sync_file", _no_space)
        with pytest.raises(OSError, match="space"):
            writer.commit()
    assert empty.doc_count() == 20
    add(empty, documents(14, 20), timeout=0)
    assert empty.doc_count() == 40


def _no_space(_: Path) -> None:
    raise OSError("no space left")


def test_a_writer_waits_for_the_one_before(empty: Any) -> None:
    first = BulkWriter(empty)
    with pytest.raises(LockError):
        BulkWriter(empty, timeout=0.1)
    threading.Timer(0.2, first.cancel).start()
    started = time.monotonic()
    BulkWriter(empty, timeout=10).cancel()
    assert 0.1 < time.monotonic() - started < 5


def test_an_empty_commit_and_fields_that_come_and_go(empty: Any) -> None:
    BulkWriter(empty).commit()
    assert segments(empty) == []
    writer = BulkWriter(empty)
    writer.add_field("new", fields.ID(stored=True))
    writer.add_document(uid="1", new="a")
    with pytest.raises(Exception, match="after adding data"):
        writer.add_field("late", fields.ID)
    writer.commit()
    with empty.searcher() as searcher:
        assert [hit["new"] for hit in searcher.search(query.Term("new", "a"))] == ["a"]
    writer = BulkWriter(empty)
    writer.remove_field("new")
    writer.add_document(uid="2")
    writer.commit(optimize=True)
    (segment,) = empty._segments()
    with SegmentFile(Path(empty.storage.folder) / segment.make_filename(".fws")) as file:
        assert set(file.directory["fields"]) == {"uid"}


def test_all_documents_deleted_leave_no_segment(empty: Any) -> None:
    add(empty, documents(15, 5))
    with BulkWriter(empty) as writer:
        writer.delete_by_query(query.Every())
    assert segments(empty) == []
    assert answers(empty)[0] == []


def test_raw_documents_are_made_here_with_one_process(empty: Any, stock: Any) -> None:
    given = documents(16, 30)
    with BulkWriter(empty, make=table_of_lines) as writer:
        writer.add_raw([json.dumps(document).encode() for document in given])
        assert writer.doc_count() == 30
    assert answers(empty) == answers(stock(given))


def test_options_of_whoosh_are_accepted_and_unknown_ones_refused(empty: Any) -> None:
    BulkWriter(empty, compound=False, delay=0.1).cancel()
    with pytest.raises(TypeError, match="limtmb"):
        BulkWriter(empty, limtmb=3)
    BulkWriter(empty, timeout=0).cancel()


def test_segments_of_other_writers_become_fast_when_optimizing(empty: Any, stock: Any) -> None:
    given = documents(18, 120, 6)
    for start, codec in ((0, FastCodec()), (40, None)):
        writer = SegmentWriter(empty, codec=codec)
        for document in given[start : start + 40]:
            writer.add_document(**document)
        writer.commit(merge=False)
    with BulkWriter(empty) as writer:
        writer.delete_by_term("uid", "18-3")
        writer.delete_by_term("uid", "18-45")
    add(empty, given[80:])
    assert len(segments(empty)) == 3
    BulkWriter(empty).commit(optimize=True)
    assert segments(empty) == [118]
    assert answers(empty) == answers(stock([*given[:3], *given[4:45], *given[46:]]))
    assert not list(Path(empty.storage.folder).glob("*.seg"))


def test_an_index_in_memory_is_refused() -> None:
    with pytest.raises(UnsupportedField, match="dossier"):
        BulkWriter(RamStorage().create_index(SCHEMA))


def test_unknown_merges_and_readers_are_refused(empty: Any) -> None:
    writer = BulkWriter(empty)
    with pytest.raises(NotImplementedError):
        writer.add_reader(None)
    with pytest.raises(ValueError, match="OPTIMIZE"):
        writer.commit(mergetype=lambda _writer, found: found)
