"""Fixtures strategy.

Three kinds of material, from cheap to dear:

* records written in the test itself, through ``make_question``: most tests;
* the sample corpus that ships with the project, indexed once a session;
* the reference documents kept beside the project (``shared_data``): real files of every format.
  Tests that need them are marked ``real_data`` and skipped where the folder is absent, unless
  ``QUESTIONS_REQUIRE_ALL_TESTS`` is set, as in continuous integration: there a skip is a failure.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from indexer.corpus import Corpus, sample_corpus
from indexer.importing import import_paths
from indexer.question import Question
from indexer.settings import Settings
from indexer.whoosh_engine import build

# A busy machine is no failure: nothing here is held to Hypothesis's fifth of a second.
settings.register_profile("project", deadline=None)
settings.load_profile("project")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def skip_or_fail(reason: str) -> None:
    """Skip the running test, or fail it where nothing may be skipped."""
    if os.environ.get("QUESTIONS_REQUIRE_ALL_TESTS"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real reference documents."""
    if not SHARED_DATA.is_dir():
        skip_or_fail("the reference documents are not beside the project")
    return SHARED_DATA


@pytest.fixture(scope="session")
def make_question() -> Callable[..., Question]:
    """Return what makes a question of the 15th legislature, with the fields that a test names."""

    def make(number: int = 1, **fields: Any) -> Question:
        return Question(**{"legislature": 15, "kind": "QE", "number": number, **fields})

    return make


@pytest.fixture(scope="session")
def sample_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings whose index holds the sample corpus. Read only."""
    folder = tmp_path_factory.mktemp("sample")
    settings = Settings(corpus=folder / "corpus", index=folder / "index")
    build(sample_corpus(), settings, is_sample=True)
    return settings


@pytest.fixture(scope="session")
def real_settings(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Settings:
    """Settings whose corpus and index hold all the reference questions. Read only."""
    folder = tmp_path_factory.mktemp("real")
    settings = Settings(corpus=folder / "corpus", index=folder / "index")
    import_paths([shared_data / "questions.jsonl.gz", shared_data / "formats"], settings)
    build(Corpus(settings.corpus / "questions"), settings)
    return settings
