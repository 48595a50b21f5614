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
from indexer.interchange import from_record, to_line
from indexer.question import Question
from indexer.search.ranges import DateRange, NumberRange
from indexer.search.results_json import as_json

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
        (
            ["loup", "-type:QG", "-delai:>=60", "-=élus", "-(a b)"],
            "loup -type:QG -delai:>=60 -=élus -(a b)",
        ),
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


def test_exact_forms_and_the_delay_are_asked_for(run: Run, hostile: Any) -> None:
    assert run("search", "élus", "--formes-exactes", "--delai", "plus de 60").code == 0
    assert hostile.asked.exact
    assert hostile.asked.delay == NumberRange(61, None)
    assert "(formes exactes)" in run("search", "élus", "--formes-exactes").out
    assert "30..90" in run("search", "a", "--delai", "long").err
    assert run("export", "--delai", "30..90").code == 0
    assert hostile.asked.delay == NumberRange(30, 90)


def test_a_named_question_is_offered(run: Run) -> None:
    assert run("index", "--sample").code == 0
    out = run("search", "question", "écrite", "n°", "90001", "15e").out
    assert out.startswith(
        "Cherchiez-vous la question QANR5L15QE90001 ? questions show QANR5L15QE90001"
    )
    shown = run("show", "question", "écrite", "n°", "90001", "de", "la", "15e", "législature")
    assert shown.code == 0
    assert "90001" in shown.out


def test_what_stands_around_a_question(
    run: Run, make_question: Callable[..., Question], tmp_path: Path
) -> None:
    """Two that are nearly the same, one that recalls one of them, and an answered one like it."""
    words = " ".join(f"alpage{place}" for place in range(150))
    asked = f"attire l'attention sur le loup, les bergers et les brebis : {words}"
    records = [
        make_question(1, author="Mme A", title="Loups", question_text=asked),
        make_question(2, author="Mme B", title="Loups encore", question_text=f"{asked} enfin"),
        make_question(
            3, author="Mme A", question_text="Mme A rappelle les termes de sa question écrite n° 1."
        ),
        make_question(
            4, title="Chiens", answer_text="Le loup, les bergers, les brebis.",
            question_text="Que dire aux bergers de leurs brebis et du loup ?",
        ),
        *(make_question(number, question_text=f"Autre {number}") for number in range(10, 40)),
    ]  # fmt: skip
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(f"{to_line(record)}\n" for record in records), "utf-8")
    run("import", str(path))
    run("index")
    grouped = run("search", "loup", "bergers").out
    assert "3 questions trouvées, 2 une fois les presque identiques regroupées" in grouped
    assert "+ 1 autre question presque identique ou de même réponse : --famille" in grouped
    assert "regroupées" not in run("search", "loup", "bergers", "--sans-regrouper").out
    whole = json.loads(run("search", "loup", "bergers", "--json").out)
    assert (whole["total"], whole["groups"], len(whole["hits"])) == (3, 3, 3)
    family = json.loads(run("search", "--famille", "qanr5l15qe1", "--json").out)
    assert sorted(hit["number"] for hit in family["hits"]) == [1, 2]
    assert "identifiant" in run("search", "--famille", "loup").err

    said = run("similar", "15-1QE").out
    for expected in ("Rappelée par", "1 question presque identique", "Loups encore", "En commun"):
        assert expected in said, expected
    around = json.loads(run("similar", "15-1QE", "--json").out)
    assert [other["number"] for other in around["recalled_by"]] == [3]
    assert [other["number"] for other in around["family"]] == [2]
    assert [other["number"] for other in around["similar"]] == [4]
    assert set(around["similar"][0]["shared"]) == {"loup", "bergers", "brebis"}
    assert "Aucune autre question" in run("similar", "15-10QE").out
    assert run("similar", "15-999QE").code != 0
