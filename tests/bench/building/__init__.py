"""How long a whole index takes: ``questions index --full`` beside a script that fills tantivy.

``python -m tests.bench.building``; README.md beside this folder says what is compared.
"""
