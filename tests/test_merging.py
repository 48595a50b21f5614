from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.merging import is_empty, merge
from indexer.question import Attribution, Comment, Question, Turn

FOLLOWERS = {
    "answer_turns": "answer_text",
    "ministry_short": "ministry",
    "ministry_answering_short": "ministry_answering",
    "group_name": "group",
}
CLOSING = {"closing_code", "closing_label", "closing_date"}
KEY = {"chamber", "legislature", "kind", "number"}
TEXTS = st.sampled_from(["", "A", "B"])
OPTIONAL = st.sampled_from([None, "A", "B"])
DATES = st.sampled_from([None, date(2019, 1, 1), date(2020, 1, 1)])
COMMENTS = st.builds(
    Comment, st.sampled_from([None, "1", "2"]), OPTIONAL, st.just("2019-01-01"), TEXTS
)
MATERIAL: dict[str, st.SearchStrategy[Any]] = {
    "question_text": TEXTS,
    "answer_text": TEXTS,
    "answer_turns": st.sampled_from([(), (Turn(0, "A"),), (Turn(0, "B"),)]),
    "attributions": st.sampled_from([(), (Attribution(None, "A"),)]),
    "renewals": st.sampled_from([(), (date(2019, 1, 1),)]),
    "analyses": st.sampled_from([(), ("a",), ("b", "c")]),
    "page_question": st.sampled_from([None, 0, 7]),
    "page_answer": st.sampled_from([None, 0, 7]),
    "closing_code": st.sampled_from([None, "REP_PUB", "RETRAIT", "FIN_MANDAT", "?"]),
    "closing_label": st.sampled_from([None, "Réponse publiée", "Question retirée", "?"]),
    "comments": st.lists(COMMENTS, max_size=3, unique_by=lambda item: item.id or item).map(tuple),
    "extra": st.dictionaries(st.sampled_from("xyz"), st.sampled_from([None, 0, "A"])),
    **dict.fromkeys(
        ("date_question", "date_answer", "date_signal", "date_withdrawn", "closing_date"), DATES
    ),
}


def questions(source: str) -> st.SearchStrategy[Question]:
    values = {
        entry.name: MATERIAL.get(entry.name, OPTIONAL)
        for entry in fields(Question)
        if entry.name not in {*KEY, "sources", "origins"}
    }
    return st.builds(
        lambda **given: Question(legislature=15, kind="QE", number=1, **given),
        sources=st.just((source,)),
        **values,
    )


ANY = st.sampled_from(["assemblee_json", "nosdeputes", "ailleurs"]).flatmap(questions)


@given(ANY)
def test_merging_with_itself_changes_nothing(question: Question) -> None:
    assert merge(question, question) == question


@given(ANY, ANY)
def test_importing_twice_changes_nothing(known: Question, incoming: Question) -> None:
    merged = merge(known, incoming)
    assert merge(merged, incoming) == merged


@given(questions("assemblee_json"), questions("nosdeputes"))
def test_order_of_two_sources_does_not_matter(official: Question, page: Question) -> None:
    assert merge(official, page) == merge(page, official)


@given(ANY, ANY)
def test_nothing_known_is_lost(known: Question, incoming: Question) -> None:
    merged = merge(known, incoming)
    for entry in fields(Question):
        name = entry.name
        leader = FOLLOWERS.get(name)
        if leader and getattr(known, leader) != getattr(merged, leader):
            continue
        if name in CLOSING or leader:
            continue
        if name != "origins" and not is_empty(getattr(known, name)):
            assert not is_empty(getattr(merged, name)), name
    assert {*known.extra, *incoming.extra} == {*merged.extra}
    assert {item.id for item in known.comments} <= {item.id for item in merged.comments}


@given(ANY, ANY)
def test_an_answer_is_never_taken_back(known: Question, incoming: Question) -> None:
    merged = merge(known, incoming)
    if "answered" in (known.status, incoming.status):
        assert merged.status == "answered"
    assert not (known.closing_code or known.closing_label) or (
        merged.closing_code or merged.closing_label
    )


@given(ANY, ANY)
def test_followers_are_those_of_their_leading_field(known: Question, incoming: Question) -> None:
    merged = merge(known, incoming)
    for follower, leader in FOLLOWERS.items():
        pairs = {(getattr(entry, leader), getattr(entry, follower)) for entry in (known, incoming)}
        assert (getattr(merged, leader), getattr(merged, follower)) in pairs


@given(ANY, ANY)
def test_origins_name_what_the_first_source_did_not_give(
    known: Question, incoming: Question
) -> None:
    merged = merge(known, incoming)
    told = {entry.sources[0]: entry for entry in (known, incoming)}
    for name in merged.origins.keys() - {"comments", "extra"}:
        assert merged.origins[name] != merged.sources[0]
        assert getattr(told[merged.origins[name]], name) == getattr(merged, name)


def test_official_source_wins_field_by_field(make_question: Callable[..., Question]) -> None:
    page = make_question(
        title="Page", author="Jeanne Exemple", comments=(Comment("1", "X", None, "Oui"),),
        sources=("nosdeputes",), source_url="https://nosdeputes.example/1",
    )  # fmt: skip
    official = make_question(
        author="Mme Jeanne Exemple", sources=("assemblee_json",), source_url="https://an.example/1"
    )
    merged = merge(official, page)
    assert (merged.title, merged.author) == ("Page", "Mme Jeanne Exemple")
    assert merged.source_url == "https://an.example/1"
    assert merged.sources == ("assemblee_json", "nosdeputes")
    assert merged.origins == {"title": "nosdeputes", "comments": "nosdeputes"}


def test_later_import_of_one_source_wins(make_question: Callable[..., Question]) -> None:
    first = make_question(title="Avant", rubrique="eau", sources=("assemblee_json",))
    second = make_question(title="Après", sources=("assemblee_json",))
    merged = merge(first, second)
    assert (merged.title, merged.rubrique) == ("Après", "eau")


def test_turns_never_outlive_their_text(make_question: Callable[..., Question]) -> None:
    known = make_question(
        kind="QG", answer_text="Ancien", answer_turns=(Turn(0, "M. Un"),), sources=("nosdeputes",)
    )
    incoming = make_question(kind="QG", answer_text="Nouveau", sources=("assemblee_json",))
    assert merge(known, incoming).answer_turns == ()
    same = replace(incoming, answer_text="Ancien")
    assert merge(known, same).answer_turns == (Turn(0, "M. Un"),)


def test_comments_are_united_and_edited(make_question: Callable[..., Question]) -> None:
    def page(*comments: Comment) -> Question:
        return make_question(comments=comments, sources=("nosdeputes",))

    nameless = Comment(None, "Y", "2019-01-02", "Non")
    known = page(Comment("1", "X", None, "Oui"), nameless)
    incoming = page(nameless, Comment("1", "X", None, "Oui !"), Comment("2", "Z", None, "Bof"))
    assert merge(known, incoming).comments == (
        Comment("1", "X", None, "Oui !"), nameless, Comment("2", "Z", None, "Bof"),
    )  # fmt: skip


def test_two_questions_do_not_merge(make_question: Callable[..., Question]) -> None:
    with pytest.raises(ValueError, match="pas la même question"):
        merge(make_question(1), make_question(2))
