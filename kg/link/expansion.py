"""Long forms: phrases with the short forms inside them spelled out, and the known names that a phrase spells out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from kg.link.context import fold_short, load_contexts
from kg.link.lexicon import Lexicon
from kg.link.surface import SMALL, abbreviates, fold_surface, parts, spells, without_head
from kg.schema import LexiconEntry

__all__ = ["known_forms", "names_by_initials", "spell_known", "spell_out"]

VERSION = re.compile(r"v?\d[\w.]*")
SHORTEST = 4
"""Letters that a name must have to be known by them."""
LONGEST = 9
"""Words of a phrase that initials are taken from."""


def spell_out(name: str) -> str | None:
    """A phrase with the short forms inside it that mean one thing spelled out; None where there are none.

    >>> spell_out("GUI grounding"), spell_out("curriculum learning"), spell_out("GUI")
    ('Graphical User Interface grounding', None, None)
    """
    if name.islower() or " " not in name:
        return None
    words, usual = name.split(), load_contexts().usual
    spelled = [
        word if word.islower() or word.istitle() else usual.get(fold_short(word).casefold(), word) for word in words
    ]
    return " ".join(spelled) if spelled != words else None


def spell_known(name: str, lexicon: Lexicon) -> str:
    """A phrase with the short forms inside it spelled out of what the lexicon calls by a phrase: LLM, but not LoRA."""
    if name.islower() or " " not in name:
        return name
    return " ".join(word if word.islower() or word.istitle() else _phrase(word, lexicon) for word in name.split())


def _phrase(word: str, lexicon: Lexicon) -> str:
    key = ("phrase", word)
    if key not in lexicon.memo:
        short = fold_short(word)
        names = [found.entries[0].name for found in lexicon.by_type(short).values() if found.sure]
        long = load_contexts().usual.get(short.casefold())
        names += [found.entries[0].name for found in lexicon.by_type(long).values()] if long else []
        lexicon.memo[key] = next((name for name in names if spells(short, parts(name)) and len(parts(name)) > 1), word)
    return lexicon.memo[key]


def known_forms(name: str, type_: str, lexicon: Lexicon) -> Iterator[str]:
    """The names of the lexicon that a phrase says in other words: with a short form spelled out or the other way round.

    >>> lexicon = Lexicon((LexiconEntry("task:gui-grounding", "Task", "GUI grounding"),))
    >>> list(known_forms("graphical user interface grounding", "Task", lexicon))
    ['GUI grounding']
    """
    if " " not in name:
        return
    folded = fold_surface(spell_out(name) or name)
    if (known := _spelled(lexicon).get((type_, folded))) is not None:
        yield known
    before, _, version = name.rpartition(" ")
    if " " in before and VERSION.fullmatch(version):
        for entry in lexicon.candidates(before, type_).entries:
            yield from (f"{short}-{version}" for short in _names(entry) if " " not in short)
    short = load_contexts().short_forms.get(folded)
    if short and (found := lexicon.candidates(short, type_)).sure and not _has_long_form(short, found.entries[0]):
        yield short


def _spelled(lexicon: Lexicon) -> dict[tuple[str, str], str]:
    """The names of the lexicon by type and by what they are with their short forms spelled out."""
    if "spelled" not in lexicon.memo:
        names = ((entry.type, name) for entry in lexicon.entries for name in _names(entry))
        found = ((type_, spell_out(name), name) for type_, name in names)
        lexicon.memo["spelled"] = {(type_, fold_surface(long)): name for type_, long, name in found if long}
    return lexicon.memo["spelled"]


def names_by_initials(phrase: str, type_: str, lexicon: Lexicon) -> list[str]:
    """The names of the lexicon that a phrase spells, of those whose long form is not known.

    >>> lexicon = Lexicon((LexiconEntry("method:sparc", "Method", "SPARC"), LexiconEntry("method:gan", "Method", "GAN")))
    >>> names_by_initials("sparse planning with actor-relative critics", "Method", lexicon)
    ['SPARC']
    """
    index = _unexplained(lexicon)
    found = {}
    for form in filter(None, (phrase, without_head(phrase, type_))):
        words = parts(form)[:LONGEST]
        for letters in product(*(("", word[0]) if word in SMALL else (word[0],) for word in words)):
            for name in index.get((type_, "".join(letters).upper()), ()):
                if spells(name.replace("-", ""), words):
                    found[name] = None
    return list(found)


def _unexplained(lexicon: Lexicon) -> dict[tuple[str, str], list[str]]:
    """By type and capitals, the one-word names of single things that no other name of theirs spells out."""
    if "unexplained" not in lexicon.memo:
        index = lexicon.memo["unexplained"] = {}
        for entry in lexicon.entries:
            for name in _names(entry):
                capitals = "".join(filter(str.isupper, name)) if name.replace("-", "").isalpha() else ""
                single = len(lexicon.candidates(name, entry.type).entries) == 1
                if len(capitals) > 2 and len(name) >= SHORTEST and single and not _has_long_form(name, entry):
                    index.setdefault((entry.type, capitals), []).append(name)
    return lexicon.memo["unexplained"]


def _has_long_form(short: str, entry: LexiconEntry) -> bool:
    return any(" " in name and abbreviates(short, name) for name in _names(entry))


def _names(entry: LexiconEntry) -> tuple[str, ...]:
    return (entry.name, *entry.aliases)
