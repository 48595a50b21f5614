"""The command: ``python -m tests.bench.typed``: what a whole search costs, by kind of typed text.

Queries of every kind are drawn, seeded, from the titles and texts of a corpus of questions; each is
answered once by the engine as the site asks it, with its passages, facets and families, after a
warm-up on others. It prints the median and the 95th percentile of each kind, in milliseconds of
processor time: a search runs in one thread, and what else the machine does must not count.
"""

import random
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import click

from indexer.corpus import Corpus
from indexer.french.specification import specification
from indexer.importing import import_paths
from indexer.question import Question
from indexer.search.request import Search
from indexer.settings import Settings
from indexer.whoosh_engine import build
from indexer.whoosh_engine.engine import WhooshEngine

_WORD: Final = re.compile(r"[a-zàâçéèêëîïôùûü]{4,}", re.IGNORECASE)
_SENTENCE: Final = "Quelles sont les mesures prises pour {} ?"
_FILE: Final = click.Path(exists=True, path_type=Path)
Draw = Callable[[random.Random, Question], str]


def _words(text: str) -> list[str]:
    stops = specification().stop_words
    return [word for word in _WORD.findall(text) if word.lower() not in stops]


def _some(rng: random.Random, question: Question, count: int) -> list[str]:
    words = _words(f"{question.title or ''} {question.question_text} {question.answer_text}")
    return rng.sample(words, count) if len(words) >= count else words


def _title(_: random.Random, question: Question) -> str:
    return question.title or question.question_text[:60]


def _run(rng: random.Random, question: Question) -> str:
    words = (question.question_text or question.answer_text).split()
    start = rng.randrange(max(1, len(words) - 4))
    return " ".join(words[start : start + 4]).replace('"', " ")


def _misspelt(rng: random.Random, question: Question) -> str:
    word = (_some(rng, question, 1) or ["loi"])[0]
    place = rng.randrange(len(word))
    return f"{word[:place]}{word[place + 1 :]}~"


KINDS: Final[Mapping[str, Draw]] = {
    "one word": lambda rng, q: " ".join(_some(rng, q, 1)),
    "two words": lambda rng, q: " ".join(_some(rng, q, 2)),
    "four words": lambda rng, q: " ".join(_some(rng, q, 4)),
    "title": _title,
    "sentence": lambda rng, q: _SENTENCE.format(" ".join(_some(rng, q, 3)).lower()),
    "quotes": lambda rng, q: f'"{_run(rng, q)}"',
    "words and quotes": lambda rng, q: f'{" ".join(_some(rng, q, 1))} "{_run(rng, q)}"',
    "beginning": lambda rng, q: f"{(_some(rng, q, 1) or ['loi'])[0][:4]}*",
    "misspelt": _misspelt,
    "alternatives": lambda rng, q: " OU ".join(_some(rng, q, 2)),
    "exclusion": lambda rng, q: " -".join(_some(rng, q, 2)),
    "filter": lambda rng, q: f"type:{q.kind} {' '.join(_some(rng, q, 2))}",
    "number": lambda _, q: str(q.number),
    "nothing": lambda _, __: "",
}


def typed(questions: Sequence[Question], kind: str, count: int, seed: int) -> Iterator[str]:
    """Yield so many typed texts of a kind, the same for the same seed."""
    rng = random.Random(f"{seed}:{kind}")
    for _ in range(count):
        yield KINDS[kind](rng, rng.choice(questions))


def milliseconds(engine: WhooshEngine, texts: Sequence[str]) -> list[float]:
    """Return what each search takes of the processor, in ascending order."""
    times = []
    for text in texts:
        start = time.process_time()
        engine.search(Search(text=text, grouped=True))
        times.append((time.process_time() - start) * 1000)
    return sorted(times)


def table(engine: WhooshEngine, questions: Sequence[Question], count: int, seed: int) -> str:
    """Return the table of a corpus: a line a kind, then one of all together."""
    milliseconds(engine, [text for kind in KINDS for text in typed(questions, kind, 3, seed + 1)])
    lines = [f"{'kind':<18}{'queries':>8}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}"]
    together: list[float] = []
    for kind in KINDS:
        times = milliseconds(engine, list(typed(questions, kind, count, seed)))
        together += times
        lines.append(_line(kind, times))
    return "\n".join([*lines, _line("all", sorted(together))])


def _line(name: str, times: Sequence[float]) -> str:
    middle, high = (times[int(share * (len(times) - 1))] for share in (0.5, 0.95))
    return f"{name:<18}{len(times):>8}{middle:>9.2f}{high:>9.2f}{times[-1]:>9.2f}"


@click.command()
@click.argument("sources", nargs=-1, type=_FILE)
@click.option("--index", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--corpus", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--queries", type=click.IntRange(min=1), default=100, help="Queries a kind.")
@click.option("--seed", type=int, default=1, show_default=True)
def main(
    sources: tuple[Path, ...], index: Path | None, corpus: Path | None, queries: int, seed: int
) -> None:
    """Time searches over the questions of SOURCES, or of a corpus and its index that are there."""
    with tempfile.TemporaryDirectory(prefix="typed-") as temporary:
        folder = Path(temporary)
        settings = Settings(corpus=corpus or folder / "corpus", index=index or folder / "index")
        if sources:
            import_paths(list(sources), settings)
        questions = list(Corpus(settings.corpus / "questions").questions())
        if not questions:
            raise click.ClickException("there are no questions: name sources, or a corpus")
        if index is None:
            build(Corpus(settings.corpus / "questions"), settings)
        click.echo(f"{len(questions)} questions")
        click.echo(table(WhooshEngine(settings), questions, queries, seed))


if __name__ == "__main__":
    main()
