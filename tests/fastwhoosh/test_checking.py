"""Damage is found: an answer is right, or an error names the file, or the deep check sees it."""

import pickle
import random
import shutil
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from whoosh import columns, query
from whoosh.analysis import SimpleAnalyzer
from whoosh.codec.whoosh3 import W3Codec
from whoosh.fields import COLUMN, ID, KEYWORD, NUMERIC, TEXT, Schema
from whoosh.index import TOC

from indexer.fastwhoosh import directory as directories
from indexer.fastwhoosh.checking import check_deep
from indexer.fastwhoosh.encoding import encode_field
from indexer.fastwhoosh.errors import SegmentError
from indexer.fastwhoosh.index import create_in, open_dir
from indexer.fastwhoosh.segmentfile import SegmentFile, SegmentFileWriter

DOCS = 140
# Asking everything takes ten times as long as checking: one byte in so many.
SAMPLE = 5


def small_index(folder: Path) -> Path:
    """An index of one segment with every kind of section, long and short records, deletions."""
    schema = Schema(
        id=ID(stored=True),
        text=TEXT(analyzer=SimpleAnalyzer()),
        tag=KEYWORD(sortable=True),
        number=NUMERIC(sortable=True, shift_step=0),
        bits=COLUMN(columns.BitColumn()),
    )
    ix = create_in(folder, schema)
    rng = random.Random(4)
    with ix.writer() as writer:
        for number in range(DOCS):
            words = " ".join(rng.choices("abc", k=rng.choice([1, 2, 9])))
            stored = {"_stored_id": "x" * 40 if number < 2 else None}
            writer.add_document(
                id=str(number % 7),
                text=f"partout {words}",
                tag=rng.choice("xy"),
                number=rng.randrange(9),
                bits=number % 3 == 0,
                **stored,
            )
    with ix.writer() as writer:
        writer.delete_document(3)
        writer.delete_document(77)
    return folder


def with_deletion_file(folder: Path) -> Path:
    """The same with the deletions in their file, as the table of contents of a bulk writer."""
    ix = open_dir(folder)
    toc = ix._read_toc()
    for segment in toc.segments:
        segment.write_deletions(folder)
    write_toc(ix, toc)
    return folder


def write_toc(ix: Any, toc: Any) -> None:
    toc.generation += 1
    toc.write(ix.storage, "MAIN")
    Path(ix.storage.folder, f"_MAIN_{toc.generation - 1}.toc").unlink()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small index, all right. Read only."""
    return with_deletion_file(small_index(tmp_path_factory.mktemp("whole")))


QUERIES = [
    query.Term("text", "partout"),
    query.Phrase("text", ["a", "b"]),
    query.And([query.Term("text", "c"), query.Term("tag", "x")]),
    query.NumericRange("number", 2, 5),
]


def answers(folder: Path) -> list[Any]:
    """Everything that a reader may ask."""
    found: list[Any] = []
    with open_dir(folder).searcher() as searcher:
        for asked in QUERIES:
            results = searcher.search(asked, limit=None)
            found.append([(hit.docnum, hit.score, hit.fields()) for hit in results])
        results = searcher.search(QUERIES[0], sortedby="number", groupedby="tag", limit=20)
        found += [[hit.docnum for hit in results], dict(results.groups())]
        reader = searcher.reader()
        bits = reader.column_reader("bits")
        found += [list(reader.all_terms()), [bits[doc] for doc in range(DOCS)]]
    return found


def only(folder: Path, suffix: str) -> Path:
    (path,) = folder.glob(f"MAIN_*{suffix}")
    return path


def test_nothing_is_wrong(whole: Path) -> None:
    assert list(check_deep(whole)) == []
    assert len(answers(whole)[0]) == DOCS - 2


def judged(folder: Path, right: list[Any]) -> str:
    try:
        same = answers(folder) == right
    except SegmentError as error:
        return "error" if str(folder) in str(error) else f"unnamed: {error}"
    return "right" if same else "wrong"


def damaged(
    whole: Path, tmp_path: Path, change: Callable[[bytearray, int], None], step: int = 1
) -> Iterator[tuple[Path, int]]:
    folder = tmp_path / "damaged"
    shutil.copytree(whole, folder)
    path = only(folder, ".fws")
    data = path.read_bytes()
    for place in range(0, len(data), step):
        changed = bytearray(data)
        change(changed, place)
        path.write_bytes(changed)
        yield folder, place


def test_flipped_bytes(whole: Path, tmp_path: Path) -> None:
    right = answers(whole)
    verdicts = {"right": 0, "error": 0, "wrong": 0}
    blind = padding(whole)
    rng = random.Random(1)

    def flip(data: bytearray, place: int) -> None:
        data[place] ^= 1 << rng.randrange(8)

    for folder, place in damaged(whole, tmp_path, flip, step=2):
        problems = list(check_deep(folder))
        assert bool(problems) == (place not in blind), (place, problems)
        if problems:
            assert any(".fws" in problem for problem in problems)
        if place % SAMPLE == 0:
            verdict = judged(folder, right)
            verdicts[verdict] += 1
            assert verdict == "right" or place not in blind
    assert min(verdicts.values()) > 0


def padding(folder: Path) -> set[int]:
    """The bytes between sections, which hold nothing."""
    path = only(folder, ".fws")
    with SegmentFile(path) as file:
        places = [section[:2] for _, section in directories.sections(file.directory)]
        end = int.from_bytes(path.read_bytes()[-32:-24], "little")
    used = {byte for start, length in places for byte in range(start, start + length)}
    return set(range(16, end)) - used


def test_truncations(whole: Path, tmp_path: Path) -> None:
    right = answers(whole)

    def cut(data: bytearray, place: int) -> None:
        del data[place:]

    for folder, place in damaged(whole, tmp_path, cut, step=SAMPLE):
        with pytest.raises(SegmentError):
            SegmentFile(only(folder, ".fws"))
        if place % (10 * SAMPLE) == 0:
            assert judged(folder, right) == "error"
            assert list(check_deep(folder))


def test_a_damaged_deletion_file_or_none(whole: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(whole, tmp_path / "damaged")
    path = only(folder, ".del")
    data = path.read_bytes()
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        path.write_bytes(changed)
        (problem,) = check_deep(folder)
        assert ".del" in problem
    path.unlink()
    (problem,) = check_deep(folder)
    assert "illisible" in problem


def test_a_missing_segment_and_a_wrong_count(whole: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(whole, tmp_path / "damaged")
    only(folder, ".fws").unlink()
    (problem,) = check_deep(folder)
    assert "No such file" in problem
    other = shutil.copytree(whole, tmp_path / "counted")
    ix = open_dir(other)
    toc = ix._read_toc()
    toc.segments[0]._count = 5
    write_toc(ix, toc)
    assert next(check_deep(other)).endswith("5 suppressions annoncées, 2 trouvées.")


def test_a_damaged_table_of_contents_never_raises(whole: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(whole, tmp_path / "damaged")
    (path,) = folder.glob("_MAIN_*.toc")
    data = path.read_bytes()
    rng = random.Random(2)
    for _ in range(300):
        changed = bytearray(data)
        for _ in range(rng.randrange(1, 4)):
            changed[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        path.write_bytes(changed[: rng.choice([len(data), rng.randrange(len(data))])])
        assert all(isinstance(problem, str) for problem in check_deep(folder))
    path.unlink()
    assert next(check_deep(folder)).startswith("Index ")


def test_segments_of_another_format_are_named(tmp_path: Path) -> None:
    ix = create_in(tmp_path, Schema(t=TEXT))
    with ix.writer(codec=W3Codec(), allow_other_codec=True) as writer:
        writer.add_document(t="un")
    (problem,) = check_deep(tmp_path)
    assert "autre format" in problem
    assert TOC.read(ix.storage, "MAIN").segments


Change = Callable[[dict[str, Any], dict[str, bytes]], None]


def rewritten(folder: Path, change: Change) -> Path:
    """Write the segment anew with other bytes and right check sums, as a wrong writer would."""
    path = only(folder, ".fws")
    with SegmentFile(path) as file:
        directory = pickle.loads(pickle.dumps(file.directory))
        parts = {
            name: bytes(file.section(section))
            for name, section in directories.sections(file.directory)
        }
    change(directory, parts)
    with SegmentFileWriter(path) as writer:
        for name, section in list(directories.sections(directory)):
            section[:] = writer.section(parts[name])
        writer.finish(directory)
    return folder


def swapped_terms(_: Any, parts: dict[str, bytes]) -> None:
    parts["champ « tag », blob"] = b"yx"


def wrong_sum(directory: dict[str, Any], _: Any) -> None:
    directory["fields"]["text"]["length"] += 1000


def wrong_least(directory: dict[str, Any], _: Any) -> None:
    directory["fields"]["text"]["min_length"] = 3


def no_least(directory: dict[str, Any], _: Any) -> None:
    directory["fields"]["text"]["min_length"] = 0


def wrong_greatest(directory: dict[str, Any], _: Any) -> None:
    directory["fields"]["text"]["max_length"] -= 1


def exchanged_lengths(_: Any, parts: dict[str, bytes]) -> None:
    """The sum stays as it is, and so do the bounds."""
    norms = bytearray(parts["champ « text », norms"])
    other = next(doc for doc in range(DOCS) if norms[doc] != norms[0])
    norms[0], norms[other] = norms[other], norms[0]
    parts["champ « text », norms"] = bytes(norms)


def wrong_cf(_: Any, parts: dict[str, bytes]) -> None:
    infos = bytearray(parts["champ « tag », infos"])
    infos[12] += 1
    parts["champ « tag », infos"] = bytes(infos)


def wrong_impacts(_: Any, parts: dict[str, bytes]) -> None:
    wrong = bytes(DOCS)
    parts["champ « text », norms"] = wrong


def wrong_code(_: Any, parts: dict[str, bytes]) -> None:
    parts["colonne « tag », codes"] = b"\x07" * DOCS


def wrong_values(_: Any, parts: dict[str, bytes]) -> None:
    parts["colonne « tag », blob"] = b"yx"


def short_numbers(_: Any, parts: dict[str, bytes]) -> None:
    parts["colonne « number », values"] = b"1234"


def no_pickle(_: Any, parts: dict[str, bytes]) -> None:
    parts["champs enregistrés, data"] = bytes(len(parts["champs enregistrés, data"]))


def high_documents(directory: dict[str, Any], parts: dict[str, bytes]) -> None:
    sections = encode_field("existence", [(b"z", [DOCS], [1], None)], None)
    for key in ("blob", "offsets", "infos", "postings", "positions"):
        parts[f"champ « id », {key}"] = bytes(getattr(sections, key))
    directory["fields"]["id"]["terms"] = 1


WRONGS: dict[Change, str] = {
    swapped_terms: "vient après",
    wrong_sum: "somme des longueurs",
    wrong_least: "bornes des longueurs",
    no_least: "bornes des longueurs",
    wrong_greatest: "bornes des longueurs",
    exchanged_lengths: "la longueur du document 0 contredit",
    wrong_cf: "occurrences annoncées",
    wrong_impacts: "bornes",
    wrong_code: "valeur inconnue",
    wrong_values: "valeurs désordonnées",
    short_numbers: "longueur fausse",
    no_pickle: "champs enregistrés",
    high_documents: "au delà",
}


@pytest.mark.parametrize("change", WRONGS, ids=lambda change: change.__name__)
def test_what_a_wrong_writer_wrote_is_seen(whole: Path, tmp_path: Path, change: Change) -> None:
    folder = shutil.copytree(whole, tmp_path / "wrong")
    problems = list(check_deep(rewritten(folder, change)))
    assert any(WRONGS[change] in problem for problem in problems), problems


def test_documents_with_weights_are_no_problem(tmp_path: Path) -> None:
    ix = create_in(tmp_path, Schema(text=KEYWORD(scorable=True)))
    with ix.writer() as writer:
        for number in range(DOCS):
            writer.add_document(text="a b c"[: number % 6], _text_boost=1 + number % 3)
    assert list(check_deep(tmp_path)) == []


def test_nonsense_with_right_check_sums_neither_crashes_nor_hangs(
    whole: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(whole, tmp_path / "nonsense")
    path = only(folder, ".fws")
    data = path.read_bytes()
    rng = random.Random(3)
    outcomes: set[bool | str] = set()

    def scribble(_: Any, parts: dict[str, bytes]) -> None:
        name = rng.choice([name for name, part in parts.items() if part])
        changed = bytearray(parts[name])
        for _ in range(rng.randrange(1, 4)):
            changed[rng.randrange(len(changed))] = rng.choice([0, 255, rng.randrange(256)])
        parts[name] = bytes(changed)

    for _ in range(150):
        path.write_bytes(data)
        rewritten(folder, scribble)
        assert all(isinstance(problem, str) for problem in check_deep(folder))
        try:
            outcomes.add(bool(answers(folder)))
        except (SegmentError, UnicodeDecodeError, zlib.error) as error:  # the last two: Whoosh's
            outcomes.add(type(error).__name__)
    assert {True, "DamagedSegment"} <= outcomes
