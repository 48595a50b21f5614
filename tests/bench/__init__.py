"""The same corpus and the same queries in several search engines, timed in one run.

``python -m tests.bench --docs 50000`` builds the indexes, checks that the engines count the same
hits, and prints what each query shape costs. See README.md beside this file.
"""
