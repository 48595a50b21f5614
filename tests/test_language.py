"""What a person types, and what is understood of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.search.language import parse
from indexer.search.tree import All, Any, Compound, Filtered, Not, Period, Phrase, Word
from indexer.search.wording import describe


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("traite des êtres humains", "traite ET êtres ET humains"),
        ("TRAITE DES ÊTRES HUMAINS", "traite ET êtres ET humains"),
        ('"traite des êtres humains"', '"traite des êtres humains"'),
        ("« traite des êtres » loup", '"traite des êtres" ET loup'),
        ("“a b”", '"a b"'),
        ('"traite"', '"traite"'),
        ('"accès soins"~10', '"accès soins"~10'),
        ("loup -chasse", "loup SAUF chasse"),
        ("loup SAUF chasse", "loup SAUF chasse"),
        ("loup NOT chasse", "loup SAUF chasse"),
        ("loup OU ours ET brebis", "loup OU (ours ET brebis)"),
        ("(loup OU ours) brebis", "(loup OU ours) ET brebis"),
        ("énerg* m?t", "énerg* ET m?t"),
        ("medcin~ medcin~2", "medcin~1 ET medcin~2"),
        ("auteur:anato loup", "auteur:anato ET loup"),
        ('ministere:"intérieur et outre-mer"', 'ministere:"intérieur et outre-mer"'),
        ("type:qe statut:répondue", "type:QE ET statut:repondue"),
        ("titre:(loup OU ours)", "titre:loup OU titre:ours"),
        ("réponse:loup", "reponse:loup"),
        ("du:2019 au:03/2020", "du:2019 ET au:2020-03"),
        ("n° 24 191", "24191"),
        ("micro-entreprise", "micro-entreprise"),
        ("Quelle loi sur le loup ?", "loi ET loup"),
        ("Que fait-on du loup?", "fait-on ET loup"),
        ("foo:bar 19:30", "foo ET bar ET 19 ET 30"),
        ("des les", '"des" ET "les"'),
        ("des -loup", '"des" SAUF loup'),
        ("loup (((", "loup"),
        (")( loup", "loup"),
        ('loup "ours', 'loup ET "ours"'),
        ("OU ET - * ? ~ \" ' ( )", ""),
        ("", ""),
    ],
)
def test_understood(typed: str, understood: str) -> None:
    assert describe(parse(typed).tree) == understood


def test_the_tree_of_each_form() -> None:
    query = parse('loup "le loup" micro-entreprise -a* auteur:x question:ours du:2019')
    assert isinstance(query.tree, All)
    kinds = [type(child) for child in query.tree.children]
    assert kinds == [Word, Phrase, Compound, Not, Filtered, Word, Period]


def test_stop_words_are_ignored_and_said_so_but_keep_their_place_in_the_phrase() -> None:
    query = parse("traite des êtres humains")
    assert query.ignored == ("des",)
    assert query.plain == ("traite", "des", "êtres", "humains")


def test_alternatives_are_no_phrase() -> None:
    assert parse("loup OU ours").plain == ()
    assert isinstance(parse("loup OU ours").tree, Any)


@pytest.mark.parametrize("typed", ['"ouvert', "du:demain loup", "type:XX loup"])
def test_what_is_read_otherwise_than_it_stands_is_told(typed: str) -> None:
    assert parse(typed).notices


PIECES = st.sampled_from(
    ["loup", "des", "-", "(", ")", '"', "«", "»", "OU", "ET", "SAUF", "auteur:", "titre:", "du:",
     "2019", "*", "?", "~", "~2", "'", "’", "24 191", "micro-entreprise", "C.G.T.", " ", ":", "é",
     "\x00", "\ud800", "\u202f", "🐺"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=25).map(" ".join),
                 st.lists(PIECES, max_size=25).map("".join)))  # fmt: skip
def test_nothing_typed_is_an_error_and_what_is_shown_reads_the_same(typed: str) -> None:
    tree = parse(typed).tree
    assert parse(describe(tree)).tree == parse(describe(parse(describe(tree)).tree)).tree


def test_deep_brackets_end() -> None:
    assert describe(parse("(" * 5_000 + "loup" + ")" * 5_000).tree) == "loup"
    assert describe(parse("(" * 10 + "loup").tree) == "loup"
    assert describe(parse("-" * 5_000 + "loup").tree) in ("", "loup")
