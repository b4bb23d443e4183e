"""What a paper proposes or releases: the name of its title, what "we propose" precedes, and their other names."""

from __future__ import annotations

import re
from bisect import bisect_left

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import register_extensions, text_of
from kg.extract.terms import fold_phrase
from kg.schema import Mention

__all__ = ["find_introduced", "make_introduces"]

_WE = re.compile(
    r"\b(?:we|paper|work|study|article)\b[^.;:()]{0,40}?\b(?:propos|introduc|present|develop|releas|design|creat|construct|build)\w*|"
    r"\bis (?:proposed|introduced|presented|developed)\b"
)

_TURN = re.compile(r"[.;]|\b(?:to|for|that|by|with|using|of|on|in)\b")


def find_introduced(
    mentions: list[Mention], announced: set[str], synonyms: list[tuple[str, str]], text: str
) -> list[str]:
    """The ids of the introduced mentions: methods and datasets among the announced surfaces, and their synonyms.

    Where no name is announced, the first method or dataset right behind "we propose" is taken.
    """
    first: dict[str, Mention] = {}
    for mention in mentions:
        first.setdefault(mention.text, mention)
    chosen = {s for s in announced if s in first and first[s].type in ("Method", "Dataset")}
    if not chosen:
        chosen = _behind_propose(mentions, text)
    by_id = {m.id: m.text for m in mentions}
    for _ in range(2):  # a synonym of a synonym is introduced too
        for a, b in synonyms:
            if {by_id[a], by_id[b]} & chosen:
                chosen |= {by_id[a], by_id[b]}
    folded = {fold_phrase(s) for s in chosen}
    return [m.id for s, m in first.items() if s in chosen or fold_phrase(s) in folded]


def _behind_propose(mentions: list[Mention], text: str) -> set[str]:
    starts = [mention.start for mention in mentions]
    for cue in _WE.finditer(text):
        at = bisect_left(starts, cue.end())
        mention = mentions[at] if at < len(mentions) else None
        near = mention and mention.start - cue.end() <= 60 and not _TURN.search(text, cue.end(), mention.start)
        if near and mention.type in ("Method", "Dataset"):
            return {mention.text}
    return set()


def make_introduces(nlp: Language, name: str) -> Introduces:
    """The factory of `kg_introduces`."""
    return Introduces()


class Introduces:
    """Sets `doc._.kg_introduces`."""

    def __call__(self, doc: Doc) -> Doc:
        text = text_of(doc)
        announced = {
            text[c.start : c.end]
            for c in doc._.kg_candidates
            if c.source in ("title", "propose") and c.confidence > 0.6
        }
        doc._.kg_introduces = find_introduced(doc._.kg_mentions, announced, doc._.kg_synonyms, text)
        return doc


register_extensions()
Language.factory(
    "kg_introduces",
    requires=["doc._.kg_mentions", "doc._.kg_candidates", "doc._.kg_synonyms"],
    assigns=["doc._.kg_introduces"],
    func=make_introduces,
)
