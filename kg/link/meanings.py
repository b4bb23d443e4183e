"""What a surface may mean: what the lexicon holds, what abstracts define it as, what its initials stand for.

A surface that means one thing whatever the context is sure. Of several meanings the company in which the surface
stands decides: how alike it is to the company in which each meaning stands, and how common each meaning is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kg.link.candidates import elsewhere, find, new_link, shown, sure_of
from kg.link.context import Contexts, cosine, fold_short, index_initials, load_contexts
from kg.link.lexicon import Lexicon
from kg.link.surface import fold_surface, is_anyones, singular
from kg.schema import LexiconEntry, Link

__all__ = ["Meaning", "Meanings", "choose", "expand", "meanings"]

COMMON = 0.03
"""How much a meaning that is e times as common counts for, in cosine."""
ENOUGH, LIKE = 0.4, 0.25
"""What likeness and commonness, and likeness alone, must come to; below it a mention is a thing of its own."""
ANOTHER = 0.3
"""What another meaning must come to, and more than that one, against what the lexicon is sure of."""
SOLE = 0.25
"""What likeness to the only known thing of a name must come to, where the name could be anyone's."""
GUESS = 0.05
"""What is taken off a meaning that no abstract was seen to define by the surface."""
SHORT = 4
"""Capitals that so few letters make stand for many things."""
MOST = 0.5
"""The share of the definitions that makes a meaning the one that is meant where there is no context."""
OF_PEOPLE = ("languages", "speakers", "users", "students", "patients", "children", "people")
"""Ends of what is no method, dataset, task or metric."""
GUESSES = 12
"""Phrases of the same initials that are looked at."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing that a surface may mean; `count`: abstracts that use it so; `known`: the lexicon lists it under it."""

    link: Link
    count: int
    known: bool


@dataclass(frozen=True, slots=True)
class Meanings:
    """All that a surface may mean as a thing of one type.

    `sure`: what the lexicon says that it means; `choices`: what it may mean instead, or all meanings where nothing is
    sure, the most common first; `open`: the name could be anyone's; `companies`: where each choice stands, shape (choices, d), int64, and their lengths.
    """

    sure: Link | None
    open: bool = True
    choices: tuple[Meaning, ...] = ()
    companies: np.ndarray | None = None
    lengths: np.ndarray | None = None

    def scores(self, vector: np.ndarray) -> list[tuple[float, float]]:
        """How much a text speaks for each choice: likeness and commonness together, and likeness alone (-1 to 1)."""
        vector = vector.astype(np.int64, copy=False)
        alike = (self.companies @ vector) / (self.lengths * max(1.0, int(vector @ vector) ** 0.5))
        return [
            (round(like + commonness(meaning.count), 6), round(like, 6))
            for like, meaning in zip(alike.tolist(), self.choices, strict=True)
        ]


def commonness(count: int) -> float:
    """What a meaning that so many abstracts define counts for, beside likeness.

    >>> round(commonness(0), 3), round(commonness(20), 3)
    (-0.086, 0.09)
    """
    return COMMON * math.log(count + 0.3) - (0 if count else GUESS)


def meanings(surface: str, type_: str, lexicon: Lexicon) -> Meanings:
    """What a surface may mean; worked out once for each surface and type of a lexicon.

    >>> lexicon = Lexicon((LexiconEntry("method:focal-loss", "Method", "focal loss"),))
    >>> meanings("FL", "Method", lexicon).choices[0].link.name
    'federated learning'
    """
    key = (type_, surface)
    found = lexicon.memo.get(key)
    if found is None:
        found = lexicon.memo[key] = _meanings(surface, type_, lexicon, load_contexts())
    return found


def _meanings(surface: str, type_: str, lexicon: Lexicon, contexts: Contexts) -> Meanings:
    form, found = find(surface, type_, lexicon)
    sure, entries = sure_of(form, found, surface, type_, lexicon), found.entries
    if sure and " " in surface.strip():
        return Meanings(sure)
    short = fold_short(surface)
    if not entries and not short.isupper() and short not in contexts.senses:
        return Meanings(sure)
    if sure and not entries and _is_short(surface):
        sure = None  # few capitals that are known as a thing of another type are not that thing of this type
    held = {entry.id for entry in entries}
    counted: dict[str, list] = {}
    whole = [_words(name) for entry in entries for name in (entry.name, *entry.aliases)]
    for link, count, names in (
        *_of_entries(entries, surface, contexts),
        *_of_senses(surface, type_, lexicon, contexts),
        *_of_initials(surface, type_, lexicon, contexts),
    ):
        if link.entity not in held and any(_is_part(name, whole) for name in names):
            continue  # the end of a known long form: "policy optimization" of "proximal policy optimization"
        known = counted.setdefault(link.entity, [link, 0, set()])
        known[1] += count
        known[2].update(names)
    if sure and (len(counted) < 2 or sure.entity not in counted or not _is_short(surface)):
        return Meanings(sure)
    ordered = sorted(counted.values(), key=lambda found: (-found[1], found[0].entity))
    if not ordered:
        return Meanings(sure)
    companies = np.stack([_company(contexts, names) for _, _, names in ordered]).astype(np.int64)
    lengths = np.sqrt(np.maximum(1, (companies * companies).sum(1)).astype(np.float64))
    choices = tuple(Meaning(link, count, link.entity in held) for link, count, _ in ordered)
    return Meanings(sure, is_anyones(surface), choices, companies, lengths)


def _is_part(phrase: str, whole: list[list[str]]) -> bool:
    words = _words(phrase)
    return any(len(words) < len(name) and name[-len(words) :] == words for name in whole)


def _words(name: str) -> list[str]:
    return name.casefold().replace("-", " ").split()


def _company(contexts: Contexts, names: set[str]) -> np.ndarray:
    """Where the names stand; for names too rare to know it, what their words are about."""
    vector = contexts.profile(names)
    return vector if vector.any() else contexts.vector("\n".join(sorted(names)))


Found = tuple[Link, int, tuple[str, ...]]


def _of_entries(entries: tuple[LexiconEntry, ...], surface: str, contexts: Contexts) -> Iterator[Found]:
    """The entries of the lexicon; one that is called by the surface itself is as common as the surface."""
    folded = fold_surface(surface)
    for entry in entries:
        others = tuple(name for name in (entry.name, *entry.aliases) if fold_surface(name) != folded)
        own_name = fold_surface(entry.name) == folded and not others
        count = contexts.count(surface) // len(entries) if own_name else 0
        yield Link(entry.id, entry.name, 0.0, "context"), max(count, 1), others or (surface,)


def _of_senses(surface: str, type_: str, lexicon: Lexicon, contexts: Contexts) -> Iterator[Found]:
    """The phrases that abstracts define the surface as, but for those that are known as things of another type."""
    for sense in contexts.senses.get(fold_short(surface), ()) if " " not in surface else ():
        if not sense.long.endswith(OF_PEOPLE) and (link := _phrase(sense.long, type_, lexicon)):
            yield link, sense.count, (sense.long,)


def _of_initials(surface: str, type_: str, lexicon: Lexicon, contexts: Contexts) -> Iterator[Found]:
    """Phrases that begin with the letters of the surface: known ones of the type, then the frequent ones of abstracts."""
    short = fold_short(surface)
    if short.isupper() and short.isalpha() and 2 <= len(short) <= 6:
        known = _initials_of(lexicon, type_).get(short, ())
        for phrase in dict.fromkeys((*known[:GUESSES], *contexts.phrases(short)[:GUESSES])):
            if link := _phrase(phrase, type_, lexicon):
                yield link, 0, (phrase,)


def _initials_of(lexicon: Lexicon, type_: str) -> dict[str, list[str]]:
    """The names of a type by initials."""
    key = ("initials", type_)
    if key not in lexicon.memo:
        entries = (entry for entry in lexicon.entries if entry.type == type_)
        lexicon.memo[key] = index_initials(name for entry in entries for name in (entry.name, *entry.aliases))
    return lexicon.memo[key]


def _phrase(phrase: str, type_: str, lexicon: Lexicon) -> Link | None:
    """What a phrase is that a surface may stand for; None where nobody can say."""
    form, found = find(phrase, type_, lexicon)
    if known := sure_of(form, found, phrase, type_, lexicon):
        return Link(known.entity, known.name, known.score, "context")
    if found.entries or elsewhere(phrase, type_, lexicon):
        return None
    new = new_link(phrase, type_, lexicon, shown(phrase, lexicon))
    return Link(new.entity, new.name, new.score, "context")


def _is_short(surface: str) -> bool:
    bare = _bare(surface)
    return bare.isupper() and len(bare) <= SHORT


def _bare(name: str) -> str:
    return singular(name).replace("-", "").replace(" ", "")


def choose(found: Meanings, vector: np.ndarray | None, like: float = LIKE) -> Link | None:
    """The meaning that a text speaks for, with how much it does; without a text, the one that is usual. None: neither.

    What the lexicon is sure of is believed unless the text speaks clearly for something else.  vector:
    `Contexts.vector` of the text.
    """
    if not found.choices or (found.sure and vector is None):
        return found.sure
    if vector is None:
        return _usual(found.choices)
    ranked = sorted(
        ((score, like, m) for (score, like), m in zip(found.scores(vector), found.choices, strict=True)),
        key=lambda r: (-r[0], r[2].link.entity),
    )
    score, likeness, best = ranked[0]
    sole = _sole(found.choices)
    if sole and not found.sure and (not found.open or (best is sole and likeness >= SOLE)):
        return replace(sole.link, score=0.7, why="alias", evidence="the only thing of this name that is known")
    if found.sure:
        own = next(score for score, _, m in ranked if m.link.entity == found.sure.entity)
        if score == own or score < ANOTHER:
            return found.sure
    elif score < ENOUGH:
        return None
    if likeness < like:
        return found.sure
    sure = round(min(0.9, 0.5 + score / 2), 3)
    return Link(best.link.entity, best.link.name, sure, "context", _evidence(ranked))


def expand(short: str, phrases: Sequence[str], text: str) -> str:
    """The phrase of several that a short form stands for in a text: the one that `meanings` would find likeliest.

    >>> expand("CL", ["curriculum learning", "contrastive loss"], "We order examples from easy to hard by their difficulty.")
    'curriculum learning'
    """
    contexts = load_contexts()
    vector = contexts.vector(text)
    counts = {fold_surface(sense.long): sense.count for sense in contexts.senses.get(fold_short(short), ())}

    def score(phrase: str) -> float:
        count = counts.get(fold_surface(phrase), 0)
        return round(cosine(vector, _company(contexts, {phrase})) + commonness(count), 6)

    return max(phrases, key=lambda phrase: (score(phrase), phrase))


def _sole(choices: tuple[Meaning, ...]) -> Meaning | None:
    """The one meaning that the lexicon lists, where abstracts define no other."""
    known = [meaning for meaning in choices if meaning.known]
    return known[0] if len(known) == 1 and all(m.known or not m.count for m in choices) else None


def _usual(choices: tuple[Meaning, ...]) -> Link | None:
    known = [m for m in choices if m.known]
    best = known[0] if len(known) == 1 else choices[0]
    total = sum(m.count for m in choices)
    if best.count >= max(1 if best.known or len(choices) == 1 else 2, MOST * total):
        return replace(best.link, score=0.6, why="alias", evidence=f"meant so {best.count} times of {total}")
    return None


def _evidence(ranked: list[tuple[float, float, Meaning]]) -> str:
    return "; ".join(f"{m.link.name} {score:.2f}" for score, _, m in ranked[:3])
