"""How French text becomes words: one specification, read by the index and by the queries.

``specification`` holds the word lists and their digest, ``stemmer`` the light stemmer, ``forms``
the two forms of a word, ``cutting`` the rules in plain Python and ``lexicon`` their native reading;
``analysis`` turns a text into tokens that point into it.
"""
