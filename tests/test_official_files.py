from pathlib import Path
from urllib.parse import urlsplit

import pytest

from indexer.errors import BadParameter
from indexer.legislatures import legislatures
from indexer.question import KINDS
from indexer.sources.official_files import local_name, official_files

REPOSITORY = "https://data.assemblee-nationale.fr/static/openData/repository"
DOCUMENTED = [
    ("AN", 14, "QE", "xml", "14/questions/questions_ecrites/Questions_ecrites_XIV.xml.zip"),
    ("AN", 14, "QE", "json", "14/questions/questions_ecrites/Questions_ecrites_XIV.json.zip"),
    ("AN", 15, "QE", "xml", "15/questions/questions_ecrites/Questions_ecrites_XV.xml.zip"),
    ("AN", 15, "QE", "json", "15/questions/questions_ecrites/Questions_ecrites_XV.json.zip"),
    ("AN", 16, "QE", "xml", "16/questions/questions_ecrites/Questions_ecrites.xml.zip"),
    ("AN", 16, "QE", "json", "16/questions/questions_ecrites/Questions_ecrites.json.zip"),
    ("AN", 17, "QE", "xml", "17/questions/questions_ecrites/Questions_ecrites.xml.zip"),
    ("AN", 17, "QE", "json", "17/questions/questions_ecrites/Questions_ecrites.json.zip"),
    ("AN", 17, "QG", "json", "17/questions/questions_gouvernement/Questions_gouvernement.json.zip"),
    (
        "AN",
        17,
        "QOSD",
        "json",
        "17/questions/questions_orales_sans_debat/Questions_orales_sans_debat.json.zip",
    ),
]
EVERY_FILE = [
    *official_files("AN", source="json"),
    *official_files("AN", source="xml"),
    *official_files("SENAT"),
]


@pytest.mark.parametrize(("chamber", "legislature", "kind", "source", "path"), DOCUMENTED)
def test_documented_addresses_are_produced(
    chamber: str, legislature: int, kind: str, source: str, path: str
) -> None:
    (file,) = official_files(chamber, [legislature], [kind], source)
    assert file.url == f"{REPOSITORY}/{path}"
    assert (file.chamber, file.legislature, file.kinds, file.format) == (
        chamber,
        legislature,
        (kind,),
        source,
    )


def test_senat_addresses() -> None:
    assert [file.url for file in official_files("SENAT")] == [
        "https://data.senat.fr/data/questions/questions-depuis-un-an.csv",
        "https://data.senat.fr/data/questions/qg.csv",
    ]


def test_senat_file_of_many_kinds_is_listed_for_each() -> None:
    (file,) = official_files("SENAT", kinds=["QOSD"])
    assert file.kinds == ("QE", "QG", "QOSD")
    assert len(official_files("senat", kinds=["qg"])) == 2


def test_old_legislatures_carry_their_roman_number_in_every_folder() -> None:
    found = [file.url.rsplit("/", 1)[-1] for file in official_files("AN", [14, 15], ["QG", "QOSD"])]
    assert found == [
        "Questions_gouvernement_XIV.json.zip",
        "Questions_orales_sans_debat_XIV.json.zip",
        "Questions_gouvernement_XV.json.zip",
        "Questions_orales_sans_debat_XV.json.zip",
    ]


def test_nothing_named_means_everything_in_order() -> None:
    files = official_files("AN")
    last = legislatures()[-1].number
    wanted = [(number, kind) for number in range(14, last + 1) for kind in ("QE", "QG", "QOSD")]
    assert [(file.legislature, *file.kinds) for file in files] == wanted
    assert {file.format for file in files} == {"json"}


def test_order_and_case_of_what_is_asked_for_do_not_matter() -> None:
    assert official_files("an", [17, 16], ["qosd", "qe"], "JSON") == official_files(
        "AN", [16, 17], ["QE", "QOSD"]
    )


@pytest.mark.parametrize(
    ("arguments", "parameter", "value", "valid"),
    [
        (("CESE", [], [], None), "chambre", "CESE", ["AN", "SENAT"]),
        (("AN", [13], [], None), "legislature", "13", ["14", "15", "16", "17"]),
        (("AN", [17, 99], [], None), "legislature", "99", ["14", "15", "16", "17"]),
        (("AN", [17], ["QC"], None), "type", "QC", ["QE", "QG", "QOSD"]),
        (("AN", [17], [], "csv"), "source", "csv", ["json", "xml"]),
        (("SENAT", [], [], "json"), "source", "json", ["csv"]),
        (("SENAT", [], ["QC"], None), "type", "QC", ["QE", "QG", "QOSD"]),
    ],
)
def test_unknown_values_are_refused_with_the_valid_ones(
    arguments: tuple[str, list[int], list[str], str | None],
    parameter: str,
    value: str,
    valid: list[str],
) -> None:
    with pytest.raises(BadParameter) as caught:
        official_files(*arguments)
    assert (caught.value.parameter, caught.value.value) == (parameter, value)
    assert list(caught.value.valid)[: len(valid)] == valid
    assert all(choice in str(caught.value) for choice in valid)


def test_senat_has_no_files_by_legislature() -> None:
    with pytest.raises(BadParameter, match="aucune"):
        official_files("SENAT", [17])


def test_every_kind_of_the_table_is_one_of_ours() -> None:
    assert {kind for file in EVERY_FILE for kind in file.kinds} <= set(KINDS)


def test_addresses_are_whole_and_lead_to_the_two_official_sites() -> None:
    sites = {"AN": "data.assemblee-nationale.fr", "SENAT": "data.senat.fr"}
    for file in EVERY_FILE:
        parts = urlsplit(file.url)
        assert (parts.scheme, parts.netloc) == ("https", sites[file.chamber])
        assert "{" not in file.url
        assert f".{file.format}" in file.url


def test_no_two_files_share_a_name_or_a_companion() -> None:
    names = [file.name for file in EVERY_FILE]
    companions = [name + suffix for name in names for suffix in (".json", ".part", ".part.json")]
    assert len({name.lower() for name in names + companions}) == 4 * len(EVERY_FILE)


def test_address_of_the_table_has_the_name_of_its_file() -> None:
    (file,) = official_files("AN", [17], ["QG"])
    assert file.name == "AN-17-Questions_gouvernement.json.zip"
    assert local_name(file.url) == file.name


def test_other_addresses_never_share_a_name() -> None:
    first = local_name("https://example.org/16/Questions.json.zip")
    second = local_name("https://example.org/17/Questions.json.zip")
    assert first != second
    assert first.endswith("-Questions.json.zip")
    assert second.endswith("-Questions.json.zip")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/..",
        "https://example.org/",
        "https://example.org/a/%2e%2e%2fetc",
        "https://example.org/a\\b\x00c\ud800.zip",
        "https://example.org/" + "é" * 500 + ".zip",
        "https://example.org/telecharger?fichier=/etc/passwd",
    ],
)
def test_names_of_other_addresses_are_plain_file_names(url: str) -> None:
    name = local_name(url)
    assert Path(name).name == name
    assert name.isascii()
    assert name.isprintable()
    assert not name.startswith(".")
    assert len(name) <= 120


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://example.org/a.zip", "questions.zip", "https://", "http://["],
)
def test_only_web_addresses_are_taken(url: str) -> None:
    with pytest.raises(BadParameter, match="http"):
        local_name(url)
