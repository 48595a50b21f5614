"""What a page shows of the questions that a search found: each hit, and the forms of its words."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from indexer.french.analysis import stem_form
from indexer.question import Question
from indexer.search.holdings import Lacking, variant_forms
from indexer.search.passages import mark, passages
from indexer.search.results import Hit
from indexer.search.tree import Compound, Phrase, Query, Word, wanted_leaves
from indexer.whoosh_engine.finding import Found
from indexer.whoosh_engine.neighbours import reminded
from indexer.whoosh_engine.schema import shown_title, texts_of
from indexer.whoosh_engine.snapshot import Snapshot
from indexer.whoosh_engine.translation import Translation

_MAX_VARIANTS: Final = 8


class Page:
    """The questions of one page.

    Args:
        snapshot: where they were found.
        found: they, and what is known of them.
        translation: of the text that found them.
    """

    def __init__(self, snapshot: Snapshot, found: Found, translation: Translation) -> None:
        self._snapshot = snapshot
        self._found = found
        self._translation = translation
        self._records = [snapshot.shown(number) for _, number in found.hits]
        self._texts = [tuple(texts_of(record).values()) for record in self._records]

    def hits(self) -> tuple[Hit, ...]:
        """Return what is shown of each question, in order."""
        lacking = Lacking(self._translation.words)
        return tuple(
            [
                self._hit(place, record, lacking.of(texts))
                for place, (record, texts) in enumerate(
                    zip(self._records, self._texts, strict=True)
                )
            ]
        )

    def _hit(self, place: int, record: Question, missing: tuple[str, ...]) -> Hit:
        found, marker = self._found, self._translation.marker
        score, number = found.hits[place]
        return Hit(
            uid=record.uid,
            chamber=record.chamber,
            kind=record.kind,
            legislature=record.legislature,
            number=record.number,
            author=record.author_label,
            group=record.group_name or record.group,
            ministry_asked=record.ministry,
            ministry_answering=record.ministry_answering,
            date_asked=record.date_question,
            date_answered=record.date_answer,
            status=record.status,
            delay_days=record.delay_days,
            title=mark(shown_title(record), marker),
            score=score,
            source_url=record.official_url,
            question=passages(record.question_text, (), marker),
            answer=passages(record.answer_text, record.answer_turns, marker),
            missing=missing,
            others=found.others[place],
            recalled=reminded(self._snapshot, record),
            related=number in found.related,
            wordless=number in found.wordless,
        )

    def variants(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return the other forms that stand for each word in the questions of the page.

        A pattern or a misspelt word stands for the commonest of the words that it means.
        """
        translation = self._translation
        texts = [text for texts in self._texts for text in texts]
        forms = variant_forms(texts, translation.marker)
        found = []
        for word in dict.fromkeys(_stemmed_words(translation.query)):
            others = Counter(forms.get(stem_form(word) or "", {}))
            names = tuple(form for form, _ in others.most_common(_MAX_VARIANTS + 1) if form != word)
            if names:
                found.append((word, names[:_MAX_VARIANTS]))
        found += [(word, names[:_MAX_VARIANTS]) for word, names in translation.expansions]
        return tuple(found)


def _stemmed_words(query: Query) -> Iterator[str]:
    for leaf in wanted_leaves(query.tree):
        if isinstance(leaf, Word) and leaf.form == "variants":
            yield leaf.text
        elif isinstance(leaf, Phrase) and leaf.form == "variants":
            yield from leaf.words
        elif isinstance(leaf, Compound):
            yield from leaf.parts
