"""Index and search French parliamentary questions; knows no HTTP.

The way of the data: ``sources`` parse files into :class:`~indexer.question.Question` records,
``corpus`` merges them into the source of truth, ``french`` analyses their text,
``whoosh_engine`` writes and searches the index behind the protocol of ``search.engine``.
"""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("questions-parlementaires")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0+unknown"

__all__ = ["__version__"]
