"""Where surfaces occur in a text as whole words, all of them in one pass."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence

from kg.schema import Mention

__all__ = ["by_sentence", "find_occurrences"]

_RUN = re.compile(r"\w+")
_ADDRESS = re.compile(
    r"""
      (?:https?://|\bwww\.)[!-~]+
    | (?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,5}[A-Za-z]{2,12}\b                       # e-mail
    | (?<![\w.-])(?:[\w-]{1,63}\.){1,5}(?:com|org|net|io|ai|edu|gov|dev|app|co|me|[a-z]{2})/[!-~]+  # no scheme, but a path
    """,
    re.VERBOSE,
)
"""Names stand in addresses too, but a paper does not speak of them there."""


def find_occurrences(
    text: str, surfaces: Iterable[str], fixed: Iterable[tuple[int, int]] = ()
) -> list[tuple[int, int]]:
    """The spans where surfaces stand as whole words, none over another: `fixed` spans come first, then the longer ones.

    Cost: the words of the text times the different lengths of surfaces that begin with the same word.

    >>> text = "GRPO beats PPO; PPO-ptx and GRPO(s)."
    >>> [text[a:b] for a, b in find_occurrences(text, ["PPO", "GRPO", "PPO-ptx"])]
    ['GRPO', 'PPO', 'PPO-ptx', 'GRPO']
    """
    wanted = set(surfaces)
    shapes: dict[str, set[tuple[int, int]]] = defaultdict(
        set
    )  # first word -> (characters before it, length) of surfaces
    for surface in wanted:
        if first := _RUN.search(surface):
            shapes[first[0]].add((first.start(), len(surface)))
    found = []
    for run in _RUN.finditer(text):
        for before, length in shapes.get(run[0], ()):
            start, end = run.start() - before, run.start() - before + length
            if start >= 0 and text[start:end] in wanted and _is_whole(text, start, end):
                found.append((start, end))
    taken = bytearray(len(text))
    for address in _ADDRESS.finditer(text):
        taken[address.start() : address.end()] = b"\1" * len(address[0])
    kept = []
    for start, end in [*sorted(fixed), *sorted(found, key=lambda span: (span[0] - span[1], span))]:
        if taken.find(1, start, end) < 0:
            taken[start:end] = b"\1" * (end - start)
            kept.append((start, end))
    return sorted(kept)


def _is_whole(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() or before == "_" or after.isalnum() or after == "_")


def by_sentence(mentions: Sequence[Mention], sentences: Sequence[tuple[int, int]]) -> list[list[Mention]]:
    """The mentions that start in each sentence; mentions in order of the text, a list for every sentence.

    >>> first, last = Mention("m0", 0, 4, "LoRA", "Method", 1.0), Mention("m1", 9, 12, "PPO", "Method", 1.0)
    >>> [[m.text for m in inside] for inside in by_sentence([first, last], [(0, 8), (9, 20)])]
    [['LoRA'], ['PPO']]
    """
    starts = [m.start for m in mentions]
    return [list(mentions[bisect_left(starts, a) : bisect_left(starts, b)]) for a, b in sentences]
