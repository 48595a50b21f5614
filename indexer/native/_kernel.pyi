from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self, final

from typing_extensions import Buffer

class Damaged(ValueError): ...

@final
class Lexicon:
    def __new__(
        cls,
        elisions: frozenset[str],
        whole_words: frozenset[str],
        expand: Callable[[str], Iterable[tuple[str, int, int, int, bool]]],
        derive: Callable[[str], str | None],
        *,
        token: type[tuple[Any, ...]] = ...,
        surfaces: int = 1_000_000,
    ) -> Lexicon: ...
    def __len__(self) -> int: ...
    def tokens(self, text: str, /) -> list[Any]: ...
    def cut(self, texts: tuple[str | None, ...], /) -> CutTexts: ...
    @property
    def surfaces(self) -> int: ...

@final
class CutTexts: ...

@final
class Stemmer:
    def __new__(
        cls,
        suffixes: tuple[tuple[int, bytes, bytes, bool], ...],
        stop_words: frozenset[str],
        exceptions: dict[str, str],
        otherwise: Callable[[str], str | None],
    ) -> Stemmer: ...
    def __call__(self, word: str, /) -> str | None: ...

@final
class Matcher:
    def __new__(
        cls,
        lexicon: Lexicon,
        stems: tuple[str, ...],
        exacts: tuple[str, ...],
        phrases: tuple[tuple[str, ...], ...],
        slops: tuple[int, ...],
        *,
        chains: tuple[tuple[str, ...], ...] = (),
        width: int = 1,
        piece: type[tuple[Any, ...]] = ...,
        span: type[tuple[Any, ...]] = ...,
    ) -> Matcher: ...
    def spans(self, text: str, /) -> list[Any]: ...
    def mark(self, text: str, /) -> tuple[Any, ...]: ...
    def passages(self, text: str, /) -> list[tuple[tuple[Any, ...], int, int, int]]: ...
    def forms(self, texts: tuple[str, ...], /) -> dict[str, dict[str, int]]: ...

@final
class Held:
    def __new__(cls, segments: tuple[Segment, ...]) -> Held: ...

def likely(
    lexicon: Lexicon,
    documents: tuple[tuple[str, ...], ...],
    weights: tuple[float, ...],
    least: int,
    /,
) -> dict[str, float]: ...
def doc_frequencies(
    segments: tuple[Segment, ...], fields: tuple[str, ...], terms: tuple[bytes, ...], /
) -> list[int]: ...
def holds(lexicon: Lexicon, texts: tuple[str, ...], words: tuple[str, ...], /) -> list[bool]: ...
def coded(values: Sequence[bytes], /) -> tuple[int, int, bytes, bytes, bytes]: ...
def crc32(data: Buffer, value: int = 0, /) -> int: ...  # where the processor can
def codes_of(table: dict[Any, int], values: Sequence[Any], /) -> bytes: ...
def gathered(table: Buffer, width: int, codes: Buffer, /) -> bytes: ...

class Inverter:
    def __new__(cls, lengths: bytes) -> Self: ...
    @property
    def memory(self) -> int: ...
    def add_field(self, kind: int, scorable: bool, /) -> int: ...
    def add_text_field(self, lexicon: Lexicon, derived: bool, /) -> int: ...
    def add_text(
        self, text: str, document: int, fields: tuple[int, ...], weight: int = 1, /
    ) -> None: ...
    def add_texts(
        self, texts: tuple[str | None, ...], first: int, fields: tuple[int, ...], weight: int, /
    ) -> None: ...
    def add_cut(
        self,
        cut: CutTexts,
        begin: int,
        count: int,
        first: int,
        fields: tuple[int, ...],
        weight: int,
        /,
    ) -> None: ...
    def define_value(
        self, field: int, items: tuple[tuple[bytes, int, Any], ...], length: int, /
    ) -> int: ...
    def add_codes(self, field: int, first: int, codes: Buffer, /) -> None: ...
    def add_terms(
        self, field: int, first: int, terms: tuple[bytes | None, ...], tf: int, length: int, /
    ) -> None: ...
    def add_term(
        self,
        field: int,
        term: bytes,
        document: int,
        tf: int,
        positions: Sequence[int] | None = None,
        /,
    ) -> None: ...
    def add_values(
        self,
        document: int,
        values: list[Any],
        numbers: list[int],
        /,
    ) -> None: ...
    def add_length(self, field: int, document: int, length: int, /) -> None: ...
    def invert(
        self, field: int, docs: int, /
    ) -> tuple[
        int,
        int,
        int,
        int,
        int,
        memoryview,
        memoryview,
        memoryview,
        memoryview,
        memoryview,
        bytes | None,
    ]: ...
    def clear(self) -> None: ...

def merge_fields(
    kind: int,
    docs: int,
    norms: Buffer | None,
    inputs: tuple[
        tuple[int, int, int, int, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer | None],
        ...,
    ],
    put_postings: Callable[[bytes], object],
    put_positions: Callable[[bytes], object],
    /,
) -> tuple[int, bytes, bytes, bytes]: ...

class Segment:
    def __new__(
        cls,
        buffer: Any,
        name: str,
        docs: int,
        fields: list[tuple[Any, ...]],
        columns: list[tuple[str, str, tuple[int, int]]],
        deletions: bytes | None,
        lengths: Sequence[float],
    ) -> Self: ...
    def postings(self, field: str, term: bytes, /) -> list[tuple[int, int, list[int]]]: ...

def search(
    segments: tuple[Segment, ...],
    plan: tuple[Any, ...],
    first: int,
    limit: int,
    order: tuple[Any, ...],
    filters: tuple[Any, ...],
    facets: tuple[Any, ...],
    spreads: tuple[Any, ...],
    collapse: tuple[tuple[bytes, ...], int] | None,
    /,
) -> tuple[
    int,
    int,
    list[tuple[float, int]],
    tuple[bytes, ...],
    tuple[tuple[bytes, bytes, bytes], ...],
    int,
    list[int],
]: ...
def definitions(
    lexicon: Lexicon,
    texts: list[str | None],
    folds: bytes,
    fold: Callable[[str], str],
    /,
) -> list[tuple[int, str, str]]: ...
def numbers_after(head: bytes, lines: list[bytes], /) -> list[int]: ...
def naming_questions(texts: list[str], /) -> list[int]: ...
def is_to_clean(line: bytes, /) -> bool: ...
def lines_to_clean(lines: list[bytes], /) -> list[int]: ...
def read_json_texts(objects: list[Any], names: tuple[str, ...], /) -> list[int]: ...
def fingerprint(text: str, /) -> tuple[int, int, bytes]: ...
def kin(questions: list[str], answers: list[str], least_words: int, /) -> list[bytes | None]: ...
def scatter_values(
    blob: Buffer,
    offsets: Buffer,
    codes: Buffer,
    code_width: int,
    places: Buffer,
    start: int,
    width: int,
    rows: Buffer,
    /,
) -> bool: ...
def value_ranks(
    columns: tuple[tuple[Buffer, Buffer, Buffer, int], ...], /
) -> tuple[bytes, ...] | None: ...
def families(signatures: Buffer, keys: Buffer, least: bytes, helped: bool = False, /) -> bytes: ...
def words(
    segments: tuple[Segment, ...],
    fields: tuple[str, ...],
    expansion: tuple[Any, ...],
    folds: bytes | None,
    /,
) -> dict[str, int]: ...
def highest(numbers: Buffer, width: int, /) -> int: ...
def named_counts(names: Sequence[str], counts: bytes, /) -> dict[str, int]: ...
def counted_range(counts: Buffer, /) -> tuple[int, int]: ...
def top_counts(counts: bytes, wanted: int, /) -> tuple[list[tuple[int, int]], int]: ...
