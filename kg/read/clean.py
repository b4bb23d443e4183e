"""Text as people read it: LaTeX, HTML and odd characters cleaned away, once, so that offsets mean the same everywhere."""

from __future__ import annotations

import html
import re
import unicodedata

__all__ = ["clean_text", "make_text"]


def _table(text: str) -> dict[str, str]:
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


SYMBOLS = _table(
    "alpha α beta β gamma γ delta δ epsilon ε varepsilon ε eps ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ"
    " lambda λ mu μ textmu μ nu ν xi ξ omicron ο pi π rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi φ varphi φ"
    " chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω"
    " ell ℓ infty ∞ times × texttimes × cdot · pm ± mp ∓ div ÷ sqrt √ sum ∑ prod ∏ int ∫ partial ∂ nabla ∇"
    " leq ≤ le ≤ leqslant ≤ geq ≥ ge ≥ geqslant ≥ neq ≠ ne ≠ ll ≪ gg ≫ lesssim ≲ gtrsim ≳ approx ≈ sim ∼ simeq ≃"
    " propto ∝ equiv ≡ asymp ≍ triangleq ≜ succ ≻ prec ≺ parallel ∥ Vert ‖ vert | mid | lvert | rvert |"
    " langle ⟨ rangle ⟩ lceil ⌈ rceil ⌉ lfloor ⌊ rfloor ⌋ in ∈ notin ∉ subset ⊂ subseteq ⊆ cup ∪ cap ∩ setminus ∖"
    " emptyset ∅ forall ∀ exists ∃ neg ¬ wedge ∧ land ∧ vee ∨ lor ∨ top ⊤ perp ⊥ to → rightarrow → leftarrow ←"
    " leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ uparrow ↑ downarrow ↓ mapsto ↦ ldots … dots …"
    " cdots ⋯ ast ∗ star ⋆ circ ∘ bullet • oplus ⊕ otimes ⊗ odot ⊙ dagger † textemdash — textendash – textbackslash ∖"
    " ss ß ae æ AE Æ oe œ OE Œ aa å AA Å o ø O Ø l ł L Ł i ı S § copyright © degree ° deg ° textdegree °"
    " checkmark ✓ ie i.e. eg e.g. colon :"
)
"""Commands that are a character (or, of `ie` and `eg`, their letters)."""
WORDS = frozenset(
    "log ln exp max min sup inf arg argmax argmin sin cos tan tanh det dim ker lim poly polylog mod Pr".split()
)
"""Commands that are their own name."""
ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "c": "\u0327", "k": "\u0328", "d": "\u0323",
}  # fmt: skip

DOLLAR = "\ue000"
"""Stands for an escaped dollar while formulas are looked for."""

_NO_MARK = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\ue000\U000e0000-\U000e007f]"
)
"""Controls, lone surrogates and invisible marks; the joiners of scripts (U+200C, U+200D) are kept."""
_BLOCK_TAG = re.compile(r"</?(?:jats:)?(?:p|br|sec|title|list|list-item)\s*/?>", re.I)
_TAG = re.compile(
    r"</?(?:jats:)?(?:i|b|u|em|strong|sub|sup|span|a|italic|bold|underline|monospace|tt|sc|inline-formula|tex-math)"
    r"(?:\s+[a-z:-]{1,20}=(?:\"[^\"<>]{0,300}\"|'[^'<>]{0,300}'))*\s*/?>",
    re.I,
)
_ACCENT = re.compile(
    r"\\([`'^~=.\"])(?:\s*\{\s*(?:\\([ij])|([A-Za-z]))\s*\}|\\([ij])\b|([A-Za-z]))"
    r"|\\([uvHckrd])(?:\s*\{\s*([A-Za-z])\s*\}|\s+([A-Za-z])\b)"
)
_MATHS = re.compile(r"\$\$?(?=[^\s$])([^$]{0,400}?[^\s$]|[^\s$])\$\$?(?!\d)")
_DROPPED = re.compile(
    r"[~ ]?\\(?:cite[a-z]{0,8}|ref|eqref|label|footnote|footnotemark|[vh]space)\*?(?:\[[^\[\]]{0,80}\])?\{[^{}]{0,300}\}"
    r"|\\(?:begin|end|color|textcolor|hyperlink|href)\{[^{}]{0,300}\}"
)
_FRACTION = re.compile(r"\\[dtn]?(?:ice)?frac\s*" + 2 * r"\{((?:[^{}]|\{[^{}]{0,80}\}){1,80})\}")
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?\s*")
_ESCAPED = re.compile(r"\\([%&_#$])")
_SPACING = re.compile(r"\\[,;:! /\\]|\\$")
_TIE = re.compile(r"(?<=[\w.,;:)\]%])(?<!\d(?=~\d))~(?=[^\s~/])")


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
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", _NO_MARK.sub("", text))
    if "<" in text:
        text = _TAG.sub("", _BLOCK_TAG.sub(" ", text))
    if "\\" in text or "$" in text:
        text = _unlatex(text)
    text = text.replace("{", "").replace("}", "").replace("**", "")
    if "~" in text:
        text = _TIE.sub(" ", text)
    return " ".join(unicodedata.normalize("NFC", text).split())


def _unlatex(text: str) -> str:
    text = _ACCENT.sub(_accented, text)
    text = _DROPPED.sub("", text)
    text = _ESCAPED.sub(lambda m: m[1] if m[1] != "$" else DOLLAR, text)
    text = _MATHS.sub(_formula, text)
    text = _FRACTION.sub(r"\1/\2", text)
    text = _COMMAND.sub(_command, text)
    text = _SPACING.sub(" ", text).replace("\\", "")
    return text.replace(DOLLAR, "$")


def _accented(match: re.Match[str]) -> str:
    """The letter with its accent; a mark that no such letter has was an escaped quote."""
    mark = match[1] or match[6]
    letter = match[2] or match[3] or match[4] or match[5] or match[7] or match[8]
    whole = unicodedata.normalize("NFC", letter + ACCENTS[mark])
    return whole if len(whole) == 1 else match[0].removeprefix("\\") if match[1] else match[0]


def _formula(match: re.Match[str]) -> str:
    """The inside of a formula; all of it where the dollars are prices ("$5 billion to $10")."""
    inside = match[1]
    is_price = inside[0].isdigit() and len(inside.split()) > 2 and not re.search(r"[\\^_=<>]", inside)
    return match[0] if is_price else inside


def _command(match: re.Match[str]) -> str:
    name = match[1]
    after = " " if match[0][-1].isspace() else ""
    if name in SYMBOLS:
        return SYMBOLS[name] + (after if name not in ("sqrt", "ell") else "")
    return name + after if name in WORDS else ""
