"""What is done to the files of an index: one damage a case, the same for the same seed.

*Plain* damage leaves check sums as they are. *Consistent* damage makes them right again, so that
what reads the bytes has nothing but its own care.
"""

import json
import random
import struct
import zlib
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

Files = Mapping[str, bytes]
Bytes = bytes | bytearray
_FOOTER: Final = struct.Struct("<QQII8s")
_ODD: Final = (0, 1, 2, 127, 128, 255, 256, 1 << 24, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1)
_WORDS: Final = ("positions", "frequencies", "existence", "number", "codes", "raw", *"bHiIqQfd")
_DELETIONS_HEADER: Final = 16


class Case(NamedTuple):
    """One damage: the file, its new bytes, and whether its check sums were made right again."""

    name: str
    file: str
    data: bytes
    consistent: bool


def case(files: Files, seed: int, number: int, cases: int) -> Case:
    """Return the case of a number; half of the first ``cases`` go through the bytes in order."""
    rng = random.Random(f"{seed}-{number}")
    if number % 2 == 0:
        return _byte_in_order(files, rng, number // 2, max(1, cases // 2))
    kinds = [kind for kind in KINDS if any(map(KINDS[kind][2], files))]
    kind = rng.choices(kinds, [KINDS[kind][0] for kind in kinds])[0]
    names = [name for name in files if KINDS[kind][2](name)]
    name = rng.choices(names, [len(files[name]) + 500 for name in names])[0]
    data = KINDS[kind][1](bytearray(files[name]), rng)
    return Case(f"{kind} #{number}", name, bytes(data), consistent=kind.startswith("consistent"))


def _byte_in_order(files: Files, rng: random.Random, number: int, cases: int) -> Case:
    total = sum(map(len, files.values()))
    step = max(1.0, total / cases)
    place = int(number * step + rng.random() * (step - 1)) % total
    for name, data in files.items():
        if place < len(data):
            changed = bytearray(data)
            if rng.random() < 0.5:
                changed[place] ^= 1 << rng.randrange(8)
            else:
                changed[place] ^= rng.randrange(1, 256)
            what = f"byte {place}: {data[place]} to {changed[place]} #{2 * number}"
            return Case(what, name, bytes(changed), consistent=False)
        place -= len(data)
    raise AssertionError("the place lies in a file")


# ---- plain damage --------------------------------------------------------------------------------


def _cut(data: bytearray, rng: random.Random) -> Bytes:
    return data[: rng.choice([rng.randrange(len(data)), max(0, len(data) - rng.randrange(1, 50))])]


def _grown(data: bytearray, rng: random.Random) -> Bytes:
    return data + rng.randbytes(rng.choice([1, 8, 32, 500]))


def _many(data: bytearray, rng: random.Random) -> Bytes:
    for _ in range(rng.choice([2, 5, 64])):
        data[rng.randrange(len(data))] = rng.randrange(256)
    return data


def _overwritten(data: bytearray, rng: random.Random) -> Bytes:
    start = rng.randrange(len(data))
    size = min(len(data) - start, rng.choice([1, 4, 8, 64, 512]))
    data[start : start + size] = rng.choice([bytes(size), b"\xff" * size, rng.randbytes(size)])
    return data


def _shifted(data: bytearray, rng: random.Random) -> Bytes:
    start, size = rng.randrange(len(data)), rng.choice([1, 4, 8])
    if rng.random() < 0.5:
        del data[start : start + size]
    else:
        data[start:start] = rng.randbytes(size)
    return data


# ---- consistent damage ---------------------------------------------------------------------------


def _sections(node: Any) -> list[list[int]]:
    """Return the sections that a directory names, to be changed in place."""
    if isinstance(node, dict):
        return [section for entry in node.values() for section in _sections(entry)]
    return [node] if isinstance(node, list) and node[1] else []


def split(data: bytearray) -> tuple[bytearray, Any]:
    """Return what stands before a segment's directory, and the directory."""
    offset, length = _FOOTER.unpack_from(data, len(data) - _FOOTER.size)[:2]
    return data[:offset], json.loads(data[offset : offset + length])


def joined(body: Bytes, directory: Any) -> Bytes:
    """Return a segment of these parts, its footer right."""
    text = json.dumps(directory).encode()
    return body + text + _FOOTER.pack(len(body), len(text), zlib.crc32(text), 1, b"1hsoohwf")


def _in_section(data: bytearray, rng: random.Random) -> Bytes:
    body, directory = split(data)
    for _ in range(rng.choice([1, 1, 1, 4])):
        # Small sections as often as large ones: they are tables.
        section = rng.choice(_sections(directory))
        start, size = section[0], section[1]
        _change(body, start, size, rng)
        section[2] = zlib.crc32(body[start : start + size])
    return joined(body, directory)


def _change(body: bytearray, start: int, size: int, rng: random.Random) -> None:
    place = start + rng.randrange(size)
    word = start + (place - start) // 4 * 4
    if rng.random() < 0.4 and word + 4 <= start + size:
        body[word : word + 4] = rng.choice(_ODD).to_bytes(4, "little")
    elif rng.random() < 0.2:
        run = min(rng.choice([8, 16, 100]), start + size - place)
        body[place : place + run] = rng.choice([bytes(run), b"\xff" * run, rng.randbytes(run)])
    else:
        body[place] = rng.choice([body[place] ^ 1 << rng.randrange(8), rng.randrange(256)])


def _in_directory(data: bytearray, rng: random.Random) -> Bytes:
    body, directory = split(data)
    holders = list(_holders(directory))
    for _ in range(rng.choice([1, 1, 2])):
        holder, key = rng.choice(holders)
        holder[key] = _other(holder[key], rng)
    _sum_up(directory, body)
    return joined(body, directory)


def _holders(node: Any) -> list[tuple[Any, Any]]:
    """Return where each number or word of a directory stands."""
    pairs = list(node.items() if isinstance(node, dict) else enumerate(node))
    below = [
        place for _, value in pairs if isinstance(value, (dict, list)) for place in _holders(value)
    ]
    return below + [(node, key) for key, value in pairs if not isinstance(value, (dict, list))]


def _other(value: Any, rng: random.Random) -> Any:
    if isinstance(value, str):
        return rng.choice(_WORDS)
    number = value if isinstance(value, int) else 0
    near = [number + step for step in (-8, -4, -1, 1, 4, 8)]
    return rng.choice([*near, number // 2, number * 2, *_ODD, 2**63, -1, 1.5, None])


def _sum_up(node: Any, body: Bytes) -> None:
    for section in _sections(node):
        if all(type(number) is int for number in section) and 0 <= section[0] <= len(body):
            section[2] = zlib.crc32(body[section[0] : section[0] + max(0, section[1])])


def _in_deletions(data: bytearray, rng: random.Random) -> Bytes:
    _change(data, 0, len(data), rng)
    data[12:16] = zlib.crc32(data[_DELETIONS_HEADER:]).to_bytes(4, "little")
    return data


def _any(_: str) -> bool:
    return True


def _segment(name: str) -> bool:
    return name.endswith(".fws")


Kind = tuple[int, Callable[[bytearray, random.Random], Bytes], Callable[[str], bool]]
# How often, what is done, and to which files.
KINDS: Final[dict[str, Kind]] = {
    "cut": (3, _cut, _any),
    "grown": (1, _grown, _any),
    "many": (2, _many, _any),
    "overwritten": (2, _overwritten, _any),
    "shifted": (1, _shifted, _any),
    "consistent section": (9, _in_section, _segment),
    "consistent directory": (4, _in_directory, _segment),
    "consistent deletions": (1, _in_deletions, lambda name: name.endswith(".del")),
}
