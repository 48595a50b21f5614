"""What the order of relevance promises, on random corpora and on the real questions."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexer.corpus import Corpus
from indexer.french.analysis import analyse, stem_form
from indexer.importing import import_paths
from indexer.interchange import to_line
from indexer.question import Question, parse_reference
from indexer.search import ranking
from indexer.search.engine import Engine
from indexer.search.request import Search
from indexer.search.results import Hit, Results
from indexer.settings import Settings
from indexer.whoosh_engine import build, open_engine
from indexer.whoosh_engine.schema import texts_of

VOCABULARY = (
    "loup", "brebis", "éleveur", "montagne", "prédation", "école", "élève", "professeur",
    "hôpital", "médecin", "urgence", "forêt", "incendie", "pompier", "train", "gare", "ministre",
    "question", "mesure", "situation",
)  # fmt: skip
COMMON = VOCABULARY[-4:]
EXACT = (
    '"loup montagne"', '"loup"', "loup*", "loup~", "loup OU brebis", "loup -brebis",
    "type:QE", "", '"loup brebis"~5', 'titre:"loup"',
)  # fmt: skip


def stems_of(question: Question) -> set[str]:
    texts = texts_of(question).values()
    return {token.stem for text in texts for token in analyse(text) if token.stem}


class Small:
    """A random corpus, its engine, and the obvious answer to what it holds."""

    def __init__(self, engine: Engine, questions: list[Question]) -> None:
        self.engine = engine
        self.stems = {question.uid: stems_of(question) for question in questions}

    def holding(self, words: list[str], at_least: int) -> set[str]:
        wanted = {stem_form(word) for word in words}
        return {uid for uid, stems in self.stems.items() if len(wanted & stems) >= at_least}

    def search(self, text: str, **asked: object) -> Results:
        return self.engine.search(Search(text=text, size=200, **asked))  # type: ignore[arg-type]  # values of several types


def random_questions(make: Callable[..., Question], rng: random.Random) -> Iterator[Question]:
    for number in range(1, rng.choice((8, 60, 120))):
        subject = rng.sample(VOCABULARY[:-4], 4)
        words = rng.choices((*subject, *COMMON), k=rng.choice((4, 12, 30)))
        yield make(
            number,
            kind=rng.choice(("QE", "QOSD")),
            title=" ".join(rng.sample(subject, 2)) if rng.random() < 0.7 else None,
            question_text=" ".join(words),
            answer_text=" ".join(rng.choices(subject, k=8)) if rng.random() < 0.4 else "",
        )


@pytest.fixture(scope="module", params=range(6))
def small(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    make_question: Callable[..., Question],
) -> Small:
    folder: Path = tmp_path_factory.mktemp("small")
    settings = Settings(corpus=folder / "corpus", index=folder / "index")
    questions = list(random_questions(make_question, random.Random(request.param)))
    lines = folder / "questions.jsonl"
    lines.write_text("".join(f"{to_line(question)}\n" for question in questions), "utf-8")
    import_paths([lines], settings)
    build(Corpus(settings.corpus / "questions"), settings)
    return Small(open_engine(settings), questions)


def queries(seed: int) -> Iterator[list[str]]:
    rng = random.Random(seed)
    for _ in range(40):
        yield rng.sample(VOCABULARY, rng.choice((1, 2, 2, 3, 5)))


def counted(results: Results) -> list[Hit]:
    return [hit for hit in results.hits if not hit.related]


def test_counts_are_those_of_the_words(small: Small) -> None:
    for words in queries(1):
        results = small.search(" ".join(words))
        every = small.holding(words, len(words))
        found = {hit.uid for hit in counted(results)}
        assert len(found) == results.total
        assert results.total_all_words == len(every)
        assert every <= found <= small.holding(words, 1)
        if len(every) >= ranking.ENOUGH_HITS:
            assert found == every
        kinds = next(facet for facet in results.facets if facet.name == "type")
        assert sum(value.count for value in kinds.values) == results.total


def test_none_of_the_words_never_stands_above_all_of_them(small: Small) -> None:
    seen = 0
    for words in queries(2):
        results = small.search(" ".join(words))
        uids = [hit.uid for hit in results.hits]
        some = small.holding(words, 1)
        wordless = [uid not in some for uid in uids]
        assert wordless == sorted(wordless)
        assert [hit.wordless for hit in results.hits] == wordless
        assert all(hit.related for hit in results.hits if hit.wordless)
        seen += sum(wordless)
    assert seen or len(small.stems) < ranking.RELATED_UNTIL


def test_a_list_goes_on_until_it_is_long_enough(small: Small) -> None:
    for words in queries(3):
        results = small.search(" ".join(words))
        uids = [hit.uid for hit in results.hits]
        assert len(uids) == len(set(uids)) == results.total + results.total_related
        assert results.total_related <= max(0, ranking.RELATED_UNTIL - results.total)
        pages = [
            small.engine.search(Search(text=" ".join(words), page=page, size=7))
            for page in range(1, len(uids) // 7 + 2)
        ]
        assert [hit.uid for page in pages for hit in page.hits] == uids
        assert {page.total_related for page in pages} == {results.total_related}


def test_a_filter_only_takes_away(small: Small) -> None:
    for words in queries(4):
        whole = small.search(" ".join(words))
        part = small.search(" ".join(words), filters={"type": ("QE",)})
        assert {hit.uid for hit in counted(part)} <= {hit.uid for hit in counted(whole)}
        assert all(hit.kind == "QE" for hit in part.hits)
        assert part.total <= whole.total
        assert part.total_all_words <= whole.total_all_words


@pytest.mark.parametrize("text", EXACT)
def test_who_asks_for_anything_exact_gets_nothing_else(small: Small, text: str) -> None:
    results = small.search(text)
    assert results.total_related == 0
    assert not any(hit.related or hit.wordless for hit in results.hits)
    assert len(results.hits) == results.total


@pytest.mark.parametrize("order", ["recentes", "anciennes", "reponse", "delai"])
def test_an_order_of_days_has_nothing_related_and_all_words_first(small: Small, order: str) -> None:
    for words in queries(5):
        results = small.search(" ".join(words), sort=order)
        assert results.total_related == 0
        every = small.holding(words, len(words))
        lacking = [hit.uid not in every for hit in results.hits]
        assert lacking == sorted(lacking)


@pytest.mark.parametrize("words", [(6.0, 2.0), (1.0, 1.0, 1.0), (0.05, 9.0, 0.0), (0.0, 0.0)])
def test_what_is_wanted_can_be_held(words: tuple[float, ...]) -> None:
    weights, wanted = ranking.words_wanted(words)
    known = [weight for weight, said in zip(weights, words, strict=True) if said]
    assert 1 <= wanted <= max(1, sum(known))
    assert all(weight >= 1 for weight in weights)
    assert sum(weights) < 1 << 16


@pytest.fixture(scope="module")
def real(real_settings: Settings) -> Engine:
    return open_engine(real_settings)


OFFICIAL = {
    "femmes battues": ("violences conjugales", "violences faites aux femmes", "féminicide"),
    "profs": ("enseignants", "professeurs"),
    "SDF": ("sans-abri", "sans domicile fixe", "hébergement d'urgence"),
}

# What the acronyms and the file of synonyms would find without any feedback.
_OWN = ("sdf", "prof", "femmesbattues")


def official_beside(engine: Engine, typed: str) -> int:
    """Count the related hits that lack a typed word and hold an official one, synonyms apart."""
    asked = Search(text=typed, size=50, facets=False, without_synonyms=_OWN)
    results = engine.search(asked)
    stems = {stem_form(token.exact) for token in analyse(typed)}
    found = [got(engine, hit) for hit in results.hits if hit.related]
    return sum(
        not stems <= stems_of(question)
        and any(words in " ".join(texts_of(question).values()).lower() for words in OFFICIAL[typed])
        for question in found
    )


@pytest.mark.real_data
@pytest.mark.parametrize("typed", OFFICIAL)
def test_everyday_words_find_official_ones(real: Engine, typed: str) -> None:
    assert official_beside(real, typed) >= 5


@pytest.mark.real_data
@pytest.mark.parametrize("typed", ["profs", "SDF"])
def test_it_is_feedback_that_finds_them(
    real: Engine, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "FEEDBACK_WORDS", 0)
    assert official_beside(real, typed) == 0


def got(engine: Engine, hit: Hit) -> Question:
    reference = parse_reference(hit.uid)
    assert reference
    question = engine.get(engine.find(reference)[0])
    assert question
    return question
