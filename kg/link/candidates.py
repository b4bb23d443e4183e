"""What one name is: looked up in the lexicon in its normal forms, believed or not, else the new entity it makes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

from kg.link.lexicon import Candidates, Lexicon
from kg.link.surface import (
    abbreviates,
    expand_brackets,
    fold_surface,
    is_name,
    reorder,
    show,
    without_head,
    without_inner_brackets,
)
from kg.schema import ENTITY_TYPES, LexiconEntry, Link, entity_id

__all__ = ["new_link", "resolve", "supported", "sure_link"]

SCORES = {"definition": 1.0, "name": 1.0, "alias": 0.95, "new": 0.5}
LONE = 0.6
"""The score of a surface that is known to mean several things, of which the lexicon holds one."""


def resolve(name: str, type: str, lexicon: Lexicon, context: str | None = None) -> Link:
    """What a name is as a thing of the given type, for itself or in the text around it; unknown names are new.

    Tried in this order: what the context or brackets spell out; what the lexicon knows under the name, without a
    generic head ("GSM8K benchmark"), or in compound order ("detection of deepfakes"); a name that means several
    things, where the context shares words with one of them. Below that the answer is a new entity, never the nearest.

    >>> lexicon = Lexicon((LexiconEntry("method:lora", "Method", "LoRA", ("low-rank adaptation",)),))
    >>> resolve("Low-Rank Adaptation (LoRA)", "Method", lexicon).entity, resolve("QLoRA", "Method", lexicon).entity
    ('method:lora', 'method:qlora')
    """
    long, hint = _definition(name, context)
    if long is not None:
        known = sure_link(long, type, lexicon)
        return known or new_link(
            long, type, lexicon, show(reorder(long) or without_inner_brackets(long), lexicon.proper), defined=True
        )
    name = hint[0] if hint else name
    if known := sure_link(name, type, lexicon):
        return known
    found = lexicon.candidates(name, type)
    around = " ".join(filter(None, (hint and hint[1], context)))
    if around:
        entry = supported(found, lexicon, words_of([around]), frozenset())
    else:
        entry = found.entries[0] if len(found.entries) == 1 else None
    if entry is not None:
        return Link(entry.id, entry.name, LONE, _why(name, entry))
    return new_link(name, type, lexicon, show(reorder(name) or name, lexicon.proper))


def _definition(name: str, context: str | None) -> tuple[str | None, tuple[str, str] | None]:
    """The long form of a name where brackets or the context spell it out, and a bracketed hint that is none."""
    hint = expand_brackets(name)
    if hint is not None:
        for short, long in (hint[::-1], hint):
            if " " not in short and abbreviates(short, long):
                return long, None
        return None, hint
    return (spelled_out(name, context) if context else None), None


def spelled_out(short: str, text: str) -> str | None:
    """The words before "(SHORT)" that the short form abbreviates, or None.

    >>> spelled_out("CL", "We order examples by curriculum learning (CL).")
    'curriculum learning'
    """
    at = text.find(f"({short})")
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


def sure_link(name: str, type_: str, lexicon: Lexicon) -> Link | None:
    """The known thing that a name means whatever the context, or None.

    A name that is known as a thing of exactly one other type is that name of a thing of its own type: what the
    lexicon calls it is kept, so that its spellings stay one, but not the entity.
    """
    for form in normal_forms(name, type_):
        found = lexicon.candidates(form, type_)
        if found.sure:
            entry = found.entries[0]
            why = _why(form, entry)
            return Link(entry.id, entry.name, SCORES[why], why)
        if found.entries:
            return None
    for form in normal_forms(name, type_):
        elsewhere = [c for t in ENTITY_TYPES if t != type_ and (c := lexicon.candidates(form, t)).entries]
        if len(elsewhere) == 1 and elsewhere[0].sure:
            entry = elsewhere[0].entries[0]
            return new_link(entry.name, type_, lexicon, entry.name)
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
    """How much speaks for an entry: itself or its kin named nearby count two each, a shared telling word one."""
    kin = {other for other in nearby if _related(entry, lexicon.by_id.get(other))}
    broader = lexicon.by_id.get(entry.broader or "")
    own = words_of([entry.name, *entry.aliases, *([broader.name] if broader else [])])
    return 2 * len(kin) + len(own & words)


def _related(entry: LexiconEntry, other: LexiconEntry | None) -> bool:
    if other is None:
        return False
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


def new_link(name: str, type_: str, lexicon: Lexicon, shown: str, *, defined: bool = False) -> Link:
    """The new entity that a name makes: the same for all its spellings, another than any entity of the lexicon.

    >>> new_link("Layer-Semantic Alignments", "Method", Lexicon(()), "LSA").entity
    'method:layer-semantic-alignment'
    """
    return Link(new_id(name, type_, lexicon), shown, SCORES["new"], "definition" if defined else "new")


def new_id(name: str, type_: str, lexicon: Lexicon) -> str:
    """The id of the new entity: of the folded name, with a hash of it where ASCII or the lexicon would confuse it."""
    bare = without_head(name, type_)
    form = bare if bare and " " not in bare and is_name(bare) else reorder(name) or without_inner_brackets(name)
    folded = fold_surface(form)
    id_ = entity_id(type_, folded)
    if folded.isascii() and folded and id_ not in lexicon.by_id:
        return id_
    return f"{id_}-{hashlib.sha256((folded or name).encode()).hexdigest()[:8]}"
