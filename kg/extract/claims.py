"""Claims: sentences and clauses that state a result of the paper, with kind, metric, value, direction and baseline.

`cues.tsv` holds the weights of words and pairs of words that tell such a sentence from others (logistic regression
over annotated papers; benchmarks/make_cues.py makes it); everything else is by rule.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import register_extensions, text_of
from kg.extract.occurrences import by_sentence
from kg.extract.sentences import sentence_spans
from kg.extract.terms import fold_phrase, words_of
from kg.schema import Claim, Mention

__all__ = ["features_of", "find_claims", "make_claims", "parse_value"]

_NUMBER = r"[+\-−~≈]?\d+(?:,\d{3})*(?:\.\d+)?"
_VALUE = re.compile(
    rf"(?<![\w.\-/]){_NUMBER}(?:\s?(?:%|percent(?:age points?)?\b|points?\b|pp\b|[x×](?!\w)|times\b|dB\b|ms\b|seconds?\b|hours?\b|"
    r"(?:BLEU|ROUGE|F1|mAP|AP|FID|PSNR|CIDEr)(?: points?)?\b|[KMBG]B\b|FPS\b|orders? of magnitude))(?:\s?(?:to|-|–|~)\s?"
    rf"{_NUMBER}\s?%)?"
    r"|(?<![\w.\-/])\d+(?:\.\d+)?[x×](?!\w)|\b(?:two|three|four|five|ten) (?:times|orders? of magnitude)\b|(?<![\w.\-/])0\.\d+(?![\w%])"
)
_RESULT = re.compile(
    r"\b(?:outperform|surpass|exceed|beat|achiev|attain|reach|improv|enhanc|boost|increas|gain|reduc|decreas|lower|cut|"
    r"shorten|sav|speed|accelerat|match|retain|preserv|maintain|yield|deliver|obtain|rank|win|demonstrat|show|prov|reveal|"
    r"find|found|observ|confirm|indicat|suggest|establish)\w*", re.I
)  # fmt: skip
_CLAUSE = re.compile(r"(?:,? (?:while|and|but|whereas|yet)(?: also)?|;|, with|, (?=\w+ing\b))\s")
KINDS = (
    ("resource", r"\b(?:code|dataset|data|models?|implementation|checkpoints?|weights|resources?|corpus|benchmark|project page|demo|toolkit)\b[^.]{0,60}\b(?:available|released?|publicly|open-?sourced?|found at|accessible)|https?://|\b(?:we|will) (?:publicly )?(?:release|open-?source|make)\b|\b(?:contain|compris|consist)\w*\b[^.]{0,80}\d"),
    ("theoretical", r"\b(?:prov(?:e[sd]?|ably|ing)|theor(?:y|em|etical|etically)|bounds?|converge[sn]?\w*|guarantees?|lower bound|regret|optimality|closed-form|equivalen\w+|complexity of|minimax|asymptotic\w*|rate of)\b|O\("),
    ("efficiency", r"\b(?:faster|speed-?up|speed|latency|memory|FLOPs|parameters?|cost|costs|computation\w*|communication|training time|inference time|throughput|efficien\w+|lightweight|energy|tokens?|overhead|compress\w*|storage|GPU)\b"),
    ("performance", r"\b(?:outperform|surpass|exceed|state-of-the-art|SOTA|accurac|improv|achiev|superior|better|best|competitive|compar|gain|score|F1|BLEU|performance|robust|quality|boost|enhanc|generaliz|effectiv)\w*"),
)  # fmt: skip
_KINDS = tuple((kind, re.compile(cue, re.I)) for kind, cue in KINDS)
_UP = re.compile(
    r"\b(?:outperform|surpass|exceed|beat|improv|enhanc|boost|increas|gain|higher|better|superior|faster|accelerat|speed-?up|rais|more|best|state-of-the-art|strengthen|effectiv)\w*",
    re.I,
)
_DOWN = re.compile(
    r"\b(?:reduc|decreas|lower|less|fewer|drop|cut|shorten|sav|mitigat|alleviat|degrad|declin|minimi[sz]|smaller|suffer|eliminat|diminish|wors)\w*",
    re.I,
)
_EQUAL = re.compile(
    r"\b(?:comparable|on par|match|maintain|preserv|retain|competitive with|without (?:sacrific|los|compromis|degrad)|equivalent|similar|consistent with)\w*",
    re.I,
)
_BASELINE = re.compile(
    r"\b(?:than|over|outperform(?:s|ed|ing)?|surpass(?:es|ed|ing)?|exceed(?:s|ed|ing)?|beats?|compared (?:to|with)|relative to|against|versus|vs\.?|comparable (?:to|with)|on par with)\s+(?:the |both |all |other |that of )*([^,.;()]{2,80}?)(?=\s+(?:is|are|by|on|in|with|across|at|while|and (?:achiev|improv|reduc)\w*|for|using|when|under|up to|\()|[,.;()]|$)"
)
_METRIC_WORDS = re.compile(
    r"\b(?:performance|accuracy|efficiency|robustness|convergence|generalization|quality|stability|scalability|latency|memory|speed|cost|throughput|fidelity|fairness|diversity|F1|BLEU|perplexity|FID|error)\b"
)


class _Part(NamedTuple):
    """A clause that states one result: its span, and its value where it has one."""

    start: int
    end: int
    value: str | None


@cache
def _weights() -> dict[str, float]:
    rows = (line.split("\t") for line in files("kg.extract").joinpath("cues.tsv").read_text("utf-8").splitlines())
    return {cue: float(weight) for cue, weight in rows}


def features_of(sentence: str, position: float) -> set[str]:
    """What the cues are counted over: words, pairs of words, the place in the abstract (0 to 1), numbers.

    >>> sorted(features_of("It gains 5%.", 0.95))
    ['#bias', '#percent', '#place9', '5', 'gain', 'gain 5', 'it', 'it gain']
    """
    words = [fold_phrase(word) for word, _, _ in words_of(sentence)]
    out = {
        "#bias",
        f"#place{min(9, int(position * 10))}",
        *words,
        *(f"{a} {b}" for a, b in pairwise(words)),
    }
    if "%" in sentence:
        out.add("#percent")
    if _VALUE.search(sentence) and "%" not in sentence:
        out.add("#value")
    return out


def find_claims(
    text: str, mentions: list[Mention], introduced: list[str], sentences: list[tuple[int, int]], threshold: float = 0.5
) -> list[Claim]:
    """The claims of a text, in its order. Cost: linear."""
    main, own = introduced[0] if introduced else None, set(introduced)
    claims: list[Claim] = []
    for number, ((start, end), inside) in enumerate(zip(sentences, by_sentence(mentions, sentences), strict=True)):
        if number == 0:  # the title
            continue
        features = features_of(text[start:end], number / max(1, len(sentences) - 1))
        sure = _probability(features)
        if sure >= threshold:
            parts = _parts(text, start, end)
            for part, near in zip(parts, by_sentence(inside, [part[:2] for part in parts]), strict=True):
                claims.append(_claim(f"c{len(claims)}", text, part, near, main, own, sure))
    return claims


def _probability(features: set[str]) -> float:
    score = sum(_weights().get(f, 0.0) for f in sorted(features))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def _parts(text: str, start: int, end: int) -> list[_Part]:
    """A sentence cut into clauses that each have a result word; values beyond the first of a clause count too."""
    cuts, results = [start], [result.start() for result in _RESULT.finditer(text, start, end)]
    for cut in _CLAUSE.finditer(text, start, end):
        first = bisect_left(results, cuts[-1])
        if (
            cut.start() - cuts[-1] > 25
            and end - cut.end() > 20
            and first < len(results)
            and results[first] < cut.start()
            and _RESULT.match(text, cut.end() + (3 if text[cut.end() : cut.end() + 3] in ("it ", "we ") else 0), end)
        ):
            cuts.append(cut.end())
    parts = []
    for a, b in zip(cuts, [*cuts[1:], end], strict=True):
        values = [m[0] for m in _VALUE.finditer(text, a, b)]
        paired = len(values) >= 2 and re.search(r"\brespectively\b|\band\b", text[a:b]) is not None
        parts += [_Part(a, b, value) for value in (values[:3] if paired else values[:1] or [None])]
    return parts


def _claim(
    id_: str, text: str, part: _Part, mentions: list[Mention], main: str | None, introduced: set[str], sure: float
) -> Claim:
    start, end, value = part
    end = start + len(text[start:end].rstrip(" ,;"))
    clause = text[start:end]
    inside = [m for m in mentions if m.end <= end]
    kind = next((kind for kind, cue in _KINDS if cue.search(clause)), "finding")
    metric, metric_mention = _metric(clause, inside, value, start)
    baseline, baseline_mention = _baseline(clause, inside, start)
    number, unit = parse_value(value)
    own = [m for m in inside if m.id in introduced]
    subject = own[0].id if own else main
    where = [m for m in inside if m.type in ("Dataset", "Task")]
    return Claim(
        id_, start, end, clause, kind, round(sure, 3),
        subject=subject, metric=metric, value=value, direction=_direction(clause, kind),
        baseline=baseline, on=where[-1].id if where and kind != "resource" else None, number=number, unit=unit,
        metric_mention=metric_mention, baseline_mention=baseline_mention if baseline_mention != subject else None,
    )  # fmt: skip


def _metric(clause: str, mentions: list[Mention], value: str | None, start: int) -> tuple[str | None, str | None]:
    """The metric nearest to the value, else the first; a plain word such as "performance" where no metric is named."""
    metrics = [m for m in mentions if m.type == "Metric"]
    at = start + clause.index(value) if value else start
    if metrics:
        nearest = min(metrics, key=lambda m: abs(m.start - at)) if value else metrics[0]
        return nearest.text, nearest.id
    plain = _METRIC_WORDS.search(clause)
    return (plain[0], None) if plain else (None, None)


def _baseline(clause: str, mentions: list[Mention], start: int) -> tuple[str | None, str | None]:
    match = _BASELINE.search(clause)
    if not match or re.match(r"[\d~]", match[1]):
        return None, None
    a, b = start + match.start(1), start + match.end(1)
    named = next((m.id for m in mentions if a <= m.start and m.end <= b and m.type in ("Method", "Dataset")), None)
    return match[1].strip(), named


def _direction(clause: str, kind: str) -> str | None:
    if kind in ("resource", "theoretical"):
        return None
    if _EQUAL.search(clause):
        return "equal"
    up, down = _UP.search(clause), _DOWN.search(clause)
    if up and down:
        return "increase" if up.start() < down.start() else "decrease"
    return "increase" if up else "decrease" if down else None


def parse_value(value: str | None) -> tuple[float | None, str | None]:
    """The number and the unit of a value; of a range the last number.

    >>> parse_value("55%"), parse_value("2.3x"), parse_value("1.2 BLEU points"), parse_value("1,024 hours")
    ((55.0, '%'), (2.3, 'x'), (1.2, 'BLEU points'), (1024.0, 'hours'))
    """
    words = {"two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "ten": 10.0}
    if value and (first := value.split()[0].lower()) in words:
        return words[first], value.split(None, 1)[1]
    numbers = list(re.finditer(_NUMBER, value or ""))
    if not numbers:
        return None, None
    last = numbers[-1]
    unit = value[last.end() :].strip().replace("×", "x")
    return float(last[0].replace(",", "").replace("−", "-").lstrip("~≈+")), unit or None


def make_claims(nlp: Language, name: str, threshold: float) -> Claims:
    """The factory of `kg_claims`."""
    return Claims(threshold)


class Claims:
    """Sets `doc._.kg_claims`."""

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold

    def __call__(self, doc: Doc) -> Doc:
        sentences = sentence_spans(doc)
        doc._.kg_claims = find_claims(text_of(doc), doc._.kg_mentions, doc._.kg_introduces, sentences, self.threshold)
        return doc


register_extensions()
Language.factory(
    "kg_claims",
    requires=["doc._.kg_mentions", "doc._.kg_introduces", "doc.sents"],
    assigns=["doc._.kg_claims"],
    default_config={"threshold": 0.4},
    func=make_claims,
)
