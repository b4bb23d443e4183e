"""How well mentions and relations agree with three corpora of others, in their labels: SciER, SciERC and SciREX.

    python benchmarks/scientific.py [--model auto|kg_md|kg_sm|rules|FOLDER] [--data ../shared/data] [--json]

Nothing is trained on these corpora, and they call other things a mention than kg does, so that the figures are those
of a stranger. SciER (Zhang et al., EMNLP 2024, arXiv:2410.21155) is full text, read some sentences at a time, as long
as an abstract; SciERC (Luan et al., EMNLP 2018, arXiv:1808.09602) and SciREX (Jain et al., ACL 2020, arXiv:2005.00512)
are abstracts, read whole.

A mention is right if its span and its label are; in "overlap", if it shares a character with one of its label. A
relation is right if its label and both mentions are (Rel+). SciER relates mentions in a sentence, kg two things once a
text: read as a relation in each sentence that names both, between the mentions that are nearest. SYNONYM_OF is read
off kg's synonyms in the same way.
"""

from __future__ import annotations

import argparse
import gzip
import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, product
from pathlib import Path
from typing import NamedTuple

from kg.extract import extract_papers, find_model
from kg.extract.synonyms import join_synonyms
from kg.schema import RELATION_TYPES, Extraction, Paper
from kg.terminal import show_progress

SETS = {"SciER dev": "scier/dev", "SciER test": "scier/test", "SciERC dev": "scierc/dev", "SciREX dev": "scirex/dev"}
SCIER = {"Method": "Method", "Dataset": "Dataset", "Task": "Task"}
LABELS = {
    "scier": SCIER,
    "scierc": SCIER | {"Dataset": "Material", "Metric": "Metric"},
    "scirex": SCIER | {"Dataset": "Material", "Metric": "Metric"},
}
"""What a corpus calls our types; its other labels (SciERC's Generic and OtherScientificTerm) are left out."""
SYNONYM = "SYNONYM_OF"
SYMMETRIC = {"COMPARE_WITH", SYNONYM}
SENTENCES = 10
"""Of a full text that are read together."""

Mention = tuple[str, int, int]
"""The corpus's label, start and end in the text."""
Relation = tuple[str, Mention, Mention]


class Passage(NamedTuple):
    """A text, where each of its sentences ends, and what the corpus marks in it."""

    text: str
    ends: list[int]
    mentions: set[Mention]
    relations: set[Relation]


# ------------------------------------------------------------------------------------------------ what is marked


def read_passages(path: Path, labels: Iterable[str]) -> Iterator[Passage]:
    """The texts of a corpus in the order of its file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    corpus = path.parent.name
    for _, document in groupby(rows, key=lambda row: row["doc_id"]):
        sentences = list(document)
        size = SENTENCES if corpus == "scier" else len(sentences)
        for first in range(0, len(sentences), size):
            yield make_passage(sentences[first : first + size], set(labels), titled=corpus == "scirex")


def make_passage(sentences: Sequence[dict], labels: set[str], titled: bool) -> Passage:
    """Sentences put together, the title in a line of its own, with the mentions of some labels and their relations."""
    text, passage = "", Passage("", [], set(), set())
    for number, row in enumerate(sentences):
        at = len(text)
        marked = [(e["type"], at + e["start_char"], at + e["end_char"]) for e in row["entities"]]
        passage.mentions.update(m for m in marked if m[0] in labels)
        passage.relations.update(
            make_relation(r["type"], marked[r["head"]], marked[r["tail"]]) for r in row["relations"]
        )
        text += row["text_natural"] + ("\n" if titled and number == 0 else " ")
        passage.ends.append(len(text))
    return passage._replace(text=text)


def make_relation(label: str, head: Mention, tail: Mention) -> Relation:
    """A relation with its label as kg spells it, whatever the direction of a symmetric one."""
    label = label.upper().replace("-", "_")
    return (label, *sorted([head, tail])) if label in SYMMETRIC else (label, head, tail)


# ------------------------------------------------------------------------------------------------ what is found


def find_mentions(found: Extraction, labels: dict[str, str]) -> dict[str, Mention]:
    """The mentions of some types in the labels of a corpus, by id."""
    return {m.id: (labels[m.type], m.start, m.end) for m in found.mentions if m.type in labels}


def find_relations(found: Extraction, labels: dict[str, str], ends: list[int]) -> set[Relation]:
    """Relations and synonyms of a text, as relations of mentions in each sentence that names both."""
    things, surfaces = join_synonyms(found.mentions, found.synonyms), {m.id: m.text for m in found.mentions}
    places = defaultdict(list)
    for id_, mention in find_mentions(found, labels).items():
        sentence = bisect_right(ends, mention[1])
        places[things[id_], sentence].append(mention)
        places[surfaces[id_], sentence].append(mention)
    pairs = [(r.type, things[r.head], things[r.tail]) for r in found.relations]
    pairs += [(SYNONYM, surfaces[a], surfaces[b]) for a, b in found.synonyms]
    out = set()
    for (label, head, tail), sentence in product(pairs, range(len(ends))):
        near = product(places.get((head, sentence), ()), places.get((tail, sentence), ()))
        if nearest := min(near, key=lambda pair: abs(pair[0][1] - pair[1][1]), default=None):
            out.add(make_relation(label, *nearest))
    return out


# ------------------------------------------------------------------------------------------------ figures


def compare(label: str, marked: Sequence[set], found: Sequence[set], overlapping: bool = False) -> dict:
    """Precision, recall and F1 of what is found in each text."""
    n, m = sum(map(len, found)), sum(map(len, marked))
    pairs = list(zip(marked, found, strict=True))
    right = sum(len(a & b) for a, b in pairs)
    row = {"label": label, "marked": m, "found": n, **f_score(right, n, right, m)}
    if overlapping:
        row["overlap_f1"] = f_score(
            sum(touching(b, a) for a, b in pairs), n, sum(touching(*pair) for pair in pairs), m
        )["f1"]
    return row


def f_score(right: int, found: int, met: int, marked: int) -> dict[str, float]:
    precision, recall = right / max(1, found), met / max(1, marked)
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / max(1e-9, precision + recall)}


def touching(some: set[Mention], others: set[Mention]) -> int:
    """How many of some mentions share a character with another one of their label."""
    return sum(any(a[0] == b[0] and a[1] < b[2] and b[1] < a[2] for b in others) for a in some)


def of_label(label: str, texts: Sequence[set]) -> list[set]:
    return [{item for item in items if item[0] == label} for items in texts]


def figures(passages: Sequence[Passage], found: Sequence[Extraction], labels: dict[str, str]) -> list[dict]:
    """The rows of one set: all mentions, each label; all relations, each type, where the corpus marks ours."""
    marked, got = [p.mentions for p in passages], [set(find_mentions(f, labels).values()) for f in found]
    rows = [compare("mentions", marked, got, overlapping=True)]
    rows += [compare(x, of_label(x, marked), of_label(x, got), overlapping=True) for x in labels.values()]
    if labels is LABELS["scier"]:
        marked = [p.relations for p in passages]
        got = [find_relations(f, labels, p.ends) for p, f in zip(passages, found, strict=True)]
        rows.append(compare("relations", marked, got))
        rows += [compare(x, of_label(x, marked), of_label(x, got)) for x in (*map(str, RELATION_TYPES), SYNONYM)]
    return rows


def extract(passages: Sequence[Passage], name: str, model: Path | None) -> list[Extraction]:
    papers = [Paper(f"paper:{n}", "", p.text, p.text) for n, p in enumerate(passages)]
    found = []
    with show_progress() as progress:
        for extraction in extract_papers(papers, model=model, report=print):
            found.append(extraction)
            progress(name, len(found), len(papers))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared/data")
    parser.add_argument("--model", default="auto", help="auto, kg_md, kg_sm, rules, or a folder of kg train")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    model, rows = find_model(options.model), []
    for name, path in SETS.items():
        labels = LABELS[Path(path).parent.name]
        passages = list(read_passages(options.data / f"{path}.jsonl.gz", labels.values()))
        rows += [{"set": name, **row} for row in figures(passages, extract(passages, name, model), labels)]
    if options.json:
        return print(json.dumps(rows, indent=1))
    print(
        f"| set | {model.name if model else 'rules'} | marked | found | precision | recall | F1 | overlap F1 |\n{'|---' * 8}|"
    )
    for row in rows:
        cells = [f"{row[key]:.3f}" if key in row else "" for key in ("precision", "recall", "f1", "overlap_f1")]
        print(f"| {row['set']} | {row['label']} | {row['marked']} | {row['found']} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
