"""Names that announce themselves: in titles ("NAME: ..."), by "we propose NAME", "called NAME", and by their look."""

from __future__ import annotations

import re

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import Candidate, register_extensions, text_of

__all__ = ["find_names", "find_proposed", "find_title_name", "is_name", "make_names"]

NAME = r"[A-Za-zα-ω0-9][\w*@]{0,40}(?:[-./&+][\w*]{1,40}){0,8}\+{0,2}"
_TITLE = re.compile(rf"({NAME}(?: {NAME}){{0,3}})\s*:\s")
_PROPOSE = re.compile(
    r"\b(?:propos(?:e[sd]?|ing)|introduc(?:e[sd]?|ing)|present(?:s|ed|ing)?|develop(?:s|ed|ing)?|releas(?:e[sd]?|ing)|"
    r"design(?:s|ed)?|call(?:ed)?|nam(?:ed|ely)|dub(?:bed)?|term(?:ed)?|coin(?:ed)?|create[sd]?|built?|construct(?:s|ed)?|"
    r"describes?|contribut(?:e|ing)|unveil|curated?)\b"
)
_TITLE_CASE = r"[A-Z][\w*]*(?:-[\w*]+)*(?: (?:(?:of|and|for|with|via|in|to|the|on|from) )?[A-Z][\w*]*(?:-[\w*]+)*){1,7}"
_PHRASE = re.compile(rf"(?<![\w-])(?:{_TITLE_CASE}|{NAME})(?![\w-])")
_TURN = re.compile(
    r"[.;:()\n](?:\s|$)|\b(?:for|to|that|by|using|with|based|of|on|in|which|whose|and show|via|from|through)\b"
)
_APPOSITION = re.compile(rf"(?:^|[.\n] ?|, )({NAME}), (?:a|an|the first|our) (?:[\w-]+,? ){{0,4}}(\w+)")
_LOOK = re.compile(rf"(?<![\w$/.@-]){NAME}(?![\w@])")
_DATASET = re.compile(
    r"\b(?:datasets?|benchmark(?:s|ing)?|corpus|corpora|suite|testbed|challenge|treebank|leaderboard|collection|test set)\b",
    re.I,
)
_NOT_NAMES = frozenset(
    "AI ML NLP CV GPU GPUs CPU CPUs TPU TPUs API APIs IID OOD SOTA ID IDs PhD USA US UK EU IoT PDF URL HTML JSON SQL ASCII"
    " 1D 2D 3D 4D GB MB KB TB GHz Hz kHz FP16 FP32 FP8 INT8 INT4 BF16 NVIDIA A100 H100 V100 RTX T4 COVID-19 OK CC-BY"
    " OpenAI Google Meta Microsoft DeepMind HuggingFace GitHub LaTeX PyTorch TensorFlow Python Java Twitter Reddit".split()
)

_DERIVED = frozenset(
    "based driven generated guided powered assisted enhanced augmented aware like style free specific level wise induced"
    " centric oriented agnostic related inspired trained tuned aligned equipped enabled integrated only to as".split()
)
"""Behind a hyphen they make an adjective of a name: LLM-based."""


def is_name(text: str) -> bool:
    """Whether a word looks like a name: capitals or digits inside it, and no common acronym of another kind.

    >>> [w for w in "LoRA GPT-4o learning Deep 2020 YOLOv5 GPU well-known ResNet-50 3.5x".split() if is_name(w)]
    ['LoRA', 'GPT-4o', 'YOLOv5', 'ResNet-50']
    """
    if text in _NOT_NAMES or not text[0].isalpha() or len(text) < 2:
        return False
    if re.fullmatch(r"[A-Z][a-z]+(?:-[A-Za-z]?[a-z]+)*|[a-z]+(?:-[a-z]+)*", text):
        return False
    parts = re.split(r"[-/]", text)
    if parts[-1] in _DERIVED:
        return False
    capitals = any(c.isupper() for part in parts for c in part[1:])
    digits = any(c.isdigit() for c in text)
    return capitals or (digits and text[0].isupper()) or any(len(p) > 1 and p.isupper() for p in parts)


def find_title_name(text: str) -> Candidate | None:
    """The name in a title of the form "NAME: what it is"; a dataset where the rest says so.

    >>> find_title_name("SkipPipe: Partial Pipelining\\nWe propose SkipPipe.")[:3]
    (0, 8, 'Method')
    """
    title = text.split("\n", 1)[0]
    match = _TITLE.match(title)
    if not match:
        return None
    name, rest = match[1], title[match.end() :]
    words = name.split()
    recurs = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text[len(title) :]) is not None
    named = any(is_name(w) for w in words) or (recurs and (len(words) == 1 or name.istitle()))
    if not named or words[0].lower() in {"a", "an", "the", "on", "towards", "how", "what", "why", "is"}:
        return None
    return Candidate(
        *match.span(1), "Dataset" if _is_dataset(name, rest, text) else "Method", 0.9 if recurs else 0.7, "title"
    )


def _is_dataset(name: str, rest: str, text: str) -> bool:
    if re.search(r"(?:bench|eval|corpus|set|qa)\b", name, re.I) and not re.search(r"\bframework|method\b", rest, re.I):
        return True
    head = re.split(r"\b(?:for|of|with|via|in|on|to|by|from|using|and|that)\b", rest, maxsplit=1)[0]
    return _DATASET.search(head) is not None


def find_proposed(text: str) -> list[Candidate]:
    """Names after "we propose", "called" and the like, and before ", a new ...".

    >>> text = "We propose a novel framework, FAL. The model is called FlatBERT-2."
    >>> [text[c.start : c.end] for c in find_proposed(text)]
    ['FAL', 'FlatBERT-2']
    """
    found = []
    for cue in _PROPOSE.finditer(text):
        turn = _TURN.search(text, cue.end(), cue.end() + 110)
        phrase = _named_phrase(text, cue.end(), turn.start() if turn else cue.end() + 110)
        if phrase:
            found.append(Candidate(*phrase, _kind_of(text, *phrase), 0.8, "propose"))
    for match in _APPOSITION.finditer(text):
        if is_name(match[1]):
            kind = "Dataset" if _DATASET.search(match[0]) else "Method"
            found.append(Candidate(*match.span(1), kind, 0.6, "propose"))
    return found


def _named_phrase(text: str, low: int, high: int) -> tuple[int, int] | None:
    """The first name, or phrase in title case, that begins in text[low:high]."""
    for phrase in _PHRASE.finditer(text, low, min(len(text), high + 120)):
        if phrase.start() >= high:
            return None
        words = phrase[0].split()
        if len(words) > 1 or is_name(words[0]):
            stop = phrase.end()
            number = re.match(r" \d[\w.]*", text[stop : stop + 8])  # "Llama 2"
            return phrase.start(), stop + (number.end() if number and len(words) == 1 else 0)
    return None


def _kind_of(text: str, start: int, end: int) -> str:
    after = text[end : end + 40].split(".")[0]
    is_data = _DATASET.search(after) or re.search(r"(?:Bench|Eval|Corpus|QA|Dataset|Benchmark)\b", text[start:end])
    return "Dataset" if is_data else "Method"


def find_names(text: str) -> list[Candidate]:
    """Every word that looks like a name; what it names is left open but where the words around it say."""
    found = []
    for match in _LOOK.finditer(text):
        if is_name(match[0]):
            after, before = text[match.end() : match.end() + 25], text[max(0, match.start() - 30) : match.start()]
            kind, sure = None, 0.5
            if re.match(r"(?:[ -](?:datasets?|benchmarks?|corpus|test set|challenge)\b)", after, re.I):
                kind, sure = "Dataset", 0.8
            elif re.search(r"\b(?:datasets?|benchmarks?)[ :(]+(?:such as |like |including |e\.g\., )?$", before, re.I):
                kind, sure = "Dataset", 0.7
            elif re.match(r" (?:scores?|metrics?)\b", after, re.I):
                kind, sure = "Metric", 0.7
            found.append(Candidate(*match.span(), kind, sure, "name"))
    return found


def make_names(nlp: Language, name: str) -> Names:
    """The factory of `kg_names`."""
    return Names()


class Names:
    """Adds the names that announce themselves as candidates."""

    def __call__(self, doc: Doc) -> Doc:
        text = text_of(doc)
        title = find_title_name(text)
        found = ([title] if title else []) + find_proposed(text) + find_names(text)
        doc._.kg_candidates = doc._.kg_candidates + found
        return doc


register_extensions()
Language.factory("kg_names", assigns=["doc._.kg_candidates"], func=make_names)
