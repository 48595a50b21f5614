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
