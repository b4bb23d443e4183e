"""Names that look alike: an index over character trigrams, which finds the nearest without comparing with all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kg.link.surface import fold_surface

__all__ = ["NgramIndex"]

POSTINGS = 400
"""Names that one look-up counts at most; those of its rarest trigrams."""


class NgramIndex:
    """Folded names by their trigrams. Building costs their length, a look-up the same for any number of names.

    >>> NgramIndex(["LoRA", "QLoRA", "Adam"]).nearest("DoLoRA")
    [('LoRA', 0.6), ('QLoRA', 0.545)]
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names: list[tuple[str, int]] = []
        self._postings: dict[str, list[int]] = {}
        for name in names:
            grams = trigrams(name)
            for gram in grams:
                self._postings.setdefault(gram, []).append(len(self._names))
            self._names.append((name, len(grams)))

    def nearest(self, name: str, count: int = 3, least: float = 0.4) -> list[tuple[str, float]]:
        """The names that share most trigrams with a name, with Dice's coefficient, 0 to 1, of at least `least`."""
        grams = trigrams(name)
        postings = sorted((self._postings[gram] for gram in grams if gram in self._postings), key=len)
        shared: Counter[int] = Counter()
        seen = 0
        for rows in postings:
            if seen and seen + len(rows) > POSTINGS:
                break
            shared.update(rows[:POSTINGS])
            seen += len(rows)
        scored = ((2 * n / (len(grams) + self._names[row][1]), self._names[row][0]) for row, n in shared.items())
        close = sorted((-score, other) for score, other in scored if score >= least and other != name)
        return [(other, round(-score, 3)) for score, other in close[:count]]


def trigrams(name: str) -> set[str]:
    """The trigrams of a folded name, with its ends marked.

    >>> sorted(trigrams("Ab"))
    ['^ab', 'ab$']
    """
    text = f"^{fold_surface(name)[:200]}$"
    return {text[i : i + 3] for i in range(len(text) - 2)}
