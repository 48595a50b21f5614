"""What the project sets out to reach: our speed as a multiple of tantivy's, at every size."""

from typing import Final

from tests.bench import model

# Label and least ratio (their time / ours) of each shape.
SHAPE_TARGETS: Final = {
    model.RARE: ("rare term", 1.0),
    model.COMMON: ("common term", 3.0),
    model.AND3: ("AND of 3", 1.2),
    model.OR5: ("OR of 5", 2.0),
    model.PHRASE: ("phrase with stop words", 1.2),
    model.OR5_DATES: ("OR of 5 + date range", 3.0),
    model.FACETS: ("common + 2 facets", 3.0),
    model.PREFIX: ("prefix", 1.5),
    model.FUZZY: ("fuzzy", 2.0),
    model.BY_DATE: ("sort by date", 2.0),
    model.PAGE100: ("page 100", 1.0),
    model.SNIPPETS: ("OR of 5 + 10 snippets", 3.0),
    # Nobody else has it, so that nothing is to be reached.
    model.RANKING: ("our whole ranking of 5 words", 1.0),
}
# Our documents a second / theirs, by processes.
INDEXING_TARGETS: Final = {1: 2.0, 2: 3.0}
# Their megabytes / ours.
SIZE_TARGET: Final = 1.2
# Their milliseconds / ours, 100 documents added.
COMMIT_TARGET: Final = 1.0
