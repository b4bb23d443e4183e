"""How well an extraction agrees with annotated papers, figure by figure.

Predictions are what `kg extract` writes; a gold line is {"title", "abstract", "mentions": [{"text", "type"}],
"introduces": [text], "synonyms": [[text, text]], "canonical": {text: name}, "relations": [[head, type, tail]],
"claims": [{"text", "kind", "subject", "metric", "value", "direction", "baseline", "on"}]}. Papers meet by title.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kg.errors import ReadError
from kg.schema import ENTITY_TYPES

__all__ = [
    "calibration_error", "format_reliability", "format_scores", "outcomes", "read_records", "reliability", "score", "score_files",
]  # fmt: skip

Record = Mapping[str, Any]
FOUND = ("mention_strict", "mention_relaxed", "introduces", "synonyms", "relations", "claims")
FIELDS = ("kind", "value", "direction", "metric", "baseline", "subject")
EMPTY: Record = {"mentions": [], "introduces": [], "synonyms": [], "relations": [], "claims": []}


def score_files(predictions: Path, gold: Path) -> dict[str, Any]:
    """The scores of one JSON-lines file against another; see `score`. Raises ReadError with file and line."""
    return score(read_records(predictions), read_records(gold))


def read_records(path: Path) -> list[Record]:
    """The lines of a JSON-lines file of annotation or predictions. Raises ReadError with file and line."""
    try:
        with open(path, encoding="utf-8") as file:
            records = [(n, json.loads(line)) for n, line in enumerate(file, 1) if line.strip()]
    except OSError as error:
        raise ReadError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ReadError(f"{path}: not JSON lines in UTF-8: {error}") from error
    for number, record in records:
        if not isinstance(record, dict) or not {"title", "mentions"} <= record.keys():
            raise ReadError(f"{path}:{number}: expected an object with title and mentions")
    return [record for _, record in records]


def score(predictions: Iterable[Record], gold: Iterable[Record]) -> dict[str, Any]:
    """Precision, recall and F1 of what was found, accuracy of what was said of it, B-cubed F1 of the linking.

    mention_strict: distinct (surface, type) pairs a paper, after cleaning.  mention_relaxed: the same, folded.
    introduces, relations: surfaces compared as groups of synonyms.  synonyms: unordered pairs.  claims: one to one,
    where the spans overlap by half of the shorter.  canonical and claim_*: accuracy over what both sides have.
    linking_b3: whether mentions of one thing share an entity, and only they (doi:10.3115/980845.980859).
    A gold paper without prediction counts as empty. Cost: linear, but for pairs of claims within a paper.

    >>> paper = {"title": "T", "abstract": "", "mentions": [{"id": "m0", "text": "LoRA", "type": "Method"}],
    ...          "introduces": [], "synonyms": [], "canonical": {}, "relations": [], "claims": []}
    >>> score([paper], [paper])["mention_strict"]["f1"]
    1.0
    """
    by_title = {_title(record["title"]): record for record in predictions}
    counts = {name: Counter() for name in (*FOUND, *ENTITY_TYPES)}
    right = {name: Counter() for name in ("canonical", *(f"claim_{f}" for f in FIELDS))}
    items: list[tuple[str, str]] = []
    seen = papers = 0
    for wanted in gold:
        got = by_title.get(_title(wanted["title"]))
        papers, seen = papers + 1, seen + (got is not None)
        _Paper(wanted, EMPTY if got is None else got, counts, right, items).score()
    return {
        "papers": seen,
        "papers_gold": papers,
        **{name: _f1(counts[name]) for name in FOUND},
        "linking_b3": _b_cubed(items),
        "mention_by_type": {str(name): _f1(counts[name]) for name in ENTITY_TYPES},
        **{name: {"accuracy": n["ok"] / n["n"] if n["n"] else 0.0, "n": n["n"]} for name, n in right.items()},
    }


def outcomes(predictions: Iterable[Record], gold: Iterable[Record]) -> dict[str, list[tuple[float, bool]]]:
    """Of the mentions, relations and claims that are predicted: the confidence of each, and whether it is right.

    Right is what counts as found in `score`: a mention strictly, a claim whatever is said of it.
    """
    by_title = {_title(record["title"]): record for record in predictions}
    out: dict[str, list[tuple[float, bool]]] = {"mention": [], "relation": [], "claim": []}
    for wanted in gold:
        if got := by_title.get(_title(wanted["title"])):
            for kind, found in _Paper(wanted, got, {}, {}, []).outcomes().items():
                out[kind] += found
    return out


def reliability(found: Sequence[tuple[float, bool]], bins: int = 10) -> list[dict[str, float]]:
    """A reliability diagram (Guo et al., arXiv 1706.04599): by confidence, how much of what was found is right.

    Each bin that holds anything: its bounds, how many it holds, their mean confidence and the share that is right.

    >>> reliability([(0.95, True), (0.91, True), (0.32, False)])[-1]
    {'low': 0.9, 'high': 1.0, 'n': 2, 'confidence': 0.93, 'right': 1.0}
    """
    rows = []
    for k in range(bins):
        inside = [(c, ok) for c, ok in found if min(int(c * bins), bins - 1) == k]
        if inside:
            confidence, right = (round(sum(column) / len(inside), 4) for column in zip(*inside, strict=True))
            rows.append(
                {"low": k / bins, "high": (k + 1) / bins, "n": len(inside), "confidence": confidence, "right": right}
            )
    return rows


def calibration_error(found: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """The expected calibration error: the mean over what was found of |confidence - share right| of its bin."""
    rows = reliability(found, bins)
    return sum(r["n"] * abs(r["confidence"] - r["right"]) for r in rows) / max(1, len(found))


def format_reliability(found: Mapping[str, Sequence[tuple[float, bool]]]) -> str:
    """The reliability diagrams of `outcomes` as lines of text."""
    lines = []
    for kind, rows in found.items():
        lines.append(f"{kind}: expected calibration error {calibration_error(rows):.3f}")
        lines += [
            f"  {r['low']:.1f}-{r['high']:.1f}  confidence {r['confidence']:.3f}  right {r['right']:.3f}  (of {r['n']})"
            for r in reliability(rows)
        ]
    return "\n".join(lines)


def format_scores(scores: Mapping[str, Any]) -> str:
    """The scores as lines of text."""
    lines = [f"papers {scores['papers']} of {scores['papers_gold']}"]
    rows = [(name, scores[name]) for name in (*FOUND[:4], "linking_b3", *FOUND[4:])]
    rows += [(f"  strict {name:11s}", row) for name, row in scores["mention_by_type"].items()]
    lines += [f"{n:18s} P {r['p']:.3f}  R {r['r']:.3f}  F1 {r['f1']:.3f}  (gold {r['gold']})" for n, r in rows]
    accuracies = [name for name in scores if name == "canonical" or name.startswith("claim_")]
    lines += [f"{n:18s} accuracy {scores[n]['accuracy']:.3f}  (of {scores[n]['n']})" for n in accuracies]
    return "\n".join(lines)


# ------------------------------------------------------------------------------------------------ one paper


class _Paper:
    """One paper's gold and prediction; adds what agrees to the counters it was given."""

    def __init__(
        self,
        gold: Record,
        got: Record,
        counts: Mapping[str, Counter],
        right: Mapping[str, Counter],
        items: list[tuple[str, str]],
    ) -> None:
        self.gold, self.got, self.counts, self.right, self.items = gold, got, counts, right, items
        self.surfaces = {mention["id"]: mention["text"] for mention in got["mentions"]}
        self.canonical = {_fold(s): _fold(c) for s, c in gold["canonical"].items()}
        pairs = [*gold["synonyms"], *gold["canonical"].items()]
        self.group = _groups((_fold(a), _fold(b)) for a, b in pairs)

    def score(self) -> None:
        """All figures of the paper."""
        self._mentions()
        self._introduces()
        self._synonyms()
        self._relations()
        self._names()
        self._claims()

    def outcomes(self) -> dict[str, list[tuple[float, bool]]]:
        """The confidence of each mention (once a surface and type), relation and claim, and whether it is right."""
        mentions = {(_plain(m["text"]), m["type"]): m["confidence"] for m in self.got["mentions"]}
        wanted = {(_plain(m["text"]), m["type"]) for m in self.gold["mentions"]}
        triples = {self._triple(*r) for r in self.gold["relations"]}
        found = [(r["confidence"], self._found(r) in triples) for r in self.got["relations"]]
        matched = {j for _, j in self._matched_claims()}
        return {
            "mention": [(confidence, key in wanted) for key, confidence in mentions.items()],
            "relation": found,
            "claim": [(c["confidence"], j in matched) for j, c in enumerate(self.got["claims"])],
        }

    def _surface(self, mention: str | None) -> str | None:
        return self.surfaces.get(mention, mention)

    def _one(self, text: str) -> str:
        return self.group(_fold(text))

    def _add(self, name: str, wanted: set, got: set) -> None:
        self.counts[name].update(tp=len(wanted & got), fp=len(got - wanted), fn=len(wanted - got))

    def _mentions(self) -> None:
        wanted = {(_plain(m["text"]), m["type"]) for m in self.gold["mentions"]}
        got = {(_plain(m["text"]), m["type"]) for m in self.got["mentions"]}
        self._add("mention_strict", wanted, got)
        for kind in ENTITY_TYPES:
            self._add(kind, {x for x in wanted if x[1] == kind}, {x for x in got if x[1] == kind})
        self.folded = {(_fold(s), t) for s, t in wanted}
        self._add("mention_relaxed", self.folded, {(_fold(s), t) for s, t in got})

    def _introduces(self) -> None:
        got = {self._one(self._surface(m)) for m in self.got["introduces"]}
        self._add("introduces", {self._one(s) for s in self.gold["introduces"]}, got)

    def _synonyms(self) -> None:
        wanted = {frozenset(map(_fold, pair)) for pair in self.gold["synonyms"]}
        got = {frozenset(_fold(self._surface(m)) for m in pair) for pair in self.got["synonyms"]}
        wanted, got = ({pair for pair in pairs if len(pair) == 2} for pairs in (wanted, got))
        hit = {pair for pair in got if len({self.group(s) for s in pair}) == 1}  # also what follows by transitivity
        self.counts["synonyms"].update(tp=len(hit), fp=len(got - hit), fn=len(wanted - got))

    def _relations(self) -> None:
        got = {self._found(r) for r in self.got["relations"]}
        self._add("relations", {self._triple(*r) for r in self.gold["relations"]}, got)

    def _triple(self, head: str, relation: str, tail: str) -> tuple[str, str, str]:
        return self._one(head), relation.upper().replace("-", "_"), self._one(tail)

    def _found(self, relation: Record) -> tuple[str, str, str]:
        return self._triple(self._surface(relation["head"]), relation["type"], self._surface(relation["tail"]))

    def _names(self) -> None:
        """The canonical name and the entity of each mention that both sides have, once a surface."""
        named: set[str] = set()
        linked: set[tuple[str, str]] = set()
        for mention in self.got["mentions"]:
            folded = (_fold(mention["text"]), mention["type"])
            if folded not in self.folded:
                continue
            if folded[0] in self.canonical and folded[0] not in named:
                named.add(folded[0])
                ok = _fold(mention.get("name") or "") == self.canonical[folded[0]]
                self.right["canonical"].update(n=1, ok=int(ok))
            if folded not in linked:
                linked.add(folded)
                entity = mention.get("entity") or mention.get("name") or folded
                self.items.append((f"{folded[1]}|{self.canonical.get(folded[0], folded[0])}", str(entity)))

    def _claims(self) -> None:
        wanted, got, pairs = self.gold["claims"], self.got["claims"], self._matched_claims()
        for i, j in pairs:
            for name in FIELDS:
                if wanted[i].get(name) is not None:
                    ok = self._agrees(name, wanted[i][name], got[j].get(name))
                    self.right[f"claim_{name}"].update(n=1, ok=int(ok))
        self.counts["claims"].update(tp=len(pairs), fp=len(got) - len(pairs), fn=len(wanted) - len(pairs))

    def _matched_claims(self) -> list[tuple[int, int]]:
        text = _plain(self.gold["title"] + "\n" + self.gold["abstract"])
        return _matched(text, self.gold["claims"], self.got["claims"])

    def _agrees(self, name: str, wanted: str, got: str | None) -> bool:
        if name in ("kind", "direction"):
            return got == wanted
        roles = name in ("subject", "baseline")
        got = self._surface(got) if roles else got
        if got is None:
            return False
        a, b = _fold(wanted), _fold(got)
        same = self._one(got) == self._one(wanted) if roles else a == b
        return same or a in b or (len(b) > (3 if roles else 1) and b in a)


def _matched(text: str, wanted: Sequence[Record], got: Sequence[Record]) -> list[tuple[int, int]]:
    """Pairs of claims that overlap by half of the shorter, greedily: most agreement first, then most overlap."""
    left, right = ([_span(text, claim["text"]) for claim in claims] for claims in (wanted, got))
    candidates = []
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            if not a or not b:
                continue
            overlap = min(a[1], b[1]) - max(a[0], b[0])
            if overlap >= 0.5 * min(a[1] - a[0], b[1] - b[0]):
                metrics = [_fold(claim.get("metric") or "") for claim in (wanted[i], got[j])]
                agree = (wanted[i].get("value") == got[j].get("value")) + (metrics[0] == metrics[1])
                candidates.append((-agree, -overlap, i, j))
    pairs: dict[int, int] = {}
    for *_, i, j in sorted(candidates):
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    return list(pairs.items())


def _span(text: str, claim: str) -> tuple[int, int] | None:
    plain = _plain(claim)
    at = text.find(plain)
    return (at, at + len(plain)) if at >= 0 else None


# ------------------------------------------------------------------------------------------------ figures and folding


def _f1(count: Counter) -> dict[str, float]:
    tp, fp, fn = count["tp"], count["fp"], count["fn"]
    p, r = tp / (tp + fp) if tp + fp else 0.0, tp / (tp + fn) if tp + fn else 0.0
    return {"p": p, "r": r, "f1": 2 * p * r / (p + r) if p + r else 0.0, "gold": tp + fn}


def _b_cubed(items: Sequence[tuple[str, str]]) -> dict[str, float]:
    gold, got, both = Counter(a for a, _ in items), Counter(b for _, b in items), Counter(items)
    n = len(items)
    p = sum(both[item] / got[item[1]] for item in items) / n if n else 0.0
    r = sum(both[item] / gold[item[0]] for item in items) / n if n else 0.0
    return {"p": p, "r": r, "f1": 2 * p * r / (p + r) if n else 0.0, "gold": n}


def _groups(pairs: Iterator[tuple[str, str]]) -> Callable[[str], str]:
    """A function that gives each surface the one that stands for its group of synonyms."""
    parent: dict[str, str] = {}

    def find(surface: str) -> str:
        while parent.get(surface, surface) != surface:
            surface = parent[surface]
        return surface

    for a, b in pairs:
        low, high = sorted((find(a), find(b)))
        parent[high] = low
    return find


def _title(title: str) -> str:
    return re.sub(r"\W+", " ", title.casefold()).strip()


def _plain(text: str) -> str:
    """What cleaning leaves of a text: no LaTeX commands, braces, HTML entities or runs of spaces."""
    text = unicodedata.normalize("NFC", html.unescape(text)).replace("~", " ")
    text = re.sub(r"\\[a-zA-Z]+\*?\s*|[{}$]|\*\*", "", text)
    return " ".join(text.split())


def _fold(text: str) -> str:
    """A surface without LaTeX, case, dashes, spacing, punctuation at its ends and the plural of its last word."""
    text = re.sub(r"\\[a-zA-Z]+\s*|[{}$]", "", unicodedata.normalize("NFKC", text))
    *front, last = re.sub(r"[\s\-_\u2010-\u2015/]+", " ", text.casefold()).strip(" .,;:()\"'`").split() or [""]
    if len(last) > 3 and last.endswith("ies"):
        last = last[:-3] + "y"
    elif len(last) > 3 and last.endswith("s") and not last.endswith(("ss", "us", "is")):
        last = last[:-1]
    return " ".join((*front, last))
