"""Metrics by their cues: "in terms of X", "measured by X", "improves X by 3%", and words that always measure."""

from __future__ import annotations

import re

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import Candidate, register_extensions, text_of

__all__ = ["find_metrics", "make_metrics"]

_MEASURE = (
    r"(?:accurac(?:y|ies)|precision|recall|F1(?:[ -]scores?)?|F-?scores?|perplexity|AUC|AUROC|mAP|mIoU|PSNR|SSIM|FID|BLEU|"
    r"ROUGE(?:-\w+)?|WER|CER|EER|MSE|MAE|RMSE|latency|throughput|speed-?ups?|FLOPs|GPU memory|memory (?:usage|footprint|consumption)|"
    r"training time|inference (?:time|speed|latency|cost)|computational (?:cost|complexity|overhead)|communication (?:cost|overhead)|"
    r"sample (?:complexity|efficiency)|convergence (?:rate|speed)|regret|success rate|win rate|pass@\w+|number of parameters|"
    r"parameter count|error rate|energy consumption|wall-clock time|token(?: usage| consumption)|response time|run-?time)"
)
_MODIFIER = (
    r"(?:(?:top-\d|classification|test|average|mean|overall|macro|micro|word|character|exact match|zero-shot|task|training|"
    r"inference|peak|end-to-end|retrieval|segmentation|detection|prediction|recognition|reasoning|robust|adversarial)[ -])?"
)
_WORDS = re.compile(rf"(?<![\w-]){_MODIFIER}{_MEASURE}(?![\w-])")


def find_metrics(text: str) -> list[Candidate]:
    """The metrics of a text that are called by their usual words.

    >>> text = "It improves top-1 accuracy by 2% and reduces GPU memory."
    >>> [text[c.start : c.end] for c in find_metrics(text)]
    ['top-1 accuracy', 'GPU memory']
    """
    return [Candidate(*match.span(), "Metric", 0.7, "metric") for match in _WORDS.finditer(text)]


def make_metrics(nlp: Language, name: str) -> Metrics:
    """The factory of `kg_metrics`."""
    return Metrics()


class Metrics:
    """Adds metrics as candidates."""

    def __call__(self, doc: Doc) -> Doc:
        doc._.kg_candidates = doc._.kg_candidates + find_metrics(text_of(doc))
        return doc


register_extensions()
Language.factory("kg_metrics", assigns=["doc._.kg_candidates"], func=make_metrics)
