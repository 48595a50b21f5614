"""Generated documents are documents: their forms are those of their text, their words grow."""

import json
import random
from pathlib import Path

import pytest

from indexer.french.analysis import analyse
from tests.bench.corpus import Corpus
from tests.bench.generating import Generator, WordMaker, document_of
from tests.bench.heaps import Growth, fit
from tests.bench.making import Recipe, corpus_of
from tests.bench.model import GUARD, words_of
from tests.bench.reading import RealDocument, paragraph

TEXTS = (
    "L'amendement vise à supprimer l'article 3 de la proposition de loi.",
    "Près de 30 000 micro-entreprises d'outre-mer sont concernées, dit-on.",
    "Le Gouvernement s'est-il engagé ? Le C.N.R.S. rendra 1 200",
    "Œuvrer pour la santé publique des départements ruraux et des communes",
)


def real_documents(count: int) -> list[RealDocument]:
    rng = random.Random(7)
    vocabulary = [word for text in TEXTS for word in text.split()]
    documents = []
    for _ in range(count):
        texts = [rng.choice(TEXTS), " ".join(rng.choices(vocabulary, k=rng.randint(1, 20)))]
        paragraphs = tuple(paragraph(text) for text in texts)
        documents.append(RealDocument(paragraphs, 730_000, "A", "B", "C"))
    return documents


def grown(real: list[RealDocument]) -> Growth:
    growth = Growth()
    for number, document in enumerate(real):
        growth.add(words_of(document_of(number, document)))
    return growth


def test_the_forms_of_a_document_are_those_of_its_text() -> None:
    real = real_documents(40)
    documents = [document_of(number, each) for number, each in enumerate(real)]
    documents += Generator(real, grown(real), seed=3).documents(40, 200)
    for document in documents:
        tokens = analyse(document.text)
        words, _, compounds = document.exact.partition(f" {GUARD} ")
        assert document.stems.split() == [t.stem for t in tokens if t.stem is not None]
        assert words.split() == [t.exact for t in tokens if not t.compound]
        assert compounds.split() == [t.exact for t in tokens if t.compound]


def test_generated_documents_are_numbered_and_the_same_each_time() -> None:
    real = real_documents(20)
    once, again = (list(Generator(real, grown(real), seed=3).documents(20, 30)) for _ in range(2))
    assert once == again
    assert [document.number for document in once] == list(range(20, 50))


def test_a_made_word_is_new() -> None:
    vocabulary = {word.lower() for text in TEXTS for word in text.split()}
    maker = WordMaker(vocabulary, random.Random(1))
    words = [maker.word() for _ in range(200)]
    assert len(set(words)) == len(words)
    assert vocabulary.isdisjoint(words)


def test_the_law_is_found_again() -> None:
    points = [(n, 12.5 * n**0.61) for n in (100, 1_000, 10_000, 100_000)]
    law = fit(points)
    assert (law.k, law.beta, law.error) == pytest.approx((12.5, 0.61, 0.0))
    assert law.vocabulary(1_000_000) == pytest.approx(12.5 * 1_000_000**0.61)


@pytest.mark.real_data
def test_the_vocabulary_keeps_growing_as_it_did(shared_data: Path, tmp_path: Path) -> None:
    corpus = corpus_of(Recipe(shared_data, docs=400, most_real=100, seed=1), tmp_path)
    facts, documents = corpus.facts, list(corpus.documents())
    k, beta, _ = facts.heaps
    assert (facts.documents, facts.real, len(documents)) == (400, 100, 400)
    assert facts.words == pytest.approx(k * facts.tokens**beta, rel=0.15)
    assert sum(len(words_of(document)) for document in documents) == facts.tokens
    assert len({word for document in documents for word in words_of(document)}) == facts.words


@pytest.mark.real_data
def test_a_corpus_is_made_once(shared_data: Path, tmp_path: Path) -> None:
    recipe = Recipe(shared_data, docs=20, most_real=12, seed=1)
    folder = corpus_of(recipe, tmp_path).folder
    marked = json.loads((folder / "facts.json").read_text("utf-8")) | {"text_mb": -1.0}
    (folder / "facts.json").write_text(json.dumps(marked), "utf-8")
    assert corpus_of(recipe, tmp_path).facts.text_mb == -1.0
    assert len(list(Corpus(folder).documents(5))) == 5
