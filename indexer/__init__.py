"""Index and search French parliamentary questions; knows no HTTP.

The way of the data: ``sources`` parse files into :class:`~indexer.question.Question` records,
``corpus`` merges them into the source of truth, ``french`` analyses their text,
``whoosh_engine`` writes and searches the index behind the protocol of ``search.engine``.
"""

__all__ = ["__version__"]


def __getattr__(name: str) -> str:
    """Return the version, found when it is asked for: its tools take 0.02 s to load."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  # start-up cost

    try:
        return version("questions-parlementaires")
    except PackageNotFoundError:  # a checkout that was never installed
        return "0+unknown"
