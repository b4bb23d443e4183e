"""Candidates: what the lexicon knows under the normal forms of a name, and the new entity that an unknown name makes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from kg.link.compound import reorder
from kg.link.expansion import known_forms, spell_known, spell_out
from kg.link.lexicon import NOTHING, Candidates, Lexicon
from kg.link.surface import fold_surface, is_anyones, is_name, show, without_head, without_inner_brackets
from kg.schema import ENTITY_TYPES, LexiconEntry, Link, entity_id

__all__ = ["elsewhere", "find", "new_link", "own_link", "shown", "sure_link", "sure_of", "unsupported_link"]

SCORES = {"name": 1.0, "alias": 0.95, "new": 0.5}

# ---------------------------------------------------------------------------------------------- known names


ARTICLE = re.compile(r"(?:an?|the) (?:\S+ ){2}", re.IGNORECASE)
"""Where a name begins with an article and goes on for three words."""


def normal_forms(name: str, type_: str) -> Iterator[str]:
    """The name, then its forms without an article, brackets or a generic head, and in compound order."""
    yield name
    if ARTICLE.match(name):
        yield name.partition(" ")[2]
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
    for form in known_forms(name, type_, lexicon):
        found = lexicon.candidates(form, type_)
        if found.entries:
            return form, found
    return name, NOTHING


def sure_link(name: str, type_: str, lexicon: Lexicon) -> Link | None:
    """The known thing that a name means whatever the context, or None.

    A name that is known as a thing of exactly one other type is that name of a thing of its own type: what the
    lexicon calls it is kept, so that its spellings stay one, but not the entity.
    """
    return sure_of(*find(name, type_, lexicon), name, type_, lexicon)


def sure_of(form: str, found: Candidates, name: str, type_: str, lexicon: Lexicon) -> Link | None:
    """The same, of a name that was looked up: `find` gave the form and what it may mean."""
    if found.sure:
        entry = found.entries[0]
        why = _why(form, entry)
        return Link(entry.id, entry.name, SCORES[why], why, form)
    if found.entries:
        return None
    others = elsewhere(name, type_, lexicon)
    if len(others) == 1 and others[0].sure:
        known = others[0].entries[0].name
        return new_link(known, type_, lexicon, known)
    return None


def elsewhere(name: str, type_: str, lexicon: Lexicon) -> list[Candidates]:
    """What a name is known as among the things of each other type that knows it."""
    known = lexicon.by_type(name)
    return [known[other] for other in ENTITY_TYPES if other != type_ and other in known] if known else []


def _why(name: str, entry: LexiconEntry) -> str:
    return "name" if fold_surface(name) == fold_surface(entry.name) else "alias"


# ---------------------------------------------------------------------------------------------- new names


def shown(name: str, lexicon: Lexicon) -> str:
    """What a new thing is called when it has this name; the lexicon's short forms inside it are spelled out.

    >>> shown("LLM pruning", Lexicon((LexiconEntry("method:x", "Method", "large language model", ("LLM",)),)))
    'large language model pruning'
    """
    key = ("shown", name)
    called = lexicon.memo.get(key)
    if called is None:
        phrase = spell_known(reorder(name) or without_inner_brackets(name), lexicon)
        called = lexicon.memo[key] = show(phrase, lexicon.proper)
    return called


def new_link(name: str, type_: str, lexicon: Lexicon, called: str) -> Link:
    """The new entity that a name makes: the same for all its spellings, another than any entity of the lexicon.

    >>> new_link("Layer-Semantic Alignments", "Method", Lexicon(()), "LSA").entity
    'method:layer-semantic-alignment'
    """
    return Link(new_id(name, type_, lexicon), called, SCORES["new"], "new")


def own_link(name: str, type_: str, lexicon: Lexicon, place: str) -> Link:
    """The entity of a name that may be anyone's, in one place: a paper's id, or the text around it.

    >>> own_link("CL", "Method", Lexicon(()), "paper:x").entity
    'method:cl-485ef102'
    """
    key = ("own", type_, name)
    id_ = lexicon.memo.get(key)
    if id_ is None:
        folded = _form(name, type_)
        id_ = entity_id(type_, folded) if folded.isascii() and folded else new_id(name, type_, lexicon)
        lexicon.memo[key] = id_
    return Link(f"{id_}-{_hex8(place)}", shown(name, lexicon), SCORES["new"], "new")


def unsupported_link(name: str, type_: str, lexicon: Lexicon, place: str) -> Link:
    """The new entity of a name that nothing in a place supports: of that place alone if the name could be anyone's."""
    if is_anyones(name):
        return own_link(name, type_, lexicon, place)
    return new_link(name, type_, lexicon, shown(name, lexicon))


def new_id(name: str, type_: str, lexicon: Lexicon) -> str:
    """The id of the new entity: of the folded name, with a hash of it where ASCII or the lexicon would confuse it."""
    key = ("id", type_, name)
    id_ = lexicon.memo.get(key)
    if id_ is None:
        folded = _form(name, type_)
        id_ = entity_id(type_, folded)
        if not folded.isascii() or not folded or id_ in lexicon.by_id:
            id_ += f"-{_hex8(folded or name)}"
        lexicon.memo[key] = id_
    return id_


def _form(name: str, type_: str) -> str:
    """The folded form of a name in compound order, without brackets, and without a generic head where a name is left.

    The short forms inside a phrase are spelled out.
    """
    bare = without_head(name, type_)
    if bare and " " not in bare and is_name(bare):
        return fold_surface(bare)
    form = reorder(name) or without_inner_brackets(name)
    return fold_surface(spell_out(form) or form)


def _hex8(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
