"""Weights as the format holds them: whole numbers of times that a term counts."""

from collections.abc import Sequence


def whole(weight: float, name: str) -> int:
    """Return a weight as the number of times that a term counts.

    Raises:
        ValueError: It is not a whole number from 1.
    """
    number = int(weight)
    if number != weight or number < 1:
        raise ValueError(
            f"Poids {weight} du champ {name} : un nombre entier à partir de 1 est requis"
        )
    return number


def spread(positions: Sequence[int], tf: int, name: str) -> Sequence[int]:
    """Return tf positions: each as often as its weight says, what is left over at the last.

    Raises:
        ValueError: There are more positions.
    """
    times, over = divmod(tf, len(positions))
    if not times:
        raise ValueError(f"Poids {tf} du champ {name} : moins que de positions ({len(positions)})")
    if times == 1 and not over:
        return positions
    return [place for place in positions for _ in range(times)] + [positions[-1]] * over
