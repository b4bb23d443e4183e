"""What kind of error an extraction makes beside annotated papers: mentions, synonyms, relations and claims by class.

    kg extract dev.jsonl --model kg_md -o predictions.jsonl
    python benchmarks/error_classes.py predictions.jsonl dev.jsonl [--json]

Papers, surfaces and claims are compared as `kg evaluate` compares them; each error is counted once, in the first class
that fits. Mentions are distinct surfaces of a paper, relations hold between groups of synonyms.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from kg import evaluation
from kg.evaluation import _fold, _plain, _span, read_records

Error = tuple[str, str, str]
"""What it is about, "missed" or "false", and the class."""


class PaperErrors(evaluation._Paper):
    """The errors of one paper."""

    def __init__(self, gold: evaluation.Record, got: evaluation.Record) -> None:
        super().__init__(gold, got, {}, {}, [])

    def all(self) -> Iterator[Error]:
        """Every error of the paper."""
        yield from self.mentions()
        yield from self.synonyms()
        yield from self.relations()
        yield from self.claims()

    def mentions(self) -> Iterator[Error]:
        """Surfaces of another type or spelling, with other words at their ends, and what the other side has not at all."""
        wanted, got = ({(_plain(m["text"]), m["type"]) for m in side["mentions"]} for side in (self.gold, self.got))
        for which, errors, others in (("missed", wanted - got, got), ("false", got - wanted, wanted)):
            for surface, kind in errors:
                yield "mentions", which, _class_of_mention(surface, kind, others)

    def synonyms(self) -> Iterator[Error]:
        """Pairs one of whose surfaces is no mention, and pairs of mentions that are not joined."""
        found, asked = ({_fold(m["text"]) for m in side["mentions"]} for side in (self.got, self.gold))
        wanted = {frozenset(map(_fold, pair)) for pair in self.gold["synonyms"]}
        got = {frozenset(_fold(self._surface(m)) for m in pair) for pair in self.got["synonyms"]}
        wanted, got = ({pair for pair in pairs if len(pair) == 2} for pairs in (wanted, got))
        for pair in wanted - got:
            yield "synonyms", "missed", "both are found, not joined" if pair <= found else "a mention is missed"
        for pair in got - wanted:
            if len({self.group(s) for s in pair}) > 1:
                yield "synonyms", "false", "both are annotated, not as one" if pair <= asked else "a mention is false"

    def relations(self) -> Iterator[Error]:
        """Relations with a concept that the other side has not, of another direction or type, and of pairs without any."""
        wanted = {self._triple(*r) for r in self.gold["relations"]}
        got = {self._found(r) for r in self.got["relations"]}
        known = [{self._one(m["text"]) for m in side["mentions"]} for side in (self.got, self.gold)]
        for which, errors, others, concepts in (
            ("missed", wanted - got, got, known[0]),
            ("false", got - wanted, wanted, known[1]),
        ):
            pairs = {(head, tail) for head, _, tail in others}
            for head, _, tail in errors:
                yield "relations", which, _class_of_relation(head, tail, pairs, concepts)

    def claims(self) -> Iterator[Error]:
        """Claims where the other side has fewer, has none, or that cannot be found in the text."""
        text = _plain(self.gold["title"] + "\n" + self.gold["abstract"])
        matched = self._matched_claims()
        spans = [[_span(text, claim["text"]) for claim in side["claims"]] for side in (self.gold, self.got)]
        for side, which in enumerate(("missed", "false")):
            known = {pair[side] for pair in matched}
            for n, span in enumerate(spans[side]):
                if n not in known:
                    yield "claims", which, _class_of_claim(span, spans[1 - side])


def _class_of_mention(surface: str, kind: str, others: Iterable[tuple[str, str]]) -> str:
    others = list(others)
    if any(surface == other for other, _ in others):
        return "of another type"
    if any(_fold(surface) == _fold(other) for other, type_ in others if type_ == kind):
        return "in another spelling"
    words = f" {_fold(surface)} "
    if any(words in f" {_fold(other)} " or f" {_fold(other)} " in words for other, _ in others):
        return "with other words at its ends"
    return "not there at all"


def _class_of_relation(head: str, tail: str, pairs: set[tuple[str, str]], concepts: set[str]) -> str:
    if head not in concepts or tail not in concepts:
        return "a concept is not there"
    if (head, tail) in pairs:
        return "of another type"
    return "the other way round" if (tail, head) in pairs else "the pair has none"


def _class_of_claim(span: tuple[int, int] | None, others: Iterable[tuple[int, int] | None]) -> str:
    if span is None:
        return r"not found in the text (\%)"
    for other in filter(None, others):
        if min(span[1], other[1]) - max(span[0], other[0]) >= 0.5 * min(span[1] - span[0], other[1] - other[0]):
            return "one more than the other side has there"
    return "nothing there"


def errors(predictions: Iterable[evaluation.Record], gold: Iterable[evaluation.Record]) -> Counter[Error]:
    """How many errors of each class."""
    by_title = {evaluation._title(record["title"]): record for record in predictions}
    found: Counter[Error] = Counter()
    for wanted in gold:
        got = by_title.get(evaluation._title(wanted["title"]), evaluation.EMPTY)
        found.update(PaperErrors(wanted, got).all())
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("predictions", type=Path)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = errors(read_records(options.predictions), read_records(options.gold))
    if options.json:
        print(json.dumps([{"what": a, "error": b, "class": c, "count": n} for (a, b, c), n in sorted(found.items())]))
        return
    print("| what | class | missed | false |\n|---|---|---|---|")
    for what, kind in dict.fromkeys((a, c) for (a, _, c), _ in found.most_common()):
        print(f"| {what} | {kind} | {found[what, 'missed', kind]} | {found[what, 'false', kind]} |")


if __name__ == "__main__":
    main()
