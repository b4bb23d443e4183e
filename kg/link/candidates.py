"""What one name is: looked up in the lexicon in its normal forms, believed or not, else the new entity it makes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from kg.link.lexicon import NOTHING, Candidates, Lexicon
from kg.link.surface import (
    abbreviates,
    expand_brackets,
    fold_surface,
    is_head,
    is_name,
    reorder,
    show,
    without_head,
    without_inner_brackets,
)
from kg.schema import ENTITY_TYPES, LexiconEntry, Link, NodeType, entity_id

__all__ = ["find", "new_link", "resolve", "shown", "supported", "sure_link", "words_of"]

SCORES = {"name": 1.0, "alias": 0.95, "new": 0.5}
DOUBTFUL = 0.6
"""The score of a name that is known to mean several things."""


def resolve(name: str, type: str, lexicon: Lexicon, context: str | None = None) -> Link:
    """What a name is as a thing of the given type, for itself or in the text around it; unknown names are new.

    Tried in this order: what brackets or the context spell out; what the lexicon knows under the name, without a
    generic head ("GSM8K benchmark"), or in compound order ("detection of deepfakes"); a name that means several
    things, where brackets or context share words with one of them. Below that it is a new entity, never the nearest.

    >>> lexicon = Lexicon((LexiconEntry("method:lora", "Method", "LoRA", ("low-rank adaptation",)),))
    >>> resolve("Low-Rank Adaptation (LoRA)", "Method", lexicon).entity, resolve("QLoRA", "Method", lexicon).entity
    ('method:lora', 'method:qlora')
    """
    brackets = expand_brackets(name)
    long = _long_form(*brackets) if brackets else spelled_out(name, context or "")
    if long is not None:
        known = sure_link(long, type, lexicon)
        return known or replace(new_link(long, type, lexicon, shown(long, lexicon)), why="definition")
    link = sure_link(name, type, lexicon) or _doubtful_link(name, type, lexicon, context)
    if link is None and brackets:
        link = _qualified_link(*brackets, type, lexicon, context)
    return link or new_link(name, type, lexicon, shown(name, lexicon))


def _long_form(outer: str, inner: str) -> str | None:
    """The one of the two parts of "Long Form (LF)" or "LF (Long Form)" that the other abbreviates."""
    for short, long in ((inner, outer), (outer, inner)):
        if " " not in short and abbreviates(short, long):
            return long
    return None


def _doubtful_link(name: str, type_: str, lexicon: Lexicon, context: str | None) -> Link | None:
    """What a name with several meanings means here; where nothing stands around it, the only one that is known."""
    form, found = find(name, type_, lexicon)
    if context:
        entry = supported(found, lexicon, words_of([context]), frozenset())
    else:
        entry = found.entries[0] if len(found.entries) == 1 else None
    return Link(entry.id, entry.name, DOUBTFUL, _why(form, entry)) if entry else None


def _qualified_link(name: str, qualifier: str, type_: str, lexicon: Lexicon, context: str | None) -> Link | None:
    """What "SAM (optimizer)" or "MAE (metric)" means; a qualifier that decides nothing may be a size or a variant."""
    if is_head(qualifier, type_):
        return sure_link(name, type_, lexicon) or _doubtful_link(name, type_, lexicon, context)
    if find(name, type_, lexicon)[1].sure:
        return None
    return _doubtful_link(name, type_, lexicon, " ".join(filter(None, (qualifier, context))))


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


# ---------------------------------------------------------------------------------------------- known names


def normal_forms(name: str, type_: str) -> Iterator[str]:
    """The name, then its forms without brackets, without a generic head, and in compound order."""
    yield name
    if (plain := without_inner_brackets(name)) != name:
        yield plain
    if (bare := without_head(name, type_)) is not None:
        yield bare
    if (compound := reorder(name)) is not None:
        yield compound


def find(name: str, type_: str, lexicon: Lexicon) -> tuple[str, Candidates]:
    """The first normal form of a name that the lexicon holds as a thing of the type, and what it may mean."""
    for form in normal_forms(name, type_):
        found = lexicon.candidates(form, type_)
        if found.entries:
            return form, found
    return name, NOTHING


def sure_link(name: str, type_: str, lexicon: Lexicon) -> Link | None:
    """The known thing that a name means whatever the context, or None.

    A name that is known as a thing of exactly one other type is that name of a thing of its own type: what the
    lexicon calls it is kept, so that its spellings stay one, but not the entity.
    """
    form, found = find(name, type_, lexicon)
    if found.sure:
        entry = found.entries[0]
        why = _why(form, entry)
        return Link(entry.id, entry.name, SCORES[why], why)
    if found.entries:
        return None
    elsewhere = [c for other in ENTITY_TYPES if other != type_ and (c := lexicon.candidates(name, other)).entries]
    if len(elsewhere) == 1 and elsewhere[0].sure:
        known = elsewhere[0].entries[0].name
        return new_link(known, type_, lexicon, known)
    return None


def _why(name: str, entry: LexiconEntry) -> str:
    return "name" if fold_surface(name) == fold_surface(entry.name) else "alias"


def supported(
    found: Candidates, lexicon: Lexicon, words: frozenset[str], nearby: frozenset[str]
) -> LexiconEntry | None:
    """The one candidate that the surroundings speak for most, or None where none or several are spoken for.

    words: folded words of the surroundings.  nearby: ids of entities that they surely name.
    """
    ranked = sorted(((_support(entry, lexicon, words, nearby), entry.id) for entry in found.entries), reverse=True)
    if not ranked or ranked[0][0] == 0 or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return lexicon.by_id[ranked[0][1]]


def _support(entry: LexiconEntry, lexicon: Lexicon, words: frozenset[str], nearby: frozenset[str]) -> int:
    """How much speaks for an entry: itself or its kin named nearby count two each, a shared telling word one.

    A dataset is also spoken for by the company of other known datasets, since papers evaluate on several.
    """
    others = [other for id_ in nearby if (other := lexicon.by_id.get(id_))]
    kin = sum(_related(entry, other) for other in others)
    company = entry.type == NodeType.DATASET and any(other.type == entry.type for other in others)
    broader = lexicon.by_id.get(entry.broader or "")
    own = words_of([entry.name, *entry.aliases, *([broader.name] if broader else [])])
    return 2 * kin + company + len(own & words)


def _related(entry: LexiconEntry, other: LexiconEntry) -> bool:
    return entry.id in (other.id, other.broader) or entry.broader in ({other.id, other.broader} - {None})


UNTELLING = frozenset(
    "learning model method network neural deep based training algorithm approach task data dataset language large"
    " using with from system framework optimization analysis performance problem general representation".split()
)
"""Words that so many names share that they tell nothing."""


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """The telling words of some texts: folded, of four letters or more."""
    words = (fold_surface(word) for text in texts for word in re.findall(r"[^\W\d_]{4,}", text))
    return frozenset(words) - UNTELLING


# ---------------------------------------------------------------------------------------------- new names


def shown(name: str, lexicon: Lexicon) -> str:
    """What a new thing is called when it has this name."""
    return show(reorder(name) or without_inner_brackets(name), lexicon.proper)


def new_link(name: str, type_: str, lexicon: Lexicon, called: str) -> Link:
    """The new entity that a name makes: the same for all its spellings, another than any entity of the lexicon.

    >>> new_link("Layer-Semantic Alignments", "Method", Lexicon(()), "LSA").entity
    'method:layer-semantic-alignment'
    """
    return Link(new_id(name, type_, lexicon), called, SCORES["new"], "new")


def new_id(name: str, type_: str, lexicon: Lexicon) -> str:
    """The id of the new entity: of the folded name, with a hash of it where ASCII or the lexicon would confuse it."""
    bare = without_head(name, type_)
    form = bare if bare and " " not in bare and is_name(bare) else reorder(name) or without_inner_brackets(name)
    folded = fold_surface(form)
    id_ = entity_id(type_, folded)
    if folded.isascii() and folded and id_ not in lexicon.by_id:
        return id_
    return f"{id_}-{hashlib.sha256((folded or name).encode()).hexdigest()[:8]}"
