"""Relations between mentions by the words between them, and between the introduced method and what it is tried on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import register_extensions, text_of
from kg.extract.occurrences import by_sentence
from kg.extract.sentences import sentence_spans
from kg.extract.synonyms import join_synonyms
from kg.extract.terms import fold_phrase
from kg.schema import EDGE_ENDPOINTS, EdgeType, Mention, Relation

__all__ = ["find_relations", "make_relations"]

Span = tuple[int, int]

# (relation, head comes first, the words between two mentions, confidence); the first that fits decides.
CUES = (
    ("COMPARE_WITH", True, r"\b(?:outperform|surpass|exceed|beat|compared? (?:to|with|against)|better than|superior to|over|than)", 0.6),
    ("EVALUATED_WITH", True, r"\b(?:evaluat|test|experiment|validat|benchmark)\w*\b.*\b(?:on|with|using)\b|^ on (?:the )?$", 0.6),
    ("TRAINED_WITH", True, r"\b(?:trained|pre-?trained|fine-?tuned|pretrain\w*) (?:on|with|using)\b", 0.7),
    ("SUBCLASS_OF", True, r"^,? (?:is|are|as) an? (?:[\w-]+ ){0,3}$|^ \(?(?:an? )(?:[\w-]+ ){0,3}$|\b(?:variant|extension|version|type|form) of\b", 0.5),
    ("SUBCLASS_OF", False, r"^s?,? (?:such as|including|like|e\.g\.,?)(?: the)? $", 0.5),
    ("PART_OF", False, r"\b(?:consist\w* of|compris\w+|integrat\w+|incorporat\w+|combin\w+|employs?|leverag\w+|with an?|equipped with|built on)\b", 0.4),
    ("USED_FOR", True, r"^ (?:for|to) (?:[\w-]+ ){0,3}$|\b(?:used|applied|designed|proposed|approach|method|framework|model)s? (?:for|to|in)\b|\b(?:improv|enhanc|address|tackl|solv|enabl|facilitat)\w*", 0.45),
    ("USED_FOR", False, r"^ (?:via|using|with|by|through|based on) (?:an? |the )?(?:[\w-]+ ){0,2}$", 0.45),
)  # fmt: skip
_CUES = tuple((kind, first, re.compile(cue), sure) for kind, first, cue, sure in CUES)
_EXPERIMENTS = re.compile(
    r"\b(?:experiment|evaluat|result|benchmark|dataset|outperform|achiev|demonstrat|conduct|empirical|test(?:ed|s)?\b|on\b)",
    re.I,
)
_TRAINED = re.compile(
    r"\b(?:trained|pre-?trained|fine-?tuned|training|train|fine-?tune) (?:\w+ )?(?:on|with|using)\b", re.I
)
_WE = re.compile(r"\b[Ww]e\b|\bpaper\b")
WINDOW = 90
"""Characters between two mentions over which a cue is believed."""


def find_relations(
    text: str, mentions: list[Mention], introduced: set[str], synonyms: list[tuple[str, str]], sentences: list[Span]
) -> list[Relation]:
    """The relations of a text, one a pair of things and type, with the sentence that is the evidence.

    introduced: ids of mentions.  Cost: linear in the sentences, quadratic in a sentence's neighbouring mentions only.
    """
    one = join_synonyms(mentions, synonyms)
    best: dict[tuple[str, str, str], Relation] = {}
    main = next((one[m.id] for m in mentions if m.id in introduced and m.type == "Method"), None)
    own_data = next((one[m.id] for m in mentions if m.id in introduced and m.type == "Dataset"), None)
    seen: dict[str, Mention] = {}
    for sentence, inside in zip(sentences, by_sentence(mentions, sentences), strict=True):
        pairs = [*_by_cues(text, inside), *_of_the_paper(text[slice(*sentence)], inside, main, own_data)]
        pairs += [*_parts(inside, introduced, main), *_by_names(inside, seen)]
        for head, kind, tail, sure in pairs:
            key = (one.get(head, head), kind, one.get(tail, tail))
            if key[0] != key[2] and (key not in best or best[key].confidence < sure):
                best[key] = Relation(*key, sure, *sentence)
    types = {m.id: m.type for m in mentions}
    allowed = {(str(e), str(a), str(b)) for e, ends in EDGE_ENDPOINTS.items() for a, b in ends}
    return [r for r in best.values() if (r.type, types[r.head], types[r.tail]) in allowed]


def _by_cues(text: str, mentions: list[Mention]) -> Iterator[tuple[str, str, str, float]]:
    """Pairs of mentions near each other with a cue between them."""
    for i, left in enumerate(mentions):
        for right in mentions[i + 1 : i + 4]:
            between = text[left.end : right.start]
            if len(between) > WINDOW:
                break
            for kind, first, cue, sure in _CUES:
                if cue.search(between):
                    head, tail = (left, right) if first else (right, left)
                    yield head.id, kind, tail.id, sure
                    break
            else:
                if left.type == "Method" and right.type == "Task":
                    yield left.id, "USED_FOR", right.id, 0.3


def _of_the_paper(
    sentence: str, mentions: list[Mention], main: str | None, own_data: str | None
) -> Iterator[tuple[str, str, str, float]]:
    """What the introduced method or dataset has to do with the things of a sentence."""
    types = {m.type for m in mentions}
    tried = main and "Dataset" in types and _EXPERIMENTS.search(sentence)
    how = "TRAINED_WITH" if tried and _TRAINED.search(sentence) else "EVALUATED_WITH"
    spoken_of = main and "Task" in types and (any(m.id == main for m in mentions) or _WE.search(sentence))
    for m in mentions:
        if tried and m.type == "Dataset":
            yield main, how, m.id, 0.6
        elif spoken_of and m.type == "Task":
            yield main, "USED_FOR", m.id, 0.5
        elif own_data and m.type == "Task":
            yield own_data, "BENCHMARK_FOR", m.id, 0.5


def _parts(mentions: list[Mention], introduced: set[str], main: str | None) -> Iterator[tuple[str, str, str, float]]:
    """Other methods that the paper introduces are parts of its main one."""
    for m in mentions:
        if main and m.id in introduced and m.type == "Method":
            yield m.id, "PART_OF", main, 0.4


def _by_names(mentions: list[Mention], seen: dict[str, Mention]) -> Iterator[tuple[str, str, str, float]]:
    """A name that ends with another, known in the paper, is narrower: graph neural network, neural network."""
    kinds = {"Method": "SUBCLASS_OF", "Task": "SUBTASK_OF"}
    for m in mentions:
        words = [fold_phrase(word) for word in m.text.split()]
        for i in range(1, len(words)):
            broader = seen.get(" ".join(words[i:]))
            if broader and broader.type == m.type and m.type in kinds:
                yield m.id, kinds[m.type], broader.id, 0.5
        seen.setdefault(" ".join(words), m)


def make_relations(nlp: Language, name: str) -> Relations:
    """The factory of `kg_relations`."""
    return Relations()


class Relations:
    """Sets `doc._.kg_relations`."""

    def __call__(self, doc: Doc) -> Doc:
        sentences = sentence_spans(doc)
        doc._.kg_relations = find_relations(
            text_of(doc), doc._.kg_mentions, set(doc._.kg_introduces), doc._.kg_synonyms, sentences
        )
        return doc


assert {kind for kind, *_ in CUES} <= {str(e) for e in EdgeType}
register_extensions()
Language.factory(
    "kg_relations",
    requires=["doc._.kg_mentions", "doc._.kg_introduces", "doc._.kg_synonyms", "doc.sents"],
    assigns=["doc._.kg_relations"],
    func=make_relations,
)
