"""Surface forms: the folding under which two spellings are one name, and how a name is shown.

Folding removes what writers vary without meaning anything (case, hyphens, spaces, accents, a plural s, LaTeX) and
keeps what tells two systems apart: digits, versions, sizes, `+`, `#`, `*`, one-letter variants.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from kg import _core

__all__ = [
    "abbreviates",
    "expand_brackets",
    "fold_surface",
    "is_anyones",
    "is_head",
    "is_name",
    "parts",
    "show",
    "singular",
    "spells",
    "without_head",
    "without_inner_brackets",
]

SPELLED = {"×": "x", "∞": "infty"}
GREEK = {
    chr(code): unicodedata.name(chr(code)).split()[-1].lower().replace("lamda", "lambda")
    for code in range(0x3B1, 0x3CA)
    if code != 0x3C2
}
SPELL_OUT = str.maketrans(SPELLED | GREEK)


@lru_cache(maxsize=1 << 18)
def fold_surface(text: str) -> str:
    """The form in which two spellings of one name are equal, and names of different versions or sizes are not.

    Names of one or two words are written together, a version is written on to the word before it, longer phrases
    keep their words. Idempotent; linear in the length of the text.

    >>> fold_surface("LLaMA-2") == fold_surface("Llama 2") == fold_surface("Llama2")
    True
    >>> fold_surface("ResNet50") == fold_surface("ResNet-50"), fold_surface("GPT-4") == fold_surface("GPT-4o")
    (True, False)
    >>> fold_surface("Generative Adversarial Networks"), fold_surface(r"$\\pi_0$"), fold_surface("RefCOCO+")
    ('generative adversarial network', 'pi0', 'refcocoplus')
    """
    return _core.fold(text if text.isascii() else _without_accents(text))


def _without_accents(text: str) -> str:
    """The text in ASCII as far as Unicode says how, with Greek letters and signs spelled out."""
    text = unicodedata.normalize("NFKD", text.encode("utf-8", "replace").decode())
    text = unicodedata.normalize("NFKD", "".join(c if c.isascii() else c.casefold() for c in text))
    return "".join(c for c in text if not unicodedata.combining(c)).translate(SPELL_OUT)


# ---------------------------------------------------------------------------------------------- normal forms

HEADS = {
    "Method": "method approach algorithm model framework technique architecture optimizer optimiser objective system".split(),
    "Dataset": "dataset benchmark corpus data collection suite".split(),
    "Task": "task problem".split(),
    "Metric": "metric score measure".split(),
}
"""Generic last words that say what kind of thing a name is, and are no part of it."""

HEAD = {type_: re.compile(rf"\s+(?:data set|{'|'.join(heads)})s?$", re.IGNORECASE) for type_, heads in HEADS.items()}
LAST = {type_: frozenset([*heads, *(f"{h}s" for h in heads), "set", "sets"]) for type_, heads in HEADS.items()}


@lru_cache(maxsize=1 << 16)
def without_head(name: str, type_: str) -> str | None:
    """The name without a generic last word of its type, or None where there is none.

    >>> without_head("GSM8K benchmark", "Dataset"), without_head("GSM8K", "Dataset")
    ('GSM8K', None)
    """
    words = name.split()
    if len(words) < 2 or words[-1].lower() not in LAST[type_]:
        return None
    # Only the last two words are looked at, so that a long text costs nothing.
    short = HEAD[type_].sub("", " ".join(words[-3:]))
    kept = " ".join([*words[:-3], short])
    return kept if kept and len(kept) < len(" ".join(words)) else None


def is_head(word: str, type_: str) -> bool:
    """Whether a word only says what kind of thing a name of the type is.

    >>> is_head("Metric", "Metric"), is_head("optimizer", "Metric")
    (True, False)
    """
    return word.casefold() in HEADS[type_]


def expand_brackets(name: str) -> tuple[str, str] | None:
    """The two parts of "Long Form (LF)", or None where there are no closing brackets at the end.

    >>> expand_brackets("Low-Rank Adaptation (LoRA)"), expand_brackets("LoRA")
    (('Low-Rank Adaptation', 'LoRA'), None)
    """
    outer, bracket, inner = name.rstrip().removesuffix(")").rpartition("(")
    if not bracket or not name.rstrip().endswith(")") or not outer.strip() or not inner.strip():
        return None
    return outer.strip(), inner.strip()


INNER = re.compile(r" \([A-Z][\w-]{0,15}\)(?=[ -])")


def without_inner_brackets(name: str) -> str:
    """The name without a short form in brackets in its midst.

    >>> without_inner_brackets("human-object interaction (HOI) detection")
    'human-object interaction detection'
    """
    return INNER.sub("", name) if "(" in name else name


@lru_cache(maxsize=1 << 16)
def abbreviates(short: str, long: str) -> bool:
    """Whether a one-word name can stand for a phrase: its letters occur in it in order, the first one first.

    >>> abbreviates("LoRA", "low-rank adaptation"), abbreviates("CL", "federated learning")
    (True, False)
    """
    if len(short) >= len(long):
        return False
    letters = [c for c in singular(short).casefold() if c.isalnum()]
    text = unicodedata.normalize("NFKD", long).casefold()
    if not letters or len(text.split()) + text.count("-") < 2:
        return False
    start = re.search(rf"(?:^|[\W_]){re.escape(letters[0])}", text)
    if not start:
        return False
    rest = iter(text[start.end() :])
    return all(letter in rest for letter in letters[1:])


SMALL = frozenset("a an and for in of on the to with".split())
PART = re.compile(r"[^\W_]+")


def parts(phrase: str) -> list[str]:
    """The words of a phrase in lower case, those written with a hyphen apart.

    >>> parts("Low-Rank Adaptation")
    ['low', 'rank', 'adaptation']
    """
    return PART.findall(phrase.lower())


def spells(short: str, words: list[str]) -> bool:
    """Whether a short form is made of the beginnings of all words in turn; small words may be left out.

    >>> spells("SINDy", parts("sparse identification of nonlinear dynamics")), spells("SID", ["sparse", "network", "id"])
    (True, False)
    """
    ends = {0}
    for word in words:
        further = set(ends) if word in SMALL else set()
        for at in ends:
            for length in range(1, len(word) + 1):
                if short[at + length - 1 : at + length].lower() != word[length - 1]:
                    break
                further.add(at + length)
        ends = further
    return len(short) in ends


# ---------------------------------------------------------------------------------------------- display


def is_name(word: str) -> bool:
    """Whether a word is written like a name: with a digit, or a capital after its first letter.

    >>> is_name("QLoRA"), is_name("GSM8K"), is_name("Learning")
    (True, True, False)
    """
    rest = word[1:]
    return rest != rest.lower() or (not rest.isalpha() and any(map(str.isdigit, rest)))


GENERIC = re.compile(r"(?:tion|ing|ment|sis|ity|ance|ence|ism|logy|ure)s?$")


@lru_cache(maxsize=1 << 16)
def is_anyones(name: str) -> bool:
    """Whether a name is of the kind that many things share: a short acronym, or one word with a capital.

    >>> [is_anyones(name) for name in ("CL", "FLAME", "Voyager", "QLoRA", "GSM8K", "Segmentation", "beam search")]
    [True, True, True, False, False, False, False]
    """
    bare = singular(name)
    return bare.isalpha() and ((bare.isupper() and len(bare) <= 5) or (bare.istitle() and not GENERIC.search(bare)))


UNCOUNTED = ("ss", "us", "is", "ics", "series", "bias", "species", "means", "news", "canvas", "atlas")
IRREGULAR = {"matrices": "matrix", "vertices": "vertex", "indices": "index", "analyses": "analysis", "hypotheses": "hypothesis", "bases": "basis", "criteria": "criterion"}  # fmt: skip


@lru_cache(maxsize=1 << 16)
def singular(text: str) -> str:
    """A phrase with its last word in the singular; names lose an s only after a capital.

    >>> singular("neural networks"), singular("LLMs"), singular("policies"), singular("time series"), singular("losses")
    ('neural network', 'LLM', 'policy', 'time series', 'loss')
    """
    before, space, last = text.rstrip().rpartition(" ")
    return before + space + _singular_word(last)


def _singular_word(word: str) -> str:
    low = word.casefold()
    if low in IRREGULAR:
        return IRREGULAR[low]
    if len(word) > 2 and word[-1] == "s" and word[-2].isupper():
        return word[:-1]
    if is_name(word) or len(word) < 4 or not low.endswith("s") or low.endswith(UNCOUNTED):
        return word
    if low.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if low.endswith(("sses", "shes", "ches", "xes")) else word[:-1]


def show(text: str, proper: frozenset[str] = frozenset()) -> str:
    """How a new thing is called: as it is written where that is a name, else singular and in lower case.

    `proper` are words that keep their capital inside a phrase.

    >>> show("Layer Semantic Alignments"), show("Mamba"), show("f-DPO"), show("Bayesian Nets", frozenset({"Bayesian"}))
    ('layer semantic alignment', 'Mamba', 'f-DPO', 'Bayesian net')
    """
    phrase = singular(" ".join(text.split()))
    if phrase.islower():
        return phrase
    words = phrase.split(" ")
    if len(words) == 1 and (is_name(words[0]) or "-" not in words[0]):
        return words[0]
    return " ".join("-".join(_lower(part, proper) for part in word.split("-")) for word in words)


def _lower(part: str, proper: frozenset[str]) -> str:
    """A part of a word in lower case, unless it is a name, a lone letter (Q-learning) or known to be proper."""
    return part if len(part) == 1 or part in proper or is_name(part) else part.lower()
