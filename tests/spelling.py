"""How often the engine sees through a misspelling: ``python -m tests.spelling``.

A thousand queries are made of real titles, and one word of each is misspelt as people do: a slip
of the fingers (a letter dropped, doubled, swapped with the next, or the key beside it), an error
of spelling (what sounds the same), a space forgotten or put in, accents forgotten besides. The
rules of the errors are written here anew, so that the engine is not judged by its own.

Told are how many queries are suggested back as they were, or in other words that find the very
same; how many are suggested otherwise, or not at all; and, of the thousand correct queries, how
many are met with a suggestion (false alarms), with what each costs in time of the processor.

The index and the corpus are those of the settings; the figures of ``README.md`` are those of the
2,758 reference questions, with the seed that is the default.
"""

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from statistics import median

from indexer.corpus import Corpus
from indexer.french.analysis import analyse, fold, stem_form
from indexer.search.advice import Correction
from indexer.search.engine import Engine
from indexer.search.request import Search
from indexer.settings import Settings
from indexer.whoosh_engine import open_engine

KEYS = ("azertyuiop", "qsdfghjklm", "wxcvbn")
SOUNDS = (
    ("ph", "f"), ("eau", "o"), ("au", "o"), ("qu", "k"), ("ss", "c"), ("ç", "ss"), ("ce", "se"),
    ("ci", "si"), ("tion", "sion"), ("tion", "ssion"), ("y", "i"), ("i", "y"), ("en", "an"),
    ("an", "en"), ("em", "am"), ("ai", "é"), ("é", "er"), ("er", "é"), ("th", "t"), ("h", ""),
    ("ge", "je"), ("z", "s"), ("x", "cs"), ("c", "k"), ("ain", "in"), ("in", "ain"), ("oi", "oua"),
    ("ill", "y"), ("gu", "g"), ("eu", "oe"), ("f", "ph"), ("mm", "m"), ("nn", "n"), ("ll", "l"),
    ("tt", "t"), ("pp", "p"), ("rr", "r"), ("ff", "f"), ("n", "nn"), ("l", "ll"), ("t", "tt"),
    ("m", "mm"), ("r", "rr"), ("p", "pp"),
)  # fmt: skip
ACCENTS_FORGOTTEN = 0.35
SHORTEST = 4
MOST_WORDS = 6


def queries(titles: Iterable[str], rng: random.Random, wanted: int) -> list[str]:
    """Cut queries of one to six words out of titles, in lower case."""
    found: list[str] = []
    known = sorted({title for title in titles if title})
    while len(found) < wanted:
        words = [
            word for word in rng.choice(known).lower().split() if word.strip(".,;:«»\"'()?-–!")
        ]
        words = [word.strip('.,;:«»"()?–!') for word in words]
        start = rng.randrange(len(words) or 1)
        query = " ".join(words[start : start + rng.randint(1, MOST_WORDS)])
        if any(can_be_misspelt(word) for word in query.split()) and not set('"«»():*?~') & set(
            query
        ):
            found.append(query)
    return found


def can_be_misspelt(word: str) -> bool:
    return word.isalpha() and len(word) >= SHORTEST and stem_form(word) is not None


def misspelt(query: str, rng: random.Random) -> tuple[str, str]:
    """Return a query with one error that changes what is searched, and the kind of the error."""
    while True:
        kind, make = rng.choices(*zip(*ERRORS, strict=True), k=1)[0]
        typed = make(query, rng)
        if stems(typed) != stems(query):
            return (fold(typed) if rng.random() < ACCENTS_FORGOTTEN else typed), kind


def stems(text: str) -> list[str]:
    return [token.stem for token in analyse(text) if token.stem]


def in_a_word(change: Callable[[str, random.Random], str]) -> Callable[[str, random.Random], str]:
    def apply(query: str, rng: random.Random) -> str:
        words = query.split(" ")
        place = rng.choice([at for at, word in enumerate(words) if can_be_misspelt(word)])
        words[place] = change(words[place], rng)
        return " ".join(words)

    return apply


def dropped(word: str, rng: random.Random) -> str:
    place = rng.randrange(1, len(word))
    return word[:place] + word[place + 1 :]


def doubled(word: str, rng: random.Random) -> str:
    place = rng.randrange(1, len(word))
    return word[:place] + word[place] + word[place:]


def swapped(word: str, rng: random.Random) -> str:
    place = rng.randrange(len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def beside(word: str, rng: random.Random) -> str:
    """Replace a letter by that of the key beside it."""
    place = rng.randrange(len(word))
    row = next((row for row in KEYS if word[place] in row), word[place])
    at = row.index(word[place])
    near = [row[i] for i in (at - 1, at + 1) if 0 <= i < len(row)]
    return word[:place] + rng.choice(near or [""]) + word[place + 1 :]


def sounding(word: str, rng: random.Random) -> str:
    known = [rule for rule in SOUNDS if rule[0] in word]
    if not known:
        return doubled(word, rng)
    old, new = rng.choice(known)
    place = rng.choice([at for at in range(len(word)) if word.startswith(old, at)])
    return word[:place] + new + word[place + len(old) :]


def cut(word: str, rng: random.Random) -> str:
    if len(word) < 7:
        return word
    place = rng.randrange(3, len(word) - 3)
    return f"{word[:place]} {word[place:]}"


def run_together(query: str, rng: random.Random) -> str:
    places = [at for at, char in enumerate(query) if char == " "]
    if not places:
        return query
    place = rng.choice(places)
    return query[:place] + query[place + 1 :]


ERRORS: tuple[tuple[tuple[str, Callable[[str, random.Random], str]], int], ...] = (
    (("dropped", in_a_word(dropped)), 14),
    (("doubled", in_a_word(doubled)), 8),
    (("swapped", in_a_word(swapped)), 12),
    (("key beside", in_a_word(beside)), 11),
    (("sounding", in_a_word(sounding)), 40),
    (("run together", run_together), 8),
    (("cut", in_a_word(cut)), 7),
)


@dataclass
class Tally:
    """What became of the queries: ``outcomes`` by kind of error, cases worth reading, times."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    cases: list[tuple[str, str, str, str]] = field(default_factory=list)
    alarms: list[tuple[str, str]] = field(default_factory=list)
    microseconds: list[float] = field(default_factory=list)

    def total(self, *outcomes: str) -> int:
        return sum(count for (_, outcome), count in self.outcomes.items() if outcome in outcomes)


def suggested(engine: Engine, query: str, times: list[float]) -> Correction | None:
    started = time.process_time()
    results = engine.search(Search(text=query, facets=False, size=1))
    times.append((time.process_time() - started) * 1e6)
    return results.suggestion


def outcome(original: str, given: Correction | None) -> str:
    """Judge a suggestion: words that it leaves alone may lack their accents."""
    if given is None:
        return "none"
    text = given.search.text
    new = [word for piece in given.stretches if piece.is_new for word in piece.text.split()]
    if fold(text) == fold(original):
        return "right" if all(word in original for word in new) else "same"
    return "same" if stems(fold(text)) == stems(fold(original)) else "wrong"


def measured(engine: Engine, originals: list[str], seed: int) -> Tally:
    """Ask for each query as it is, and misspelt."""
    rng = random.Random(seed)
    tally = Tally()
    for original in originals:
        alarm = suggested(engine, original, tally.microseconds)
        if alarm is not None:
            tally.alarms.append((original, alarm.search.text))
        typed, kind = misspelt(original, rng)
        given = suggested(engine, typed, tally.microseconds)
        found = outcome(original, given)
        tally.outcomes[kind, found] += 1
        if found in ("wrong", "none"):
            tally.cases.append((found, original, typed, given.search.text if given else ""))
    return tally


def report(tally: Tally, asked: int) -> Iterator[str]:
    yield f"{'error':14}{'right':>8}{'same':>8}{'wrong':>8}{'none':>8}"
    for kind in dict.fromkeys(kind for (kind, _), _ in ERRORS):
        row = [tally.outcomes[kind, each] for each in ("right", "same", "wrong", "none")]
        yield f"{kind:14}" + "".join(f"{count:8}" for count in row)
    seen = tally.total("right", "same")
    yield f"{asked} misspelt: {seen / asked:.1%} seen through, {tally.total('right') / asked:.1%} "
    yield f"to the letter; {tally.total('wrong') / asked:.1%} suggested otherwise"
    yield f"{asked} correct: {len(tally.alarms) / asked:.2%} false alarms"
    spent = sorted(tally.microseconds)
    yield f"whole search: median {median(spent):.0f} µs, p95 {spent[len(spent) * 95 // 100]:.0f} µs"


def main() -> None:
    """Measure the index of the settings."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=47)
    parser.add_argument("--cases", action="store_true", help="print what went wrong")
    asked = parser.parse_args()
    settings = Settings.from_environment()
    corpus = Corpus(settings.corpus / "questions")
    titles = [question.title or "" for question in corpus.questions()]
    originals = queries(titles, random.Random(asked.seed), asked.queries)
    tally = measured(open_engine(settings), originals, asked.seed)
    for line in report(tally, len(originals)):
        print(line)  # noqa: T201  # its output
    if asked.cases:
        for case in (*sorted(tally.cases), *tally.alarms):
            print(*case, sep=" | ")  # noqa: T201  # its output


if __name__ == "__main__":
    main()
