"""How French text becomes words: one specification, read by the index and by the queries.

``specification`` holds the word lists and their digest, ``stemmer`` the light stemmer, and
``analysis`` turns a text into tokens that point into it.
"""
