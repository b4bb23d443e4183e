"""How well abbreviations and what they stand for are found, beside scispaCy's rule.

    pip install --no-deps scispacy==0.6.2
    python benchmarks/abbreviations.py [--data ../shared/data/acronyms] [--errors SET]

MED1250 (Sohn et al., BMC Bioinformatics 2008, doi:10.1186/1471-2105-9-402) gives the pairs of an abstract; a pair is
found if both strings are. SDU (Veyseh et al., AAAI 2021 and 2022) marks the long forms of a sentence; one is found if
its characters are, but for space and quotes at its ends.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import spacy

from kg.extract.abbreviations import find_definitions

SETS = {
    "MED1250": "med1250/all",
    "SDU 2021 dev": "sdu21_identification/dev",
    "SDU 2021 test": "sdu21_identification/test",
    "SDU 2022 train": "sdu22_extraction_sci/train",
    "SDU 2022 dev": "sdu22_extraction_sci/dev",
}
Pairs = set[tuple[str, str]]
"""Short and long forms of one text."""


def rows(path: Path) -> Iterator[dict]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def by_kg(text: str) -> Pairs:
    return {(text[slice(*d.short)], text[slice(*d.long)]) for d in find_definitions(text)}


def scispacy() -> Callable[[str], Pairs] | None:
    try:
        from scispacy.abbreviation import AbbreviationDetector  # noqa: F401 - the import makes the factory known
    except ImportError:
        return None
    nlp = spacy.load("en_core_sci_sm") if spacy.util.is_package("en_core_sci_sm") else spacy.blank("en")
    nlp.add_pipe("abbreviation_detector")
    return lambda text: {(a.text, a._.long_form.text) for a in nlp(text)._.abbreviations}


def wanted(row: dict) -> set:
    """The pairs of a row, or its long forms where pairs are not given."""
    if "pairs" in row:
        return {tuple(pair.values() if isinstance(pair, dict) else pair) for pair in row["pairs"]}
    return {plain(long) for long in row["long_text"]} if "long_text" in row else {plain(x) for x in long_tokens(row)}


def long_tokens(row: dict) -> Iterator[str]:
    """The long forms of a row that gives them in tokens, as they stand in its text."""
    at, starts, ends = 0, [], []
    for token in row["tokens"]:
        starts.append(row["text"].index(token, at))
        at = starts[-1] + len(token)
        ends.append(at)
    return (row["text"][starts[a] : ends[b - 1]] for a, b in row["long"])


def plain(text: str) -> str:
    return " ".join(text.split()).strip(" \"'“”")


def score(find: Callable[[str], Pairs], data: list[dict]) -> tuple[str, list[tuple]]:
    """Precision, recall and F1 as cells of a table, and what is missed and wrong in each text."""
    tp = fp = fn = 0
    errors = []
    for row in data:
        want = wanted(row)
        text = f"{row['title']}\n{row['text']}" if "title" in row else row["text"]
        got = find(text) if "pairs" in row else {plain(long) for _, long in find(text)}
        tp, fp, fn = tp + len(want & got), fp + len(got - want), fn + len(want - got)
        errors += [(sorted(want - got), sorted(got - want), text)] if want != got else []
    p, r = tp / max(1, tp + fp), tp / max(1, tp + fn)
    return f"{p:.3f} | {r:.3f} | {2 * p * r / max(1e-9, p + r):.3f}", errors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared/data/acronyms")
    parser.add_argument("--errors", choices=SETS, help="list what kg misses and finds wrongly in this set")
    options = parser.parse_args()
    if options.errors:
        for missed, wrong, text in score(by_kg, list(rows(options.data / f"{SETS[options.errors]}.jsonl.gz")))[1]:
            print(f"- {missed}\n+ {wrong}\n  {text}\n")
        return
    peers = {"kg": by_kg, "scispaCy": scispacy()}
    print("| set | what finds | precision | recall | F1 |\n|---|---|---|---|---|")
    for name, path in SETS.items():
        data = list(rows(options.data / f"{path}.jsonl.gz"))
        for peer, find in peers.items():
            print(f"| {name} | {peer} | {score(find, data)[0] if find else 'not installed | |'} |")


if __name__ == "__main__":
    main()
