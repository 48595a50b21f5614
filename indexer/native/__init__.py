"""The optional extension: what plain Python is too slow for, compiled once.

``kernel`` is the compiled module, or None where it was not built or ``QUESTIONS_PURE_PYTHON`` is
set; each room that uses it has a reading of its own in Python, which gives the same results.
``why_not`` says in French why there is none.
"""

import os
from types import ModuleType
from typing import Final

kernel: ModuleType | None
why_not: str | None

if os.environ.get("QUESTIONS_PURE_PYTHON"):
    kernel, why_not = None, "QUESTIONS_PURE_PYTHON est défini"
else:
    try:
        from indexer.native import _kernel
    except ImportError as error:
        kernel, why_not = None, f"extension non compilée ({error})"
    else:
        kernel, why_not = _kernel, None

COMPILED: Final = kernel is not None
