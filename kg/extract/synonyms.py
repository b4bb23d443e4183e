"""Mentions of one paper that name the same thing: abbreviation and long form, and spelling variants."""

from __future__ import annotations

import re
from collections import defaultdict

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import Definition, register_extensions
from kg.extract.terms import fold_phrase
from kg.schema import Mention

__all__ = ["find_synonyms", "make_synonyms"]


def find_synonyms(text: str, mentions: list[Mention], definitions: list[Definition]) -> list[tuple[str, str]]:
    """Pairs of mention ids, in the order of the text: definitions first, then surfaces that fold alike.

    A surface is represented by its first mention.
    """
    first: dict[str, str] = {}
    for mention in mentions:
        first.setdefault(mention.text, mention.id)
    pairs = []
    for definition in definitions:
        short, long = text[slice(*definition.short)], text[slice(*definition.long)]
        if short in first and long in first:
            pairs.append((first[short], first[long]))
    variants: dict[str, list[str]] = defaultdict(list)
    for surface, id_ in first.items():
        variants[_fold(surface)].append(id_)
    pairs += [(group[0], other) for group in variants.values() for other in group[1:]]
    return list(dict.fromkeys(pairs))


def _fold(surface: str) -> str:
    return " ".join(fold_phrase(word) for word in re.split(r"[\s\-–]+", surface))


def make_synonyms(nlp: Language, name: str) -> Synonyms:
    """The factory of `kg_synonyms`."""
    return Synonyms()


class Synonyms:
    """Sets `doc._.kg_synonyms`."""

    def __call__(self, doc: Doc) -> Doc:
        doc._.kg_synonyms = find_synonyms(doc.text, doc._.kg_mentions, doc._.kg_definitions)
        return doc


register_extensions()
Language.factory(
    "kg_synonyms",
    requires=["doc._.kg_mentions", "doc._.kg_definitions"],
    assigns=["doc._.kg_synonyms"],
    func=make_synonyms,
)
