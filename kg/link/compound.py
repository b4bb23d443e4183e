"""Compounds: a phrase that says an activity ("detecting deepfakes", "detection of deepfakes") as one noun with its object."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.link.surface import singular

__all__ = ["reorder"]

VERBS = {
    "accelerate": "acceleration", "adapt": "adaptation", "align": "alignment", "analyze": "analysis", "annotate": "annotation",
    "assess": "assessment", "calibrate": "calibration", "classify": "classification", "complete": "completion",
    "compress": "compression", "correct": "correction", "curate": "curation", "detect": "detection",
    "diagnose": "diagnosis", "disambiguate": "disambiguation", "discover": "discovery", "estimate": "estimation", "evaluate": "evaluation",
    "explain": "explanation", "extract": "extraction", "generate": "generation", "identify": "identification",
    "induce": "induction", "infer": "inference", "interpret": "interpretation", "localize": "localization", "manipulate": "manipulation",
    "measure": "measurement", "mitigate": "mitigation", "navigate": "navigation", "optimize": "optimization",
    "predict": "prediction", "quantify": "quantification", "recognize": "recognition", "reconstruct": "reconstruction",
    "recommend": "recommendation", "recover": "recovery", "remove": "removal", "resolve": "resolution", "restore": "restoration",
    "retrieve": "retrieval", "segment": "segmentation", "select": "selection", "simulate": "simulation",
    "simplify": "simplification", "summarize": "summarization", "synthesize": "synthesis", "transcribe": "transcription",
    "transfer": "transfer", "translate": "translation", "verify": "verification", "visualize": "visualization",
}  # fmt: skip
"""What the activity of a verb is called."""
GERUNDS = (
    "answering auditing clustering drafting editing exploring forecasting grounding handling labeling modeling"
    " monitoring profiling reranking safeguarding solving tracking unlearning"
).split()
"""Activities that are called by the gerund itself; not those that often stand before a noun (learning rate)."""
ACTIVITIES = {
    **VERBS,
    **{verb.removesuffix("e") + "ing": noun for verb, noun in VERBS.items()},
    **dict(zip(GERUNDS, GERUNDS, strict=True)),
    "labelling": "labeling",
    "modelling": "modeling",
    "transferring": "transfer",
}
KINDS = frozenset(
    "algorithm approach architecture equation framework function head layer method model module network objective"
    " pipeline step strategy system task technique".split()
)
"""What an activity is not done to, where it stands alone before it: modeling approach."""
SMALL_ONES = "from in over for with on to across between within under using by via through".split()
OBJECT = re.compile(rf"(?:(?:an?|the)\s+)?(.*?)(?:\s+((?:{'|'.join(SMALL_ONES)})\s.*))?", re.IGNORECASE)
"""The object of a verb, and what follows it."""
OF = re.compile(r"^(.*(?:tion|sis|ment|ing))\s+(?:of|from|in|over)\s+(?:an? |the )?(\S.*)$", re.IGNORECASE)
JOINING = re.compile(r"\s(?:of|from|in|over)\s", re.IGNORECASE)
BRITISH = re.compile(r"(?<=[iy])s(?=e$|ing$)")


@lru_cache(maxsize=1 << 16)
def reorder(name: str) -> str | None:
    """An activity "of" something, or a verb and its object, in the order of a compound; None where it is neither.

    >>> reorder("detection of deepfakes"), reorder("recognizing emotions from speech"), reorder("mixture of experts")
    ('deepfake detection', 'speech emotion recognition', None)
    """
    if len(name) > 200:
        return None
    verb, _, rest = name.partition(" ")
    activity = ACTIVITIES.get(BRITISH.sub("z", verb.casefold())) if rest.strip() else None
    if activity:
        done = _with_object(activity, rest)
        return done and (_of_first(done) or done)
    return _of_first(name) if JOINING.search(name) else None


def _with_object(activity: str, rest: str) -> str | None:
    thing, tail = OBJECT.fullmatch(rest).groups()
    thing = singular(thing)
    if not thing or thing.casefold() in KINDS:
        return None
    return f"{thing} {activity}" + (f" {tail}" if tail else "")


def _of_first(name: str) -> str | None:
    match = OF.match(name)
    return f"{singular(match[2])} {match[1]}" if match else None
