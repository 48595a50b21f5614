"""Every error that the project raises on purpose.

::

    QuestionsError                 exit code 1; message in French, for users
    ├── UsageError                 exit code 2; the caller asked for something that cannot be
    │   ├── BadParameter           a value is wrong: names the parameter and the valid values
    │   └── UnknownQuestion        no such question, or several fit
    ├── SourceError                a file or record cannot be read as questions
    │   ├── UnknownFormat          no source recognises the file
    │   ├── BadRecord              one record is unusable; the rest of its file goes on
    │   ├── UnsafeArchive          a zip that is a bomb, escapes its folder or is damaged
    │   └── TooManyBadRecords      the threshold of bad records is passed
    ├── DownloadError              a file could not be fetched whole
    ├── CorpusError                the corpus is missing, locked or damaged
    └── IndexingError              the index is missing, damaged or of another version
        ├── IndexMissing           nothing was built yet
        └── IndexDamaged           what is on disk is not what was written

Errors are raised early with all that a person needs to act, and are turned into exit codes in
``indexer.cli`` and into HTTP answers in ``webui.http``, nowhere else.
"""

from collections.abc import Sequence


class QuestionsError(Exception):
    """Root of the tree; ``str(error)`` is a French sentence for users."""


class UsageError(QuestionsError):
    """The caller asked for something that cannot be."""


class BadParameter(UsageError):
    """A parameter has a value that it cannot have.

    Args:
        parameter: the name that the user typed (``du``, ``tri``…).
        value: what was given.
        valid: what would be right: a description or the list of valid values.
    """

    def __init__(self, parameter: str, value: str, valid: str | Sequence[str]) -> None:
        self.parameter = parameter
        self.value = value
        self.valid = valid
        wanted = valid if isinstance(valid, str) else ", ".join(valid)
        super().__init__(f"« {parameter} » : valeur « {value[:80]} » refusée. Attendu : {wanted}.")


class UnknownQuestion(UsageError):
    """No question has this reference, or several have and ``candidates`` names them."""

    def __init__(self, reference: str, candidates: Sequence[str] = ()) -> None:
        self.reference = reference
        self.candidates = tuple(candidates)
        if candidates:
            message = f"« {reference} » désigne plusieurs questions : {', '.join(candidates)}."
        else:
            message = (
                f"Aucune question ne correspond à « {reference} ». "
                "Formes admises : QANR5L15QE24191, 15-24191QE, QE 24191."
            )
        super().__init__(message)


class SourceError(QuestionsError):
    """A file or a record cannot be read as questions."""


class UnknownFormat(SourceError):
    """No source recognises the file."""


class BadRecord(SourceError):
    """One record is unusable; ``where`` names the file and the member or line in it."""

    def __init__(self, where: str, reason: str) -> None:
        self.where = where
        self.reason = reason
        super().__init__(f"{where} : {reason}")


class UnsafeArchive(SourceError):
    """A zip file that is a bomb, escapes its folder or is damaged."""


class TooManyBadRecords(SourceError):
    """More records were bad than the settings allow; the corpus keeps what it had."""


class DownloadError(QuestionsError):
    """A file could not be fetched whole."""


class CorpusError(QuestionsError):
    """The corpus is missing, locked or damaged."""


class IndexingError(QuestionsError):
    """The index is missing, damaged or of another version."""


class IndexMissing(IndexingError):
    """Nothing was built yet."""


class IndexDamaged(IndexingError):
    """What is on disk is not what was written."""
