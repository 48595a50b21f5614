"""The bounds of a block: right, and made by the rule of the format."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from indexer.fastwhoosh.impacts import bounded, front, impacts

POSTINGS = st.lists(
    st.tuples(st.one_of(st.integers(1, 12), st.integers(200, 400)), st.integers(0, 255)),
    min_size=1,
    max_size=128,
)


def slow_front(pairs: set[tuple[int, int]]) -> list[tuple[int, int]]:
    return sorted(
        pair
        for pair in pairs
        if not any(o != pair and o[0] >= pair[0] and o[1] <= pair[1] for o in pairs)
    )


def slow_impacts(postings: list[tuple[int, int]]) -> list[tuple[int, int]]:
    pairs = slow_front({(min(tf, 255), norm) for tf, norm in postings})
    while len(pairs) > 4:
        losses = [(b[0] - a[0] + 1) * (b[1] - a[1] + 1) for a, b in pairwise(pairs)]
        at = losses.index(min(losses))
        pairs = [*pairs[:at], (pairs[at + 1][0], pairs[at][1]), *pairs[at + 2 :]]
    return pairs + [pairs[-1]] * (4 - len(pairs))


@given(POSTINGS)
def test_the_front_and_the_joining(postings: list[tuple[int, int]]) -> None:
    assert front(set(postings)) == slow_front(set(postings))
    tfs, norms = zip(*postings, strict=True)
    assert list(impacts(tfs, norms)) == slow_impacts(postings)


@given(POSTINGS)
def test_every_posting_is_bounded_and_the_extremes_are_exact(
    postings: list[tuple[int, int]],
) -> None:
    tfs, norms = zip(*postings, strict=True)
    pairs = impacts(tfs, norms)
    assert all(bounded(tf, norm, pairs) for tf, norm in postings)
    assert max(tf for tf, _ in pairs) == min(255, max(tfs))
    assert min(norm for _, norm in pairs) == min(norms)
    assert not bounded(max(tfs), min(norms) - 1, pairs)
