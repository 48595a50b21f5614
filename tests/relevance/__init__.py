"""How well the search ranks: judged queries, and the same documents in other engines.

``python -m tests.relevance`` builds the indexes, asks the queries of each set and prints nDCG@10,
P@10, R@50 and MRR of ours and of its peers. See README.md beside this file.
"""
