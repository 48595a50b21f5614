"""Damaged segment files: whatever the bytes, users read a sentence; a build mends the index."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexer.corpus import Corpus, sample_corpus
from indexer.errors import IndexDamaged, QuestionsError
from indexer.fastwhoosh.errors import SegmentError
from indexer.fastwhoosh.segmentfile import SegmentFile
from indexer.question import Question, parse_reference
from indexer.search.request import Search
from indexer.settings import Settings
from indexer.whoosh_engine import build, building, check, check_files, open_engine
from indexer.whoosh_engine.generations import current_name

TEXTS = ("traite des êtres humains", "loup", '"des êtres"', "médecin*", "aesh~", "loi -eau", "")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(corpus=tmp_path / "corpus", index=tmp_path / "index", lock_wait_seconds=1)


@pytest.fixture
def corpus(settings: Settings) -> Corpus:
    corpus = Corpus(settings.corpus / "questions")
    corpus.merge(sample_corpus().questions())
    build(corpus, settings)
    return corpus


def segment_of(settings: Settings) -> Path:
    """The only segment; made a file of its own, which no other generation shares."""
    (path,) = (settings.index / current_name(settings.index)).glob("*.fws")
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)
    return path


def ask_everything(settings: Settings) -> None:
    """Read the index in all the ways that a user can."""
    engine = open_engine(settings)
    for text in TEXTS:
        engine.search(Search(text=text, size=20))
    reference = parse_reference("15-90001QE")
    assert reference is not None
    for key in engine.find(reference):
        engine.get(key)
        engine.marked(key, Search(text="loup"))
    list(engine.export(Search()))


def what_is_said(settings: Settings) -> str | None:
    """The sentence that a user reads who asks everything, None where all is answered."""
    try:
        ask_everything(settings)
    except IndexDamaged as error:
        return str(error)
    return None


def sections_of(value: object) -> Iterator[tuple[int, int]]:
    """The offset and length of every section that a directory names."""
    if isinstance(value, dict):
        for part in value.values():
            yield from sections_of(part)
    elif isinstance(value, list) and value[1]:
        yield value[0], value[1]


def test_damage_anywhere_is_a_sentence(corpus: Corpus, settings: Settings) -> None:
    """Random runs of bytes: each search answers, or says which file and what to do."""
    path = segment_of(settings)
    whole = path.read_bytes()
    with SegmentFile(path) as file:
        sections = [*sections_of(file.directory), (0, len(whole)), (len(whole) - 80, 80)]
    rng = random.Random(8)
    told = 0
    for _ in range(60):
        start, size = rng.choice(sections)
        at, length = start + rng.randrange(size), min(size, rng.choice([1, 4, 64, 2000]))
        piece = rng.randbytes(length)[: len(whole) - at]
        path.write_bytes(whole[:at] + piece + whole[at + len(piece) :])
        assert piece == whole[at : at + len(piece)] or check_files(settings), (at, length)
        assert all(isinstance(problem, str) for problem in check(corpus, settings))
        said = what_is_said(settings)
        if said:
            told += 1
            assert "« questions index --full »" in said
            assert path.stem in said or path.parent.name in said or "check --deep" in said
    assert told > 3


@pytest.mark.parametrize("name", ["search", "export"])
def test_damage_met_by_a_search_names_the_file(
    corpus: Corpus, settings: Settings, name: str
) -> None:
    del corpus
    path = segment_of(settings)
    content = bytearray(path.read_bytes())
    engine = open_engine(settings)
    snapshot = engine._current()  # type: ignore[attr-defined]  # of this engine
    stored = next(reader for reader, _ in snapshot.executor.leaves)._perdoc.file.directory["stored"]
    start, length, _ = stored["data"]
    content[start : start + length] = bytes(length)
    path.write_bytes(content)
    with pytest.raises(IndexDamaged) as raised:
        list(open_engine(settings).export(Search())) if name == "export" else open_engine(
            settings
        ).search(Search(text="loup"))
    assert str(path) in str(raised.value)
    assert "Lancez « questions index --full »." in str(raised.value)
    assert isinstance(raised.value, QuestionsError)


def test_a_full_build_mends(corpus: Corpus, settings: Settings) -> None:
    path = segment_of(settings)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(IndexDamaged, match=path.stem):
        open_engine(settings)
    assert len(check(corpus, settings)) == 1
    assert any(path.name in problem for problem in check_files(settings))
    assert build(corpus, settings).total == 88, "what cannot be opened is built anew"
    assert check(corpus, settings) == check_files(settings) == ()


def test_damage_met_by_an_update_makes_it_a_rebuild(
    corpus: Corpus,
    settings: Settings,
    make_question: Callable[..., Question],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    corpus.merge([make_question(99, title="Le lynx")])
    write, stales = building._write, []

    def broken(*arguments: object, stale: set[str] | None = None) -> None:
        stales.append(stale)
        if stale is not None:
            raise SegmentError("a.fws", "bloc coupé")
        write(*arguments)  # type: ignore[arg-type]  # values of several types

    monkeypatch.setattr(building, "_write", broken)
    report = build(corpus, settings)
    assert stales == [set(), None]
    assert (report.added, report.unchanged, report.total) == (89, 0, 89)
    assert check(corpus, settings) == check_files(settings) == ()
    folders = [path for path in settings.index.iterdir() if path.is_dir()]
    assert len(folders) == 2, "the half-built one is gone"


def test_an_index_tells_how_it_works(corpus: Corpus, settings: Settings) -> None:
    engine = open_engine(settings)
    info = engine.info()
    (segment,) = info.segments
    assert (segment.codec, segment.documents, segment.deleted) == ("FastCodec", 88, 0)
    assert segment.name in segment_of(settings).name
    assert info.native == (info.why_not_native is None)
    assert info.fallbacks == ()
    smaller = Corpus(settings.corpus / "smaller")
    smaller.merge(question for question in corpus.questions() if question.number != 90001)
    build(smaller, settings)
    assert sum(segment.deleted for segment in engine.info().segments) == 88 - smaller_size(smaller)
    engine._current().executor.fallbacks["Or"] += 2  # type: ignore[attr-defined]  # of this engine
    assert engine.info().fallbacks == (("Or", 2),)


def smaller_size(corpus: Corpus) -> int:
    return sum(1 for _ in corpus.questions())
