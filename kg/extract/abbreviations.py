"""Abbreviations that a text defines itself: "Long Form (LF)" and "LF (Long Form)".

The long form is found as in Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in
biomedical text" (PSB 2003): the letters of the short form occur in order, the first at the start of a word.
"""

from __future__ import annotations

import re

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import Candidate, Definition, register_extensions, text_of

__all__ = ["find_definitions", "make_abbreviations"]

_PAREN = re.compile(r"\(([^()]{2,90})\)")
_OR = re.compile(r", or (?:simply |just )?([\w.+\-/&]{2,15})(?=[,;.]\s)")
_LEAD = re.compile(
    r"\s*(?:(?:abbreviated|denoted|known|referred to) as|abbreviated|hereafter|henceforth|short|i\.e\.,?|or)\s+", re.I
)
_SHORT = re.compile(r"[A-Za-z0-9$∞α-ω][\w.+\-/&*$]{1,14}")
_LAST_WORD = re.compile(r"([\w][\w.+\-/&]*)\s*$")
_PART = re.compile(r"[^\W_]+")
TITLE_LENGTH = 200
"""Characters of a title that are looked at."""
_TITLE = re.compile(r"([A-Za-z][\w+\-]{1,11}): ((?:(?:An?|The) )?\S.*)")
_PHRASE_END = re.compile(r"(?= (?:for|with|via|in|on|to|by|from|of|using|and|towards|through|under)\b)|$", re.I)
_STOP = frozenset(
    "a an the of for and or in on to with by from as via our we is are this that these their its using into".split()
)
_QUOTES = " \"'“”‘’"
_SPOKEN = {"2": "t", "4": "f"}
_BREAK = re.compile(r"[.;:,!?()\[\]]\s|\n|[()\[\]]|(?<=\s)[–—-]\s")


def find_definitions(text: str) -> list[Definition]:
    """The abbreviations that a text defines, in its order. Linear time: each bracket looks at 120 characters at most.

    >>> text = "We use Low-Rank Adaptation (LoRA) and GRPO (Group Relative Policy Optimization)."
    >>> [(text[slice(*d.short)], text[slice(*d.long)]) for d in find_definitions(text)]
    [('LoRA', 'Low-Rank Adaptation'), ('GRPO', 'Group Relative Policy Optimization')]
    """
    in_title = _title_definition(text)
    found = [in_title] if in_title else []
    for paren in _PAREN.finditer(text):
        definition = _long_before(text, paren) or _long_inside(text, paren)
        if definition:
            found.append(definition)
    found += [definition for other in _OR.finditer(text) if (definition := _long_before(text, other))]
    return sorted(found, key=lambda definition: min(definition))


def _long_before(text: str, paren: re.Match[str]) -> Definition | None:
    lead = _LEAD.match(paren[1])
    inside = re.split(r"[,;]|\s+(?:for short|hereafter|or)\b", paren[1][lead.end() if lead else 0 :])[0]
    inside = inside.strip(_QUOTES)
    window = _window(text, paren.start())
    if not _SHORT.fullmatch(inside) or not (_is_short(inside) or _are_initials(inside, text[window : paren.start()])):
        return None
    start = text.index(inside, paren.start())
    long_start = _match(inside, text, window, paren.start())
    if long_start is None:
        return None
    long_end = long_start + len(text[long_start : paren.start()].rstrip(_QUOTES))
    return Definition((start, start + len(inside)), (long_start, long_end)) if long_end > long_start else None


def _long_inside(text: str, paren: re.Match[str]) -> Definition | None:
    before = _LAST_WORD.search(text, max(0, paren.start() - 40), paren.start())
    inside = re.split(r"[,;]", paren[1])[0].rstrip(_QUOTES)
    first, end = paren.start(1) + len(inside) - len(inside.lstrip(_QUOTES)), paren.start(1) + len(inside)
    if not before or " " not in text[first:end] or not _is_short(before[1]) or not _SHORT.fullmatch(before[1]):
        return None
    return Definition(before.span(1), (first, end)) if _match(before[1], text, first, end) == first else None


def _title_definition(text: str) -> Definition | None:
    """The name of a title "NAME: what it stands for ...", where the letters of the name say that it does."""
    match = _TITLE.match(text.split("\n", 1)[0][:TITLE_LENGTH])
    if not match or not _is_short(match[1]):
        return None
    for stop in _PHRASE_END.finditer(match[0], match.start(2)):
        if _match(match[1], match[0], match.start(2), stop.start()) == match.start(2):
            return Definition(match.span(1), (match.start(2), stop.start()))
    return None


def _is_short(text: str) -> bool:
    return (any(c.isupper() for c in text) and sum(c.isalpha() for c in text) >= 2 and not text.istitle()) or _inner(
        text
    )


def _are_initials(short: str, before: str) -> bool:
    """Whether a short form in plain letters is spelt by the capitals of the words before it: One For All (Ofa)."""
    words = before.split()[-len(short) :]
    return short.isalpha() and len(short) > 2 and "".join(word[0] for word in words) == short.upper()


def _inner(text: str) -> bool:
    return any(c.isupper() for c in text[1:])


def _window(text: str, end: int) -> int:
    """Where the words that may be the long form begin: at most 120 characters back, not over a break."""
    start = max(0, end - 120)
    breaks = [m.end() for m in _BREAK.finditer(text, start, end)]
    return breaks[-1] if breaks else start


def _match(short: str, text: str, low: int, high: int) -> int | None:
    """The start of the shortest long form in text[low:high], or None. The plural s of the short form is optional."""
    short = short[:-1] if short.endswith("s") and short[:-1].isupper() else short
    start = _start_of([c for c in short.lower() if c.isalnum()], text, low, high)
    if start is None and ("2" in short or "4" in short):  # text-to-image (T2I), for one (4One)
        start = _start_of([_SPOKEN.get(c, c) for c in short.lower() if c.isalnum()], text, low, high)
    return start


def _start_of(letters: list[str], text: str, low: int, high: int) -> int | None:
    at = high - 1
    for i in range(len(letters) - 1, -1, -1):
        while at >= low and (text[at].lower() != letters[i] or (i == 0 and at > low and not _begins(text, at))):
            at -= 1
        if at < low:
            return None
        at -= 1
    start = min(at + 1, _initials_start(letters, text, low, high))
    while start > low and not text[start - 1].isspace():  # "self-attention" begins where its word begins
        start -= 1
    start += len(text[start:high]) - len(text[start:high].lstrip(_QUOTES))
    words = text[start:high].strip(_QUOTES).split()
    if not words or len(words) > len(letters) + 4 or words[0].lower() in _STOP:
        return None
    one_word = len(words) == 1 and "-" not in words[0]
    return None if one_word and len(words[0]) <= 3 * len(letters) else start


def _begins(text: str, at: int) -> bool:
    """Whether a word begins at a letter, also after its first: eXtreme."""
    before = text[at - 1]
    return not before.isalnum() or (text[at].isupper() and before.islower() and not text[at - 2 : at - 1].isalnum())


def _initials_start(letters: list[str], text: str, low: int, high: int) -> int:
    """Where the words begin whose first letters are all the letters: before "Policy" in "Proximal Policy Optimization".

    Small words may be left out: International Index of Erectile Function (IIEF).
    """
    words = list(_PART.finditer(text, low, high))
    for chosen in (words, [word for word in words if word[0].lower() not in _STOP]):
        chosen = chosen[-len(letters) :]
        if [word[0][0].lower() for word in chosen] == letters:
            return chosen[0].start()
    return high


def make_abbreviations(nlp: Language, name: str) -> Abbreviations:
    """The factory of `kg_abbreviations`."""
    return Abbreviations()


class Abbreviations:
    """Adds the definitions of a text, and both sides of each as candidates."""

    def __call__(self, doc: Doc) -> Doc:
        doc._.kg_definitions = find_definitions(text_of(doc))
        doc._.kg_candidates = doc._.kg_candidates + [
            Candidate(*span, None, 0.8, "definition") for definition in doc._.kg_definitions for span in definition
        ]
        return doc


register_extensions()
Language.factory("kg_abbreviations", assigns=["doc._.kg_definitions", "doc._.kg_candidates"], func=make_abbreviations)
