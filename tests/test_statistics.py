"""Statistics against a slow and obvious reference: the questions themselves, one by one."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest

from indexer.corpus import Corpus, sample_corpus
from indexer.errors import BadParameter
from indexer.fastwhoosh.histogram import NOWHERE
from indexer.question import Question
from indexer.search.engine import Engine
from indexer.search.request import DateRange, Search
from indexer.search.results import Timeline
from indexer.search.statistics import GROUPINGS, MAX_ROWS, Statistics, Tally, as_json
from indexer.settings import Settings
from indexer.whoosh_engine import build, open_engine, periods
from indexer.whoosh_engine.schema import BETWEEN_VALUES, day_number, day_of, filter_values

MINISTRIES: Final = (
    "Ministère de l'intérieur", "Santé et prévention", "Travail, santé et solidarités",
    "Ministère de la magie", None,
)  # fmt: skip


def values_of(question: Question, by: str) -> list[str]:
    if by == "annee":
        return [str(question.date_question.year)] if question.date_question else []
    held = (filter_values(question)[by] or "").split(BETWEEN_VALUES)
    return [value for value in held if value]


def ranked(delays: Sequence[int], rank: int) -> int:
    """Return the least delay that so many in the hundred do not exceed, by its definition."""
    return next(d for d in delays if sum(each <= d for each in delays) * 100 >= rank * len(delays))


def check_tally(tally: Tally, questions: Iterable[Question]) -> None:
    held = list(questions)
    delays = sorted(q.delay_days for q in held if q.delay_days is not None)
    assert tally.questions == len(held)
    for status in ("answered", "waiting", "withdrawn", "lapsed"):
        assert getattr(tally, status) == sum(q.status == status for q in held), status
    if not delays:
        assert tally.delays is None
        return
    found = tally.delays
    assert found is not None
    assert (found.answers, found.shortest, found.longest) == (len(delays), delays[0], delays[-1])
    assert found.mean == pytest.approx(sum(delays) / len(delays))
    quartiles = (found.first_quartile, found.median, found.third_quartile)
    assert quartiles == tuple(ranked(delays, rank) for rank in (25, 50, 75))


def check_statistics(found: Statistics, questions: Sequence[Question]) -> None:
    check_tally(found.whole, questions)
    groups: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        for value in values_of(question, found.by):
            groups[value].append(question)
    assert len(found.rows) + found.others == len(groups)
    assert len(found.rows) == min(len(groups), MAX_ROWS)
    for row in found.rows:
        check_tally(row.tally, groups[row.value])
    left_out = sorted((len(held) for held in groups.values()), reverse=True)[MAX_ROWS:]
    if found.by not in ("annee", "legislature"):
        sizes = [row.tally.questions for row in found.rows]
        assert sizes == sorted(sizes, reverse=True)
        assert not left_out or max(left_out) <= min(sizes)
    assert found.without == sum(not values_of(question, found.by) for question in questions)


def random_question(
    rng: random.Random, make: Callable[..., Question], number: int, text: str
) -> Question:
    asked = date(2012, 1, 1) + timedelta(days=rng.randrange(4000)) if rng.random() < 0.9 else None
    answered = None
    if rng.random() < 0.6:
        answered = (asked or date(2015, 5, 5)) + timedelta(days=rng.choice((0, 3, 40, 700, -9)))
    return make(
        number,
        kind=rng.choice(("QE", "QE", "QG")),
        legislature=rng.choice((14, 15)),
        ministry=rng.choice(MINISTRIES),
        group=rng.choice(("RE", "LR", None)),
        author=rng.choice(("M. Jean Un", "Mme Anne Deux", None)),
        rubrique=rng.choice(("santé", "impôts", None)),
        date_question=asked,
        date_answer=answered,
        answer_text="Réponse." if rng.random() < 0.2 else "",
        date_withdrawn=date(2020, 1, 1) if rng.random() < 0.1 else None,
        question_text=text,
    )


@pytest.fixture(scope="module")
def randomly(
    tmp_path_factory: pytest.TempPathFactory, make_question: Callable[..., Question]
) -> tuple[Engine, list[Question]]:
    """An index of several segments with deletions, and its questions."""
    folder: Path = tmp_path_factory.mktemp("random")
    settings = Settings(corpus=folder / "corpus", index=folder / "index")
    rng = random.Random(5)
    corpus = Corpus(settings.corpus / "questions")
    for first in (1, 301, 361):
        texts = ("le loup", "le mouton", "le loup et le mouton")
        corpus.merge(
            random_question(rng, make_question, number, rng.choice(texts))
            for number in range(first, first + (300 if first == 1 else 60))
        )
        build(corpus, settings)
    corpus.merge(random_question(rng, make_question, number, "le loup") for number in range(1, 60))
    build(corpus, settings)
    engine = open_engine(settings)
    assert len(engine.info().segments) > 1
    assert any(segment.deleted for segment in engine.info().segments)
    return engine, list(corpus.questions())


@pytest.mark.parametrize("by", list(GROUPINGS))
def test_random_questions_are_counted_as_one_by_one(
    randomly: tuple[Engine, list[Question]], by: str
) -> None:
    engine, questions = randomly
    check_statistics(engine.statistics(Search(), by), questions)
    check_statistics(
        engine.statistics(Search(text="loup", filters={"type": ("QE",)}), by),
        [q for q in questions if "loup" in q.question_text and q.kind == "QE"],
    )
    period = DateRange(date(2014, 1, 1), date(2019, 12, 31))
    check_statistics(
        engine.statistics(Search(asked=period, filters={"statut": ("repondue", "retiree")}), by),
        [
            q
            for q in questions
            if q.date_question
            and period.first <= q.date_question <= period.last  # type: ignore[operator]  # its date is known
            and q.status in ("answered", "withdrawn")
        ],
    )
    nothing = engine.statistics(Search(text="introuvable"), by)
    assert (nothing.whole.questions, nothing.rows, nothing.whole.answer_rate) == (0, (), 0.0)


@pytest.mark.parametrize("by", list(GROUPINGS))
def test_the_sample_is_counted_as_one_by_one(sample_settings: Settings, by: str) -> None:
    questions = list(sample_corpus().questions())
    check_statistics(open_engine(sample_settings).statistics(Search(), by), questions)


@pytest.mark.real_data
@pytest.mark.parametrize("by", list(GROUPINGS))
def test_real_questions_are_counted_as_one_by_one(real_settings: Settings, by: str) -> None:
    questions = list(Corpus(real_settings.corpus / "questions").questions())
    engine = open_engine(real_settings)
    check_statistics(engine.statistics(Search(), by), questions)
    written = engine.statistics(Search(filters={"type": ("QE",)}), by)
    check_statistics(written, [q for q in questions if q.kind == "QE"])


@pytest.mark.real_data
@pytest.mark.parametrize(
    "text", ["loup", "aide sociale enfance", "prix électricité communes", "zz"]
)
def test_statistics_count_what_the_search_finds(real_settings: Settings, text: str) -> None:
    engine = open_engine(real_settings)
    for filters in (
        {},
        {"type": ("QE",)},
        {"portefeuille": ("Santé", "Écologie et environnement")},
    ):
        search = Search(text=text, filters=filters)
        found = engine.statistics(search, "type")
        assert found.whole.questions == engine.search(search).total
        facet = next(f for f in engine.search(search).facets if f.name == "type")
        if "type" not in filters:
            counts = {value.value: value.count for value in facet.values if value.count}
            assert {row.value: row.tally.questions for row in found.rows} == counts


def test_a_row_holds_what_the_filtered_search_finds(
    randomly: tuple[Engine, list[Question]],
) -> None:
    engine, _ = randomly
    for by in GROUPINGS:
        if by == "annee":
            continue
        for row in engine.statistics(Search(text="loup"), by).rows:
            search = Search(text="loup", filters={by: (row.value,)})
            assert engine.search(search).total == row.tally.questions


def test_years_and_legislatures_come_newest_first(
    randomly: tuple[Engine, list[Question]],
) -> None:
    engine, _ = randomly
    for by in ("annee", "legislature"):
        values = [int(row.value) for row in engine.statistics(Search(), by).rows]
        assert len(values) > 1
        assert values == sorted(values, reverse=True)


def test_labels_are_those_of_the_filter(randomly: tuple[Engine, list[Question]]) -> None:
    rows = randomly[0].statistics(Search(), "type").rows
    assert {row.value: row.label for row in rows} == {
        "QE": "Question écrite",
        "QG": "Question au Gouvernement",
    }


def test_an_unknown_grouping_is_refused(randomly: tuple[Engine, list[Question]]) -> None:
    with pytest.raises(BadParameter, match="portefeuille"):
        randomly[0].statistics(Search(), "statut")


def test_the_json_form_says_it_all(randomly: tuple[Engine, list[Question]]) -> None:
    found = randomly[0].statistics(Search(text="loup"), "groupe")
    content = as_json(found)
    assert content["by"] == "groupe"
    assert content["all"]["questions"] == found.whole.questions
    assert [row["label"] for row in content["rows"]] == [row.label for row in found.rows]
    assert content["rows"][0]["delays"]["median"] == found.rows[0].tally.delays.median  # type: ignore[union-attr]  # there are answers


def test_ministries_without_portfolio_are_told(randomly: tuple[Engine, list[Question]]) -> None:
    engine, questions = randomly
    magic = sum(q.ministry == "Ministère de la magie" for q in questions)
    assert engine.unknown_ministries() == (("Ministère de la magie", magic),)


@pytest.mark.parametrize("text", ["", "loup"])
def test_the_timeline_counts_months_as_one_by_one(
    randomly: tuple[Engine, list[Question]], text: str
) -> None:
    engine, questions = randomly
    found = [q for q in questions if text in q.question_text]
    timeline = engine.search(Search(text=text)).timeline
    for months, name in ((timeline.asked, "date_question"), (timeline.answered, "date_answer")):
        days = [getattr(question, name) for question in found]
        expected = Counter((day.year, day.month) for day in days if day)
        assert {(year, month): count for year, month, count in months.known()} == expected
        assert months.counts[0]
        assert months.counts[-1]
    assert engine.search(Search(text=text, facets=False)).timeline == Timeline()
    assert engine.search(Search(text="xyzzy")).timeline == Timeline()


def test_days_of_all_years_have_their_bucket() -> None:
    for parts in (periods.YEARS, periods.MONTHS):
        places = memoryview(periods.buckets(parts)).cast("I")
        assert places[0] == NOWHERE
        assert len(places) == day_number(date(periods.LAST_YEAR, 12, 31)) + 1
        for number in range(1, len(places), 13):
            day = day_of(number)
            assert day is not None
            if parts == periods.YEARS:
                assert periods.year_of(places[number]) == day.year
            else:
                assert periods.month_of(places[number]) == (day.year, day.month)
