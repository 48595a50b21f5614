from collections.abc import Callable, Iterable
from typing import Any, final

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
    @property
    def surfaces(self) -> int: ...

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
        piece: type[tuple[Any, ...]] = ...,
        span: type[tuple[Any, ...]] = ...,
    ) -> Matcher: ...
    def spans(self, text: str, /) -> list[Any]: ...
    def mark(self, text: str, /) -> tuple[Any, ...]: ...
    def passages(self, text: str, /) -> list[tuple[tuple[Any, ...], int, int, int]]: ...
    def forms(self, texts: tuple[str, ...], /) -> dict[str, dict[str, int]]: ...

def holds(lexicon: Lexicon, texts: tuple[str, ...], words: tuple[str, ...], /) -> list[bool]: ...
