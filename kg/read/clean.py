"""Text as people read it: LaTeX, HTML and odd characters cleaned away, once, so that offsets mean the same everywhere."""

from __future__ import annotations

import html
import re
import unicodedata

__all__ = ["clean_text", "make_text"]

SYMBOLS = {
    **{name: chr(code) for name, code in zip(
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho varsigma sigma tau"
        " upsilon phi chi psi omega".split(), range(0x3B1, 0x3CA), strict=True)},
    **{name: chr(code) for name, code in zip(
        "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split(),
        (0x393, 0x394, 0x398, 0x39B, 0x39E, 0x3A0, 0x3A3, 0x3A5, 0x3A6, 0x3A8, 0x3A9), strict=True)},
    "varepsilon": "ε", "vartheta": "ϑ", "varphi": "φ", "varrho": "ϱ", "ell": "ℓ", "infty": "∞", "times": "×",
    "cdot": "·", "pm": "±", "mp": "∓", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠", "ne": "≠",
    "approx": "≈", "sim": "∼", "simeq": "≃", "propto": "∝", "equiv": "≡", "ll": "≪", "gg": "≫", "in": "∈",
    "notin": "∉", "subset": "⊂", "subseteq": "⊆", "cup": "∪", "cap": "∩", "to": "→", "rightarrow": "→",
    "leftarrow": "←", "leftrightarrow": "↔", "Rightarrow": "⇒", "uparrow": "↑", "downarrow": "↓", "mapsto": "↦",
    "sqrt": "√", "sum": "∑", "prod": "∏", "int": "∫", "partial": "∂", "nabla": "∇", "forall": "∀", "exists": "∃",
    "ldots": "…", "dots": "…", "cdots": "⋯", "ast": "∗", "star": "⋆", "circ": "∘", "oplus": "⊕", "otimes": "⊗",
    "dagger": "†", "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "o": "ø", "O": "Ø",
    "l": "ł", "L": "Ł", "i": "ı", "textbackslash": "∖", "S": "§", "copyright": "©", "degree": "°", "checkmark": "✓",
}  # fmt: skip
WORDS = frozenset("log exp max min sup inf arg argmax argmin sin cos tan tanh det dim ker lim poly polylog mod".split())
DROPPED_WITH_ARGUMENT = "cite citep citet citealp ref eqref label footnote footnotemark vspace hspace".split()
ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "c": "\u0327", "k": "\u0328", "d": "\u0323",
}  # fmt: skip

_TAG = re.compile(r"</?(?:jats:)?(?:i|b|em|strong|sub|sup|p|title|sec|italic|bold|tt|sc|br)\b[^<>]{0,80}>", re.I)
_ACCENT = re.compile(
    r"\\([`'^~=.\"])\s*(?:\{\s*(?:\\([ij])|([A-Za-z]))\s*\}|\\([ij])\b|([A-Za-z]))"
    r"|\\([uvHckrd])(?:\s*\{\s*([A-Za-z])\s*\}|\s+([A-Za-z])\b)"
)
_MATHS = re.compile(r"\$\$?(?=[^\s$])([^$]{0,400}?[^\s$]|[^\s$])\$\$?")
_DROPPED = re.compile(rf"[~ ]?\\(?:{'|'.join(DROPPED_WITH_ARGUMENT)})\*?(?:\[[^\[\]]{{0,80}}\])?\{{[^{{}}]{{0,300}}\}}")
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?\s*")
_ESCAPED = re.compile(r"\\([%&_#$])")
_SPACING = re.compile(r"\\[,;:! /\\]|\\$")
_TIE = re.compile(r"(?<=[^\s~])~(?=[^\s~])")


def make_text(title: str, abstract: str) -> str:
    """The text of a paper, which all offsets count in: clean title, a line break, clean abstract.

    >>> make_text("OFA: A\\n Framework", "One For All (\\\\textsc{Ofa})")
    'OFA: A Framework\\nOne For All (Ofa)'
    """
    return clean_text(title) + "\n" + clean_text(abstract)


def clean_text(raw: str) -> str:
    r"""One line of text: LaTeX to Unicode, HTML entities and simple tags resolved, NFC, single spaces, no controls.

    What LaTeX marks (`\textsc{Ofa}`, `{\em x}`) is kept, the marks are not; unknown commands are dropped. `%` is no
    comment here, and a `$` that closes no formula is a dollar. Cost: linear.

    >>> clean_text(r"{\em Na\"ive} $\ell_1$-norm, 7\% of $5 and $10 &amp; $O(\sqrt{T})$")
    'Naïve ℓ_1-norm, 7% of $5 and $10 & O(√T)'
    """
    text = html.unescape(raw)
    if "<" in text:
        text = _TAG.sub("", text)
    if "\\" in text or "$" in text:
        text = _unlatex(text)
    text = _TIE.sub(_tie, text).replace("**", "").replace("{", "").replace("}", "")
    text = "".join(map(_plain_character, text)) if not text.isascii() or not text.isprintable() else text
    return " ".join(unicodedata.normalize("NFC", text).split())


def _unlatex(text: str) -> str:
    text = _ACCENT.sub(_accented, text)
    text = _DROPPED.sub("", text)
    text = _ESCAPED.sub(lambda m: m[1] if m[1] != "$" else "\ue000", text)
    text = _MATHS.sub(_formula, text)
    text = _COMMAND.sub(_command, text)
    text = _SPACING.sub(" ", text).replace("\\", "")
    return text.replace("\ue000", "$")


def _accented(match: re.Match[str]) -> str:
    mark = match[1] or match[6]
    letter = match[2] or match[3] or match[4] or match[5] or match[7] or match[8]
    return unicodedata.normalize("NFC", letter + ACCENTS[mark])


def _formula(match: re.Match[str]) -> str:
    """The inside of a formula; all of it where the dollars are prices ("$5 billion to $10")."""
    inside = match[1]
    words = len(inside.split())
    is_price = inside[0].isdigit() and words > 2 and not re.search(r"[\\^_=<>]", inside)
    return match[0] if is_price else inside


def _command(match: re.Match[str]) -> str:
    name = match[1]
    after = " " if match[0][-1].isspace() else ""
    if name in SYMBOLS:
        return SYMBOLS[name] + (after if name not in ("sqrt", "ell") else "")
    return name + after if name in WORDS else ""


def _tie(match: re.Match[str]) -> str:
    before, after = (
        match.string[max(0, match.start() - 200) : match.start()],
        match.string[match.end() : match.end() + 1],
    )
    in_address = "://" in before.rsplit(None, 1)[-1] or before.endswith("/")
    return "~" if in_address or after == "/" else " "


def _plain_character(character: str) -> str:
    """A space for every kind of space, nothing for controls and invisible marks (the joiners of scripts are kept)."""
    kind = unicodedata.category(character)
    if kind in ("Zs", "Zl", "Zp") or character in "\t\n\r\v\f":
        return " "
    if kind in ("Cc", "Cs") or (kind == "Cf" and character not in "\u200c\u200d") or character == "\ue000":
        return ""
    return character
