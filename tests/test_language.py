"""What a person types, and what is understood of it."""

import pytest
from hypothesis import given, settings
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
        ("Que fait-on du loup?", "fait ET loup"),
        ("rendez-vous médicaux", "rendez-vous ET médicaux"),
        ("foo:bar 19:30", "foo ET bar ET 19 ET 30"),
        ("des les", '"des" ET "les"'),
        ("des -loup", '"des" SAUF loup'),
        ("loup (((", "loup"),
        (")( loup", "loup"),
        ('loup "ours', 'loup ET "ours"'),
        ("loup OR ours AND brebis", "loup OU (ours ET brebis)"),
        ("loup SAUF (chien OU chat)", "loup SAUF (chien OU chat)"),
        ("=élus", '"élus"'),
        ("=(élus OU loups) =micro-entreprise", '("élus" OU "loups") ET "micro entreprise"'),
        ("(accès aux soins)~5", "(accès ET aux ET soins)~5"),
        ("titre:(accès soins)~5", "titre:(accès ET soins)~5"),
        ("l'énerg* aujourd'h*", "énerg* ET aujourd'h*"),
        ("micro-entr*", "microentr*"),
        ("loup ET ours ET m?", "loup ET ours ET m?"),
        ("le loup gris?", "loup ET gris"),
        ("micro-entreprise~ mot~0", 'microentreprise~1 ET "mot"'),
        ("http://www.x.fr/a?b=c", "http ET www ET x ET fr ET a ET b ET c"),
        ("ministere:(santé OU travail)", "ministere:santé OU ministere:travail"),
        ("ministere:(affaires étrangères)", 'ministere:"affaires étrangères"'),
        ("-type:QG loup", "SAUF type:QG ET loup"),
        ("type:-QG", "SAUF type:QG"),
        ("auteur:saint-jus*", "auteur:saint-jus"),
        ("législature:15e type:écrite chambre:sénat", "legislature:15 ET type:QE ET chambre:SENAT"),
        ("date:2018..2019", "date:2018..2019"),
        ("date:03/2019 reponse_date:>2019", "date:2019-03 ET reponse_du:2020"),
        ('du:"depuis mars 2019" au:"5 novembre 2019"', "du:2019-03 ET au:2019-11-05"),
        ("delai:>60 delai:30..90", "delai:>=61 ET delai:30..90"),
        ('delai:"moins de 30 jours" -delai:0', "delai:<=29 SAUF delai:0"),
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


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ('"ouvert', "Guillemet non fermé"),
        ("(loup", "Parenthèse non fermée"),
        ("loup)", "Parenthèse fermée sans être ouverte"),
        ("loup OU", "« OU » attend quelque chose de chaque côté"),
        ("loup SAUF", "« SAUF » sans rien après"),
        ("titre:OU loup", "« titre: » sans rien après"),
        ("du:demain loup", "une date AAAA-MM-JJ"),
        ("du:avant loup", "Ce filtre est ignoré"),
        ("delai:long loup", "un nombre de jours"),
        ("type:XX loup", "valeurs possibles : QE, QG"),
        ('auteur:"" loup', "« auteur: » est sans valeur"),
        ("titre: loup", "la valeur suit sans espace"),
        ("auteurs:dupont", "« auteurs » n'est pas un filtre : lu comme un mot ; vouliez-vous dire"),
        ("foo:bar", "« foo » n'est pas un filtre"),
        ("loup || ours", "écrivez OU"),
        ("loup~3", "à 2 fautes près au plus"),
        ('"a b"~99', "au plus 50 mots"),
        ("(a micro-b)~5", "~5 ne vaut que pour des mots simples"),
        ("type:QE type:QG", "type:(QE OU QG)"),
        ("*", "Rien de ce qui est écrit ne peut être cherché"),
        ("(" * 40 + "loup" + ")" * 40, "les parenthèses sont ignorées"),
    ],
)
def test_what_is_read_otherwise_than_it_stands_is_told(typed: str, told: str) -> None:
    assert any(told in notice for notice in parse(typed).notices)


@pytest.mark.parametrize(
    "typed",
    ["Que fait-on du loup ?", "Au loup !", "Le loup : bilan", "loup ; ours", "« loup » ?",
     "l'ours…", "49.3", "19:30", "100 % loup", "loup/ours", "a+b", "M. Dupont", "https://www.x.fr/a?b=c"],
)  # fmt: skip
def test_what_people_write_is_no_mistake(typed: str) -> None:
    assert parse(typed).notices == ()


def test_a_text_of_mistakes_is_told_a_few() -> None:
    typed = " ".join(f"champ{letter}:x" for letter in "abcdefghijklmnopqrstuvwxyz")
    assert len(parse(typed).notices) == 8


def test_exact_forms_are_those_of_every_word_and_leave_patterns_alone() -> None:
    query = parse("les élus (loup OU micro-entreprise) vaccin* auteur:x", exact=True)
    assert describe(query.tree) == (
        '"élus" ET ("loup" OU "micro entreprise") ET vaccin* ET auteur:x'
    )
    assert query.ignored == ("les",)


PIECES = st.sampled_from(
    ["loup", "des", "-", "(", ")", '"', "«", "»", "“", "OU", "ET", "SAUF", "auteur:", "titre:",
     "du:", "date:", "delai:", "type:", "statut:att", "qe", "2019", "..", ">60", "*", "?", "~",
     "~2", "~5", "=", "'", "’", "24 191", "24", "191", "micro-entreprise", "C.G.T.", "d'l'eau",
     "l'", "n°", "a.b.c", "1.234", "1.5,3", "-2", "\u2011", "ʼ", " ", ":", "é", "\x00", "\ud800",
     "\u202f", "🐺", "İ", "ß", "Σ", "œ", "²", "١", "a" * 70, "\u0301", "_"]
)  # fmt: skip
TYPED = st.one_of(
    st.text(max_size=80),
    st.lists(PIECES, max_size=25).map(" ".join),
    st.lists(PIECES, max_size=25).map("".join),
)


@settings(max_examples=600, deadline=None)
@given(TYPED, st.booleans())
def test_what_is_shown_reads_as_the_same_tree(typed: str, exact: bool) -> None:
    tree = parse(typed, exact=exact).tree
    shown = describe(tree)
    assert parse(shown).tree == tree
    assert describe(parse(shown).tree) == shown


@settings(deadline=None)
@given(TYPED)
def test_nothing_asked_is_always_said_so(typed: str) -> None:
    query = parse(typed)
    assert query.tree is not None or query.notices or not typed.strip()


def test_deep_brackets_end() -> None:
    assert describe(parse("(" * 5_000 + "loup" + ")" * 5_000).tree) == "loup"
    assert describe(parse("(" * 10 + "loup").tree) == "loup"
    assert describe(parse("-" * 5_000 + "loup").tree) in ("", "loup")


@pytest.mark.parametrize(
    ("text", "words", "ignored"),
    [
        ("Peut-on payer moins d'impôts ?", {"payer", "moins", "impôts"}, {"peut", "on"}),
        ("quand un parent vit en EHPAD", {"parent", "vit", "ehpad"}, {"quand", "un", "en"}),
        ("Y a-t-il des loups dans le Jura", {"loups", "jura"}, {"y", "il", "des", "dans", "le"}),
        ("comment taire", {"comment", "taire"}, set()),
    ],
)
def test_what_makes_a_sentence_a_question_is_left_out(
    text: str, words: set[str], ignored: set[str]
) -> None:
    query = parse(text)
    assert isinstance(query.tree, All)
    assert {child.text for child in query.tree.children if isinstance(child, Word)} == words
    assert set(query.ignored) == ignored
