"""The engine against an obvious reference: the questions themselves, looked at one by one."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh import index as whoosh_index
from whoosh.query import Phrase, Term

from indexer.corpus import sample_corpus
from indexer.errors import BadParameter, IndexMissing
from indexer.french.analysis import analyse, fold
from indexer.interchange import to_line
from indexer.question import Question, parse_reference
from indexer.search.engine import Engine
from indexer.search.request import FACETS, FILTERS, SORTS, DateRange, Search, date_range
from indexer.search.results_json import as_json
from indexer.settings import Settings
from indexer.whoosh_engine import open_engine
from indexer.whoosh_engine.schema import BETWEEN_VALUES, filter_values, texts_of

QUESTIONS = list(sample_corpus().questions())
ALL = {"size": 200}


@pytest.fixture(scope="module")
def engine(sample_settings: Settings) -> Engine:
    return open_engine(sample_settings)


def uids(engine: Engine, text: str = "", **asked: object) -> list[str]:
    hits = engine.search(Search(text=text, **(ALL | asked))).hits  # type: ignore[arg-type]  # values of several types
    return [hit.uid for hit in hits if not hit.related]


def strict_uids(engine: Engine, text: str, **asked: object) -> set[str]:
    results = engine.search(Search(text=text, **(ALL | asked)))  # type: ignore[arg-type]  # values of several types
    return {hit.uid for hit in results.hits if not hit.missing and not hit.related}


def stems(question: Question) -> set[str]:
    return {t.stem for text in texts_of(question).values() for t in analyse(text) if t.stem}


def exact_words(text: str) -> list[str]:
    return [token.exact for token in analyse(text) if not token.compound]


def test_all_words_are_wanted_as_the_slow_reference_says(engine: Engine) -> None:
    rng = random.Random(7)
    vocabulary = sorted(set().union(*(stems(question) for question in QUESTIONS)))
    words = {token.stem: token.exact for q in QUESTIONS for token in analyse(q.question_text)}
    for _ in range(60):
        chosen = [words[stem] for stem in rng.sample(vocabulary, 2) if stem in words]
        plain = [word for word in chosen if word.isalpha()]
        if not plain:
            continue
        wanted = {t.stem for word in plain for t in analyse(word) if t.stem}
        expected = {q.uid for q in QUESTIONS if wanted <= stems(q)}
        assert strict_uids(engine, " ".join(plain)) == expected, plain


def test_a_phrase_is_found_where_it_stands_stop_words_counted(engine: Engine) -> None:
    rng = random.Random(11)
    for question in rng.sample(QUESTIONS, 25):
        words = exact_words(question.question_text or question.answer_text)
        start = rng.randrange(max(1, len(words) - 4))
        phrase = words[start : start + 4]
        expected = {
            q.uid for q in QUESTIONS if any(_stands(phrase, t) for t in texts_of(q).values())
        }
        assert question.uid in expected
        found = uids(engine, '"' + " ".join(phrase) + '"')
        assert set(found) == expected, phrase


def test_near_words_are_found_within_the_window_in_any_order(engine: Engine) -> None:
    rng = random.Random(13)
    found_some = 0
    for question in rng.sample(QUESTIONS, 40):
        words = exact_words(question.question_text or question.answer_text)
        start = rng.randrange(max(1, len(words) - 8))
        pair = [words[start + rng.randrange(1, 8)], words[start]]
        slop = rng.randrange(1, 7)
        expected = {
            q.uid for q in QUESTIONS if any(_near(pair, t, slop) for t in texts_of(q).values())
        }
        found_some += bool(expected)
        assert set(uids(engine, f'"{pair[0]} {pair[1]}"~{slop}')) == expected, (pair, slop)
    assert found_some > 20


def _near(pair: list[str], text: str, slop: int) -> bool:
    words = exact_words(text)
    width = len(pair) + slop
    return any(set(pair) <= set(words[i : i + width]) for i in range(len(words)))


def _stands(phrase: list[str], text: str) -> bool:
    words = exact_words(text)
    return any(words[i : i + len(phrase)] == phrase for i in range(len(words)))


def values_of(question: Question, name: str) -> list[str]:
    joined = filter_values(question)[name]
    return joined.split(BETWEEN_VALUES) if joined else []


@pytest.mark.parametrize("name", list(FILTERS))
def test_each_filter_keeps_what_has_the_value_and_its_facet_counts_it(
    engine: Engine, name: str
) -> None:
    counted = Counter(value for question in QUESTIONS for value in values_of(question, name))
    assert counted
    facets = {facet.name: facet for facet in engine.search(Search()).facets}
    assert set(facets) == set(FACETS)
    if name in FACETS:
        listed = {value.value: value.count for value in facets[name].values}
        assert listed.items() <= counted.items()
    for value in counted:
        expected = {q.uid for q in QUESTIONS if value in values_of(q, name)}
        assert set(uids(engine, filters={name: (value,)})) == expected
        typed = f'{name}:"{value}"'
        assert set(uids(engine, typed)) == expected
        assert set(uids(engine, f"-{typed}")) == {q.uid for q in QUESTIONS} - expected


def test_a_facet_ignores_its_own_filter_and_obeys_the_others(engine: Engine) -> None:
    results = engine.search(Search(filters={"type": ("QG",), "legislature": ("15", "16")}))
    facets = {facet.name: facet for facet in results.facets}
    in_15_16 = [q for q in QUESTIONS if q.legislature in (15, 16)]
    assert {v.value: v.count for v in facets["type"].values} == Counter(q.kind for q in in_15_16)
    qg = [q for q in QUESTIONS if q.kind == "QG"]
    legislatures = Counter(str(q.legislature) for q in qg)
    assert {v.value: v.count for v in facets["legislature"].values} == legislatures
    assert results.total == sum(q.kind == "QG" for q in in_15_16)
    assert {v.value for v in facets["type"].values if v.selected} == {"QG"}


def test_an_author_is_found_by_part_of_the_name_and_without_accents(engine: Engine) -> None:
    name = next(q.author_name for q in QUESTIONS if q.author_name and not q.author_name.isascii())
    expected = {q.uid for q in QUESTIONS if q.author_name == name}
    assert set(uids(engine, filters={"auteur": (fold(name).split()[-1],)})) >= expected


@pytest.mark.parametrize(
    ("first", "last"),
    [("2019", "2019"), ("", "2018-06-30"), ("03/2022", ""), ("2023-01-10", "2023")],
)
def test_dates_keep_what_lies_between_both_days_included(
    engine: Engine, first: str, last: str
) -> None:
    period = date_range(first, last)
    low, high = period.first or date.min, period.last or date.max
    asked = {q.uid for q in QUESTIONS if q.date_question and low <= q.date_question <= high}
    assert set(uids(engine, asked=period)) == asked
    answered = {q.uid for q in QUESTIONS if q.date_answer and low <= q.date_answer <= high}
    assert set(uids(engine, answered=period)) == answered


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("recentes", lambda q: -(q.date_question or date.min).toordinal()),
        ("anciennes", lambda q: (q.date_question or date.max).toordinal()),
        ("reponse", lambda q: -(q.date_answer or date.min).toordinal()),
        ("delai", lambda q: -(-1 if q.delay_days is None else q.delay_days)),
    ],
)
def test_sorts(engine: Engine, sort: str, key: Callable[[Question], int]) -> None:
    known = {q.uid: q for q in QUESTIONS}
    keys = [key(known[uid]) for uid in uids(engine, sort=sort)]
    assert keys == sorted(keys)
    assert len(keys) == len(QUESTIONS)


def test_pages_are_the_whole_cut(engine: Engine) -> None:
    whole = uids(engine, "loi")
    cut = []
    for page in range(1, 100):
        results = engine.search(Search(text="loi", page=page, size=7))
        cut += [hit.uid for hit in results.hits if not hit.related]
        assert results.pages == -(-(len(whole) + results.total_related) // 7)
        if page > results.pages:
            break
    assert cut == whole


def test_the_query_that_decides_everything(engine: Engine) -> None:
    best = uids(engine, "traite des êtres humains")[:4]
    texts = {q.uid: fold(" ".join(texts_of(q).values())) for q in QUESTIONS}
    assert all("traite des etres humains" in texts[uid] for uid in best)
    for typed in (
        "traite des etres humains",
        "TRAITE DES ÊTRES HUMAINS",
        "la traite d’êtres humains",
    ):
        assert set(uids(engine, typed)[:4]) & set(best)
    assert uids(engine, '"traité des êtres humains"') == []


def test_when_few_hold_all_words_those_that_hold_most_follow(engine: Engine) -> None:
    results = engine.search(Search(text="traite êtres humains xyzzyx", size=50))
    assert results.total_all_words == 0
    assert results.total > 0
    assert results.hits[0].missing == ("xyzzyx",)
    assert results.understood.notices
    counted = [hit for hit in results.hits if not hit.related]
    assert len(counted) == min(results.total, 50)
    assert all("xyzzyx" in hit.missing for hit in counted)


def test_both_texts_give_passages_whichever_matched(engine: Engine) -> None:
    both = [q for q in QUESTIONS if q.question_text and q.answer_text]
    for hit in engine.search(Search(text="loup", size=50)).hits:
        if hit.uid in {q.uid for q in both}:
            assert hit.question
            assert hit.answer


def test_an_exchange_names_its_speakers(engine: Engine) -> None:
    hits = engine.search(Search(text="ministre", filters={"type": ("QG",)}, size=50)).hits
    speakers = [passage.speaker for hit in hits for passage in hit.answer]
    assert sum(speaker is not None for speaker in speakers) > len(speakers) / 2


def test_export_is_the_search_without_pages(engine: Engine) -> None:
    search = Search(text="loi", filters={"type": ("QE",)}, size=3)
    exported = [to_line(question) for question in engine.export(search)]
    by_uid = {q.uid: to_line(q) for q in QUESTIONS}
    assert exported == [by_uid[uid] for uid in uids(engine, "loi", filters={"type": ("QE",)})]


def test_records_come_back_whole_and_marked(engine: Engine) -> None:
    for question in QUESTIONS:
        assert engine.get(question.key) == question
        marked = engine.marked(question.key, Search(text="loi"))
        assert marked
        shown = "\n".join("".join(p.text for p in para.pieces) for para in marked.answer)
        assert shown == question.answer_text


def test_references(engine: Engine) -> None:
    question = QUESTIONS[0]
    for typed in (question.uid, f"{question.legislature}-{question.number}{question.kind}"):
        reference = parse_reference(typed)
        assert reference
        assert question.key in engine.find(reference)
    number = parse_reference(str(question.number))
    assert number
    expected = {q.key for q in QUESTIONS if q.number == question.number}
    assert set(engine.find(number)) == expected
    assert uids(engine, f"{question.kind} {question.number}")[0] in {
        q.uid for q in QUESTIONS if q.number == question.number
    }


def test_stock_whoosh_reads_the_index(sample_settings: Settings) -> None:
    name = (sample_settings.index / "current").read_text().strip()
    with whoosh_index.open_dir(str(sample_settings.index / name)).searcher() as searcher:
        found = searcher.search(Term("answer_stem", "loup"), limit=None)
        expected = {q.uid for q in QUESTIONS if "loup" in {t.stem for t in analyse(q.answer_text)}}
        assert len(found) == len(expected) > 0
        phrase = Phrase("question_exact", ["traite", "des", "êtres", "humains"])
        assert len(searcher.search(phrase, limit=None)) > 0


def test_json_has_the_documented_shape(engine: Engine) -> None:
    content = as_json(engine.search(Search(text="traite des êtres humains")))
    assert {"query", "understood", "total", "page", "pages", "took_ms", "hits", "facets"} <= set(
        content
    )
    hit = content["hits"][0]
    assert {
        "uid", "chamber", "kind", "legislature", "number", "author", "group", "ministry_asked",
        "ministry_answering", "date_asked", "date_answered", "status", "delay_days", "title",
        "score", "source_url", "passages",
    } <= set(hit)  # fmt: skip
    pieces = [piece for passage in hit["passages"]["question"] for piece in passage]
    assert any(marked for _, marked in pieces)
    assert set(content["facets"]) == set(FACETS)
    assert set(content["facets"]["type"][0]) == {"value", "label", "count"}


WORDS = st.sampled_from(
    ["loup", "loi", "des", "traite", '"traite des"', "-loi", "OU", "(", ")", "auteur:a", "tit*",
     "*", "loi~2", "micro-entreprise", "type:QE", "du:2019", "24 191", "QE 90001", "statut:x",
     "question:"]
)  # fmt: skip


@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    text=st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=7).map(" ".join)),
    name=st.sampled_from(list(FILTERS)),
    value=st.text(max_size=12),
    sort=st.sampled_from(list(SORTS)),
)
def test_nothing_that_can_be_asked_is_an_error(
    engine: Engine, text: str, name: str, value: str, sort: str
) -> None:
    try:
        search = Search(text=text, filters={name: (value,)}, sort=sort)
    except BadParameter:
        search = Search(text=text, sort=sort)
    results = engine.search(search)
    assert results.total >= results.total_all_words >= 0
    assert len(results.hits) <= search.size
    whole = engine.search(Search(text=text, sort=sort))
    assert results.total_all_words <= whole.total_all_words
    assert results.total <= whole.total


def test_no_index_is_said_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("nothing")
    with pytest.raises(IndexMissing, match="questions index"):
        open_engine(Settings(index=folder / "index"))


def test_an_open_range_is_no_range() -> None:
    assert not DateRange()
