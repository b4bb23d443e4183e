"""Cleaning: what LaTeX, HTML and odd characters become, on examples, on anything, and on the gold annotation."""

from __future__ import annotations

import json
import string
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.read import clean_text, make_text

EXAMPLES = [
    (r"One For All (\textsc{Ofa})", "One For All (Ofa)"),
    (r"{\em emphasised} and \emph{so} and \textbf{\textit{both}}", "emphasised and so and both"),
    (r"the $\ell_1$ norm", "the ℓ_1 norm"),
    (r"the $\ell _1$ norm", "the ℓ_1 norm"),
    (
        r"\"Uber Schr\"odinger, Caf\'{e}, \c{c}a, \v{S}koda, na\"{\i}ve, M{\"u}ller",
        "Über Schrödinger, Café, ça, Škoda, naïve, Müller",
    ),
    (r"by 7\% \& more, a\_b, \#1", "by 7% & more, a_b, #1"),
    (r"Llama~3 and Fig.~1", "Llama 3 and Fig. 1"),
    ("about ~10%, 5~10 runs, http://x.edu/~name", "about ~10%, 5~10 runs, http://x.edu/~name"),
    ("a -- b --- c", "a -- b --- c"),
    (r"$O(\sqrt{T})$ regret", "O(√T) regret"),
    (r"$O(\frac{1}{\sqrt{T}})$ and $\frac{a}{b}$", "O(1/√T) and a/b"),
    (r"$\alpha \leq \beta$", "α ≤ β"),
    (r"$\mathcal{X} \times \mathbb{R}^n$", "X × R^n"),
    (r"$O(\log n)$", "O(log n)"),
    (r"as shown~\cite{a,b} here \citep[p.~3]{c}.", "as shown here."),
    (r"we propose \foo{} and \ourmethod, new", "we propose and , new"),
    (r"\textcolor{red}{red} \href{https://x.org}{link} \url{https://y.org}", "red link https://y.org"),
    ("costs $5 and $10", "costs $5 and $10"),
    ("costs $5-$10, or $5 million to $10 million", "costs $5-$10, or $5 million to $10 million"),
    (r"costs \$5", "costs $5"),
    ("100% of it % is no comment", "100% of it % is no comment"),
    ("a lone $ sign", "a lone $ sign"),
    ("**bold** words", "bold words"),
    ("A &amp; B &lt; C &#39;d&#x27;", "A & B < C 'd'"),
    ("<i>E. coli</i> H<sub>2</sub>O <jats:italic>x</jats:italic>", "E. coli H2O x"),
    ("<jats:title>Abstract</jats:title><jats:p>We read.</jats:p>", "Abstract We read."),
    ('see <a href="https://x.org">here</a>', "see here"),
    (
        "pairs <i, j> and <subject, predicate> and <think> stay",
        "pairs <i, j> and <subject, predicate> and <think> stay",
    ),
    ("e\u0301 becomes one", "\u00e9 becomes one"),
    ("a\u00a0b\u2003c\td\r\ne\u2028f", "a b c d e f"),
    ("zero\u200bwidth\ufeff and soft\u00adhyphen \x00\x07\x9c", "zerowidth and softhyphen"),
    (
        "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    ),
    ("half a character \ud800 is none", "half a character is none"),
    (r"a \"quoted\" word", 'a "quoted" word'),
    ("", ""),
]


@pytest.mark.parametrize(("raw", "clean"), EXAMPLES)
def test_what_is_marked_is_kept_and_the_marks_are_not(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean


def test_text_is_title_line_break_abstract() -> None:
    assert make_text("A\nTitle", " An\r\nabstract ") == "A Title\nAn abstract"


@settings(deadline=None, max_examples=100)
@given(st.text(), st.text())
def test_any_text_becomes_one_clean_line_each(title: str, abstract: str) -> None:
    lines = make_text(title, abstract).split("\n")
    assert len(lines) == 2
    for line in lines:
        assert line == " ".join(line.split())
        assert line == unicodedata.normalize("NFC", line)
        assert not [c for c in line if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
        line.encode()


@settings(deadline=None, max_examples=100)
@given(st.text(alphabet=st.characters(exclude_characters="&<$~")))
def test_clean_text_is_clean_already(raw: str) -> None:
    assert clean_text(clean_text(raw)) == clean_text(raw)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.text(alphabet=string.ascii_letters + string.digits + ".,;:()%-'\"/", min_size=1), max_size=8))
def test_ordinary_words_are_left_alone(words: list[str]) -> None:
    text = " ".join(words)
    assert clean_text(text) == text


HOSTILE = r"""\ { } $ & < ~ * \" \c_ $a $_a \frac{ \frac{a}{ \cite[ \cite{a <i_a= ( a_ &amp é \textcolor{ \"_""".split()


@pytest.mark.parametrize("piece", [piece.replace("_", " ") for piece in HOSTILE])
def test_a_hundred_thousand_of_anything_take_linear_time(piece: str) -> None:
    assert len(clean_text(piece * (100_000 // len(piece)) + "x")) <= 100_001


def test_half_a_formula_swallows_nothing() -> None:
    words = " ".join(f"word{i}" for i in range(500))
    assert clean_text(f"from $5 {words} $ end") == f"from $5 {words} $ end"


@pytest.mark.shared
def test_the_strings_of_the_gold_annotation_stand_in_the_clean_text(shared: Path) -> None:
    found = total = 0
    for line in (shared / "gold/train.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        text = make_text(gold["title"], gold["abstract"])
        strings = [m["text"] for m in gold["mentions"]] + [c["text"] for c in gold["claims"]]
        total += len(strings)
        found += sum(clean_text(s) in text for s in strings)
    assert total > 4000
    assert found / total > 0.998
