"""What a page says about the words of its hits."""

from indexer.search.holdings import Missing, variant_forms
from indexer.search.marker import Marker


def test_a_word_is_missing_where_no_form_of_it_stands() -> None:
    texts = ("La loi du 3 mai", "", "les êtres humains")
    assert Missing(("lois", "décret", "être", "des", "3")).of(texts) == ("décret", "des")
    assert Missing(()).of(texts) == ()
    assert Missing(("loi",)).of(()) == ("loi",)


def test_forms_are_counted_by_stem_in_the_order_of_the_texts() -> None:
    marker = Marker(stems=frozenset({"loi", "loup"}))
    forms = variant_forms(("Lois, loi et loups", "la Loi"), marker)
    assert {stem: dict(counts) for stem, counts in forms.items()} == {
        "loi": {"lois": 1, "loi": 2},
        "loup": {"loups": 1},
    }
    assert list(forms["loi"]) == ["lois", "loi"]
    assert variant_forms(("loi",), Marker()) == {}
