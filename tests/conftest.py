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

from indexer.question import Question

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
