"""Mentions of one paper that name the same thing: abbreviations and their long forms, variants of spelling and of order."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import Definition, register_extensions, text_of
from kg.extract.terms import fold_phrase
from kg.schema import Mention

__all__ = ["find_synonyms", "first_ids", "join_synonyms", "long_forms", "make_synonyms", "spell_out", "spells"]

_INNER = re.compile(r"\s*\(([^()\s]{2,15})\)")
"""An abbreviation inside a term: "Kullback-Leibler (KL) divergence"."""
_BREAK = re.compile(r"[\s\-–/]+")
_SMALL = frozenset("a an the of for and or in on to with by from as via using".split())
_ENDINGS = re.compile(r"(?:ations?|izing|ising|ization|isation|ings?|ions?|e)$")
COMMON = {
    "llm": "large language model", "vlm": "vision language model", "mllm": "multimodal large language model",
    "plm": "pre trained language model", "lm": "language model", "rl": "reinforcement learning",
    "nlp": "natural language processing", "sft": "supervised fine tuning", "gnn": "graph neural network",
    "cnn": "convolutional neural network", "cot": "chain of thought", "kd": "knowledge distillation",
    "ner": "named entity recognition", "nmt": "neural machine translation", "mt": "machine translation",
    "qa": "question answering", "vqa": "visual question answering", "fl": "federated learning",
    "rag": "retrieval augmented generation", "icl": "in context learning", "ssl": "self supervised learning",
    "asr": "automatic speech recognition", "tts": "text to speech", "slm": "small language model",
    "lrm": "large reasoning model", "lvlm": "large vision language model", "peft": "parameter efficient fine tuning",
}  # fmt: skip
"""Abbreviations that papers no longer define, in folded words; used where the paper spells them out elsewhere."""


_MOST = 50
"""Long surfaces of one type and first letter that a short one is held against; abstracts have fewer."""


def find_synonyms(text: str, mentions: list[Mention], definitions: list[Definition]) -> list[tuple[str, str]]:
    """Pairs of mention ids: definitions first, then surfaces that are one when abbreviations are spelt out.

    A surface is represented by its first mention.  Cost: linear in the mentions, but for the few short surfaces that
    look like abbreviations, which are held against the long ones.

    >>> text = "We train large language models; an LLM learns monocular depth estimation (MDE). Dense MDE, dense monocular depth estimation."
    >>> surfaces = ["large language models", "LLM", "monocular depth estimation", "MDE", "Dense MDE", "dense monocular depth estimation"]
    >>> mentions = [Mention(f"m{i}", text.index(s), text.index(s) + len(s), s, "Task", 1.0) for i, s in enumerate(surfaces)]
    >>> find_synonyms(text, mentions, [Definition((mentions[3].start, mentions[3].end), (mentions[2].start, mentions[2].end))])
    [('m2', 'm3'), ('m0', 'm1'), ('m4', 'm5')]
    """
    first, long_of = first_ids(mentions), long_forms(text, definitions)
    defined = ((text[slice(*d.long)], text[slice(*d.short)]) for d in definitions)
    pairs = [(first[long], first[short]) for long, short in defined if long in first and short in first]
    groups: dict[str, list[str]] = defaultdict(list)
    for surface, id_ in first.items():
        groups[spell_out(surface, long_of)].append(id_)
    pairs += [(group[0], other) for group in groups.values() for other in group[1:]]
    pairs += _initials({m.text: m for m in reversed(mentions)}, first, long_of)
    return list(dict.fromkeys(pairs))


def long_forms(text: str, definitions: Iterable[Definition]) -> dict[str, str]:
    """What short forms stand for in a text that defines them, folded, as `spell_out` takes it."""
    return {_fold(text[slice(*d.short)]): _fold(text[slice(*d.long)]) for d in definitions}


def spell_out(surface: str, long_of: Mapping[str, str]) -> str:
    """What variants of a surface share: its words spelt out, folded, without endings, in the order of the alphabet, but
    for what turns one thing into another.

    >>> spell_out("rate of convergence", {}) == spell_out("convergence rate", {})
    True
    >>> spell_out("text-to-speech", {}) == spell_out("speech-to-text", {})
    False
    """
    words = (_fold(_INNER.sub("", surface)) or _fold(surface)).split()
    spelt = " ".join(long_of.get(word) or COMMON.get(word, word) for word in words).split()
    stems = [_ENDINGS.sub("", word) if len(word) > 5 else word for word in spelt if word not in _SMALL]
    if len(stems) < 2:
        return " ".join(spelt)
    return " ".join(stems if "to" in spelt else sorted(stems))


def _fold(surface: str) -> str:
    return " ".join(fold_phrase(word) for word in _BREAK.split(surface) if word)


def _initials(
    mentions: Mapping[str, Mention], first: Mapping[str, str], long_of: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Short surfaces in capitals that the words of a long one of the same type begin with, in order, where no definition says otherwise."""
    long: dict[tuple[str, str], list[tuple[str, list[str]]]] = defaultdict(list)  # by type and first letter
    for s, mention in mentions.items():
        words = _BREAK.split(s)
        initial = next((w[0].casefold() for w in words if w.isalpha() and w.casefold() not in _SMALL), "")
        if len(words) > 1 and all(w.isalpha() for w in words) and len(long[mention.type, initial]) < _MOST:
            long[mention.type, initial].append((s, words))
    for short in mentions:
        known = _fold(short) in long_of or _fold(short) in COMMON
        if known or not (2 < len(short) < 12 and short.isalpha() and sum(c.isupper() for c in short) >= 2):
            continue
        letters = (short[:-1] if short.endswith("s") else short).casefold()
        near = long[mentions[short].type, letters[0]]
        hits = [s for s, words in near if short not in s and spells(letters, words)]
        if len({spell_out(hit, long_of) for hit in hits}) == 1:
            yield first[hits[0]], first[short]


def spells(letters: str, words: list[str]) -> bool:
    """Whether letters run through words in order: a word gives its first letter and perhaps others behind it, or nothing;
    the first word gives some, and of the others two thirds do.

    >>> spells("taco", ["Task", "Mapping", "Guided", "Sequence", "Configuration"]), spells("rag", ["graph", "reasoning"])
    (False, False)
    >>> spells("murim", ["Multi", "dimensional", "Reputation", "Incentive", "Mechanism"])
    True
    """
    kept = [word.casefold() for word in words if word.casefold() not in _SMALL]
    spare = len(kept) // 3

    @cache
    def rest(i: int, w: int, skipped: int) -> bool:
        if i == len(letters):
            return skipped + len(kept) - w <= spare
        if w == len(kept) or skipped > spare:
            return False
        if w and rest(i, w + 1, skipped + 1):
            return True
        if kept[w][0] != letters[i]:
            return False
        at, n = 0, 1
        while not rest(i + n, w + 1, skipped):
            at = kept[w].find(letters[i + n], at + 1) if i + n < len(letters) else -1
            if at < 0:
                return False
            n += 1
        return True

    return 2 <= len(kept) <= len(letters) + 2 and rest(0, 0, 0)


def first_ids(mentions: Iterable[Mention]) -> dict[str, str]:
    """Each surface -> the id of its first mention, in the order of the mentions."""
    first: dict[str, str] = {}
    for mention in mentions:
        first.setdefault(mention.text, mention.id)
    return first


def join_synonyms(mentions: Iterable[Mention], synonyms: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each mention's id -> the id of the first mention of the same thing in the paper.

    >>> mentions = [Mention(f"m{i}", i, i + 1, text, "Method", 1.0) for i, text in enumerate("XYX")]
    >>> join_synonyms(mentions, [("m0", "m1")])
    {'m0': 'm0', 'm1': 'm0', 'm2': 'm0'}
    """
    first: dict[str, str] = {}
    home = {m.id: first.setdefault(m.text, m.id) for m in mentions}

    def find(id_: str) -> str:
        while home[id_] != id_:
            home[id_] = id_ = home[home[id_]]  # halving the path keeps it short
        return id_

    for a, b in synonyms:
        low, high = sorted((find(a), find(b)), key=lambda id_: int(id_[1:]))
        home[high] = low
    return {id_: find(id_) for id_ in home}


def make_synonyms(nlp: Language, name: str) -> Synonyms:
    """The factory of `kg_synonyms`."""
    return Synonyms()


class Synonyms:
    """Sets `doc._.kg_synonyms`."""

    def __call__(self, doc: Doc) -> Doc:
        doc._.kg_synonyms = find_synonyms(text_of(doc), doc._.kg_mentions, doc._.kg_definitions)
        return doc


register_extensions()
Language.factory(
    "kg_synonyms",
    requires=["doc._.kg_mentions", "doc._.kg_definitions"],
    assigns=["doc._.kg_synonyms"],
    func=make_synonyms,
)
