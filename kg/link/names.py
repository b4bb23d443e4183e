"""What one name is, for itself or in the text around it, and what else it might have been."""

from __future__ import annotations

import re
from dataclasses import replace

from kg.link.candidates import find, new_link, shown, sure_link, unsupported_link
from kg.link.context import load_contexts
from kg.link.expansion import names_by_initials
from kg.link.lexicon import Lexicon
from kg.link.meanings import choose, meanings
from kg.link.ngrams import NgramIndex
from kg.link.surface import abbreviates, expand_brackets, fold_surface, is_head
from kg.schema import LexiconEntry, Link

__all__ = ["resolve", "runners_up", "spelled_out"]

QUALIFIED = 0.1
"""What the words in brackets after a name must come to, to tell its meaning: there are few of them."""


def resolve(name: str, type: str, lexicon: Lexicon, context: str | None = None) -> Link:
    """What a name is as a thing of the given type, for itself or in the text around it; unknown names are new.

    Tried in this order: what brackets or the context spell out; what the lexicon knows under the name, without a
    generic head ("GSM8K benchmark"), or in compound order ("detection of deepfakes"); of a name that means several
    things, the one that the context speaks for, or without one the usual. Below that it is a new entity, never the
    nearest; a short acronym that nothing supports in its context is an entity of that context alone.

    >>> lexicon = Lexicon((LexiconEntry("method:lora", "Method", "LoRA", ("low-rank adaptation",)),))
    >>> resolve("Low-Rank Adaptation (LoRA)", "Method", lexicon).entity, resolve("ZLoRA", "Method", lexicon).entity
    ('method:lora', 'method:zlora')
    """
    brackets = expand_brackets(name)
    long = _long_form(*brackets) if brackets else spelled_out(name, context or "")
    if long is not None:
        link = sure_link(long, type, lexicon) or new_link(long, type, lexicon, shown(long, lexicon))
        return replace(link, why="definition", evidence=long)
    if brackets and (link := _qualified_link(*brackets, type, lexicon)):
        return link
    found = meanings(name, type, lexicon)
    link = choose(found, load_contexts().vector(context) if context else None)
    if link is None and context:
        return unsupported_link(name, type, lexicon, " ".join(context.split()))
    return link or _spelled_link(name, type, lexicon) or new_link(name, type, lexicon, shown(name, lexicon))


def _spelled_link(name: str, type_: str, lexicon: Lexicon) -> Link | None:
    """The one known thing whose name a phrase spells; only without a context, as short names are used again and again."""
    names = names_by_initials(name, type_, lexicon) if " " in name else []
    if len(names) != 1:
        return None
    entry = lexicon.candidates(names[0], type_).entries[0]
    return Link(entry.id, entry.name, 0.6, "alias", names[0])


def runners_up(name: str, type: str, lexicon: Lexicon, context: str | None = None, count: int = 3) -> list[Link]:
    """What else a name might have been: its other meanings, the likeliest first, then known names that look alike.

    They are shown to people, and never what a name is linked to.

    >>> lexicon = Lexicon((LexiconEntry("method:lora", "Method", "LoRA"),))
    >>> [(link.name, link.why) for link in runners_up("LoRAs-2", "Method", lexicon)]
    [('LoRA', 'alike')]
    """
    chosen = resolve(name, type, lexicon, context).entity
    meant = meanings(name, type, lexicon)
    scores = meant.scores(load_contexts().vector(context)) if context and meant.choices else [(0.0, 0.0)] * 99
    ranked = sorted(zip(scores, meant.choices, strict=False), key=lambda item: (-item[0][0], item[1].link.entity))
    found = [(m.link.entity, replace(m.link, score=score)) for (score, _), m in ranked]
    for surface, score in _index(type, lexicon).nearest(name, count):
        entry = lexicon.candidates(surface, type).entries[0]
        found.append((entry.id, Link(entry.id, entry.name, score, "alike", surface)))
    others = {entity: link for entity, link in reversed(found) if entity != chosen}
    return [others[entity] for entity in dict.fromkeys(e for e, _ in found) if entity in others][:count]


def _index(type_: str, lexicon: Lexicon) -> NgramIndex:
    key = ("ngrams", type_)
    if key not in lexicon.memo:
        entries = [entry for entry in (*lexicon.entries, *lexicon.added) if entry.type == type_]
        lexicon.memo[key] = NgramIndex(dict.fromkeys(s for e in entries for s in (e.name, *e.aliases)))
    return lexicon.memo[key]


def _long_form(outer: str, inner: str) -> str | None:
    """The one of the two parts of "Long Form (LF)" or "LF (Long Form)" that the other abbreviates."""
    for short, long in ((inner, outer), (outer, inner)):
        if " " not in short and abbreviates(short, long):
            return long
    return None


def _qualified_link(name: str, qualifier: str, type_: str, lexicon: Lexicon) -> Link | None:
    """What "SAM (optimizer)" or "MAE (metric)" means; a qualifier that decides nothing may be a size or a variant."""
    found, known = meanings(name, type_, lexicon), find(name, type_, lexicon)[1]
    kinds = [entry for entry in known.entries if fold_surface(qualifier) in _broader_names(entry, lexicon)]
    if len(kinds) == 1:
        return Link(kinds[0].id, kinds[0].name, 0.8, "context", qualifier)
    if is_head(qualifier, type_):
        return choose(found, None)
    return None if known.sure else choose(found, load_contexts().vector(qualifier), QUALIFIED)


def _broader_names(entry: LexiconEntry, lexicon: Lexicon) -> set[str]:
    broader = lexicon.by_id.get(entry.broader or "")
    return {fold_surface(name) for name in (broader.name, *broader.aliases)} if broader else set()


def spelled_out(short: str, text: str) -> str | None:
    """The words before "(SHORT)" that the short form abbreviates, or None.

    >>> spelled_out("CL", "We order examples by curriculum learning (CL).")
    'curriculum learning'
    """
    at = text.find(f"({short})") if short else -1
    if at < 0 or " " in short:
        return None
    words = re.findall(r"[^\s()]+", text[max(0, at - 200) : at])
    for count in range(2, min(len(words), 2 * len(short) + 2) + 1):
        long = " ".join(words[-count:])
        if long[0].casefold() == short[0].casefold() and abbreviates(short, long):
            return long
    return None
