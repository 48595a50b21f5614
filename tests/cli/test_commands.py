"""Every command over the sample, from the files to the answers."""

import errno
import gzip
import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import pytest

from indexer.corpus import sample_corpus
from indexer.errors import IndexDamaged
from indexer.interchange import from_record
from indexer.question import Question
from indexer.search.request import DateRange
from indexer.search.results import as_json

Run = Callable[..., Any]
SAMPLE = Path(__file__).resolve().parents[2] / "corpus" / "sample"


def test_from_files_to_answers(run: Run, tmp_path: Path) -> None:
    total = len(list(sample_corpus().questions()))
    report = json.loads(run("import", str(SAMPLE), "--json").out)
    assert (report["added"], report["bad_total"]) == (total, 0)
    assert f"{total} inchangées" in run("import", str(SAMPLE)).out
    assert run("check").code == 1
    assert "absent" in run("status").out

    built = json.loads(run("index", "--json").out)
    assert (built["total"], built["is_new"]) == (total, True)
    assert "à jour" in run("index").out
    assert f"{total} ajoutées" in run("index", "--full").out

    found = run("search", "traite", "des", "êtres", "humains")
    assert found.code == 0
    assert re.search(r"\n[1-4]\. Lutte contre la traite des êtres humains\n", found.out)
    assert "\x1b" not in found.out
    assert "Réponse : " in found.out
    assert json.loads(run("search", "loup", "--json").out)["facets"]
    near = json.loads(run("search", "loup", "--json", "--limite", "50").out)
    assert sum(hit["related"] for hit in near["hits"]) == near["total_related"] > 0
    shown = run("search", "loup", "--limite", "50").out
    assert shown.count("\nQuestions proches, sans les mots tapés\n") == 1

    shown = run("show", "15-90001QE")
    assert "Mme Solveig Kerampran (Centre et démocratie rurale)" in shown.out
    record = json.loads(run("show", "QANR5L15QE90001", "--json").out)
    assert from_record(record).number == 90001

    state = json.loads(run("status", "--json").out)
    assert state["index"]["up_to_date"] is True
    assert state["corpus"]["questions"] == state["index"]["questions"] == total
    assert "à jour avec le corpus" in run("status").out
    assert run("check").code == 0
    assert json.loads(run("check", "--json").out) == {"ok": True, "problems": []}

    target = tmp_path / "tout.jsonl.gz"
    assert run("export", "--output", str(target)).code == 0
    assert len(gzip.decompress(target.read_bytes()).splitlines()) == total
    one = [json.loads(line) for line in run("export", "--statut", "caduque").out.splitlines()]
    assert 0 < len(one) < total


def test_an_empty_corpus_is_not_indexed(run: Run) -> None:
    ran = run("index")
    assert (ran.code, ran.out) == (1, "")
    assert "questions import" in ran.err
    assert "questions index --sample" in ran.err


def test_the_sample_is_indexed_on_request(run: Run) -> None:
    assert run("index", "--sample").code == 0
    assert "de l'échantillon" in run("status").out
    assert run("check").code == 0
    assert len(run("export").out.splitlines()) == len(list(sample_corpus().questions()))


@pytest.mark.parametrize(
    "line",
    [
        ("search", "loup"),
        ("search", "a", "--json"),
        ("show", "15-1QE"),
        ("export",),
        ("export", "a"),
    ],
)
def test_without_an_index_the_way_to_one_is_told(line: tuple[str, ...], run: Run) -> None:
    ran = run(*line)
    assert (ran.code, ran.out) == (1, "")
    assert "questions index" in ran.err


def test_several_questions_of_one_number(run: Run, hostile: Any) -> None:
    ran = run("show", "QE", "24191")
    assert (ran.code, ran.out) == (2, "")
    assert "QANR5L15QE24191, QANR5L16QE24191" in ran.err
    hostile.text = "texte"
    assert "texte" in run("show", "QE", "7").out
    assert run("show", "15-8QE").code == 2


def test_flags_make_the_search(run: Run, hostile: Any) -> None:
    run(
        "search", "loup", "-mouton", "--du", "2019", "--au", "11/2019", "--type", "qe", "--type",
        "QG", "--ministere-reponse", "Justice", "--tri", "delai", "--champ", "reponse",
        "--page", "2", "--limite", "5",
    )  # fmt: skip
    asked = hostile.asked
    assert asked.text == "loup -mouton"
    assert asked.asked == DateRange(date(2019, 1, 1), date(2019, 11, 30))
    assert asked.filters == {"type": ("QE", "QG"), "ministere_reponse": ("Justice",)}
    assert (asked.sort, asked.scope, asked.page, asked.size) == ("delai", "reponse", 2, 5)
    assert not asked.facets


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["-mouton"], "-mouton"),
        (["loup", '-"bel homme"'], 'loup -"bel homme"'),
        (["loup", "--", "-du"], "loup -du"),
        (["-herbe", "haute"], "-herbe haute"),
    ],
)
def test_a_dash_excludes_a_word(words: list[str], text: str, run: Run, hostile: Any) -> None:
    assert run("search", *words).code == 0
    assert hostile.asked.text == text


def test_facets_are_counted_on_request(run: Run, hostile: Any) -> None:
    assert "1\u202f200" not in run("search", "a").out
    assert "1\u202f200  Question écrite [QE]" in run("search", "a", "--facettes").out
    run("search", "a", "--json", "--sans-facettes")
    assert not hostile.asked.facets


def test_json_of_a_search_is_that_of_the_results(run: Run, hostile: Any) -> None:
    hostile.text = "texte"
    printed = json.loads(run("search", "loup", "--json").out)
    assert printed == json.loads(json.dumps(as_json(hostile.search(hostile.asked))))


def test_an_export_that_fails_leaves_the_old_file(
    run: Run, hostile: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a.jsonl"
    target.write_text("ancien")

    def broken(_search: object) -> Iterator[Question]:
        yield hostile.records[0]
        raise IndexDamaged("L'index est abîmé.")

    monkeypatch.setattr(hostile, "export", broken)
    assert run("export", "loup", "-o", str(target)).code == 1
    assert target.read_text() == "ancien"
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


def test_bad_records_are_named(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    good = (SAMPLE / "questions-15.jsonl").read_text("utf-8").splitlines()[0]
    file.write_text(f'{good}\n{{"type": "QE\x1b"}}\n', "utf-8")
    ran = run("import", str(file))
    assert ran.code == 0
    assert "1 enregistrement refusé" in ran.out
    assert "q.jsonl" in ran.out


def test_bad_records_only_are_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text('{"type": "QE"}\n')
    ran = run("import", str(file))
    assert (ran.code, ran.out) == (1, "")


@pytest.mark.parametrize(
    ("failure", "code", "message"),
    [
        (KeyboardInterrupt(), 130, "Interrompu."),
        (OSError(errno.ENOSPC, "No space", "/x"), 1, "« /x » : il n'y a plus de place"),
        (PermissionError(errno.EACCES, "denied"), 1, "l'accès est refusé"),
        (IndexDamaged("Abîmé."), 1, "Abîmé."),
    ],
)
def test_errors_become_sentences_and_codes(
    failure: BaseException, code: int, message: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_settings: object) -> NoReturn:
        raise failure

    monkeypatch.setattr("indexer.whoosh_engine.open_engine", fail)
    ran = run("search", "loup", "--json")
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err
