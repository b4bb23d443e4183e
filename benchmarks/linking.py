"""Measures the linker: python benchmarks/linking.py [--shared ../shared] [--json] [--errors].

Names alone (`pairs_dev`: two names are one thing or two), one surface in two texts (`context_dev`), linking and names on
the annotated papers of `gold/dev` by the scorer, acronyms of SDU@AAAI-22 (its training split, which nothing was trained
on) beside the most frequent expansion, and mentions a second against lexicons that grow by made-up names.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import random
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from kg import link, pipeline
from kg.config import Settings
from kg.evaluation import score
from kg.link import Lexicon
from kg.read import clean_text, make_text
from kg.schema import Extraction, LexiconEntry, Mention, entity_id, paper_id

Row = dict[str, Any]
STRICT = ("version", "size", "variant", "lookalike")
"""Kinds of pairs of which none may be merged."""


def rows(path: Path) -> list[Row]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def share(right: Iterable[bool]) -> float:
    values = list(right)
    return sum(values) / len(values) if values else 0.0


# ------------------------------------------------------------------------------------------------ accuracy


def same_pair(row: Row, lexicon: Lexicon) -> bool:
    return len({link.resolve(row[side], row["type"], lexicon).entity for side in "ab"}) == 1


def same_in_context(row: Row, lexicon: Lexicon) -> bool:
    types = row["type"], row.get("type_b", row["type"])
    contexts = row["context_a"], row["context_b"]
    found = {
        link.resolve(row["surface"], type_, lexicon, context).entity
        for type_, context in zip(types, contexts, strict=True)
    }
    return len(found) == 1


def measure_pairs(data: list[Row], lexicon: Lexicon) -> Row:
    """Accuracy over all and by kind, and every pair that is answered wrongly."""
    told = [(row, same_pair(row, lexicon)) for row in data]
    kinds: dict[str, list[bool]] = {}
    for row, same in told:
        kinds.setdefault(row.get("kind") or "(none)", []).append(same == row["same"])
    merged = [row for row, same in told if same and not row["same"]]
    return {
        "pairs": len(data),
        "accuracy": share(same == row["same"] for row, same in told),
        "kinds": {kind: [share(right), len(right)] for kind, right in sorted(kinds.items())},
        "false merges": [[row["a"], row["b"], row.get("kind")] for row in merged],
        "strict false merges": sum(row.get("kind") in STRICT for row in merged),
        "missed": [[row["a"], row["b"], row.get("kind")] for row, same in told if row["same"] and not same],
    }


def measure_contexts(data: list[Row], lexicon: Lexicon) -> Row:
    told = [(row, same_in_context(row, lexicon)) for row in data]
    return {
        "rows": len(data),
        "accuracy": share(same == row["same"] for row, same in told),
        "always two": share(not row["same"] for row in data),
        "false merges": [[r["surface"], r["name_a"], r["name_b"]] for r, same in told if same and not r["same"]],
        "missed": [[r["surface"], r["name_a"]] for r, same in told if r["same"] and not same],
    }


def measure_gold(gold: Path) -> Row:
    """`linking_b3` and `canonical` of what the extraction of annotated papers finds."""
    found = pipeline.extract_files([gold], replace(Settings(), workers=1), report=print)
    scores = score(found, rows(gold))
    return {"linking_b3": scores["linking_b3"]["f1"], "canonical": scores["canonical"]["accuracy"]}


def measure_acronyms(data: list[Row]) -> Row:
    """Accuracy on acronyms in sentences, each with its possible expansions; spellings of one are one.

    The baseline knows how often each expansion occurs in these very sentences, the linker nothing of them.
    """
    frequent: dict[str, Counter[str]] = {}
    for row in data:
        frequent.setdefault(row["acronym"], Counter())[plain(row["expansion"])] += 1
    found = [plain(link.expand(row["acronym"], row["candidates"], row["text"])) for row in data]
    return {
        "sentences": len(data),
        "accuracy": share(got == plain(row["expansion"]) for got, row in zip(found, data, strict=True)),
        "most frequent": share(
            frequent[row["acronym"]].most_common(1)[0][0] == plain(row["expansion"]) for row in data
        ),
        "first candidate": share(plain(row["candidates"][0]) == plain(row["expansion"]) for row in data),
    }


def plain(phrase: str) -> str:
    return phrase.lower().replace("-", "").replace(" ", "")


# ------------------------------------------------------------------------------------------------ speed


def annotated(data: Iterable[Row]) -> list[tuple[Extraction, str]]:
    """Annotated papers in the extractor's form, with their texts: every place of each mention, and its synonyms."""
    out = []
    for row in data:
        text = make_text(row["title"], row["abstract"])
        ids: dict[str, str] = {}
        mentions = []
        for gold in row["mentions"]:
            surface = clean_text(gold["text"])
            for place in re.finditer(rf"(?<!\w){re.escape(surface)}(?!\w)", text):
                id_ = f"m{len(mentions)}"
                ids.setdefault(gold["text"], id_)
                mentions.append(Mention(id_, *place.span(), surface, gold["type"], 0.9))
        synonyms = tuple((ids[a], ids[b]) for a, b in row["synonyms"] if a in ids and b in ids)
        introduces = tuple(ids[name] for name in row["introduces"] if name in ids)
        out.append((Extraction(paper_id(title=row["title"]), tuple(mentions), introduces, synonyms), text))
    return out


def invented_entries(count: int) -> Iterator[LexiconEntry]:
    """Made-up names of the shapes that real ones have, each with a long form; from a fixed seed."""
    rng = random.Random(7)
    words = "sparse latent graph neural flow policy token prompt query mixture kernel causal depth speech".split()
    parts = "ba de fi go ku la me no pra qui ro sta tri vex wo zen".split()
    seen: set[str] = set()
    for n in itertools.count():
        if len(seen) == count:
            return
        name = "".join(rng.choices(parts, k=3)).capitalize() + rng.choice(["Net", "-2", "LM", " 7B", "Bench", ""])
        if (id_ := entity_id("Method", f"{name} x{n}")) not in seen:
            seen.add(id_)
            yield LexiconEntry(id_, "Method", f"{name} x{n}", (" ".join(rng.choices(words, k=4)) + f" {n}",))


def measure_speed(data: list[tuple[Extraction, str]], base: Lexicon, names: int, papers: int) -> Row:
    """Mentions linked in a second of processor time on one core, against the lexicon grown to a number of names."""
    held = sum(1 + len(entry.aliases) for entry in base.entries)
    entries = (*base.entries, *invented_entries(max(0, (names - held) // 2)))
    lexicon = Lexicon(tuple(sorted(entries, key=lambda e: e.id)))
    copies = range(1 + papers // len(data))
    batch = [(replace(e, paper=f"{e.paper}-{n}"), text) for n in copies for e, text in data][:papers]
    start = time.process_time()
    mentions = sum(len(link.link_extraction(e, lexicon, text).mentions) for e, text in batch)
    seconds = time.process_time() - start
    return {"names": max(names, held), "mentions": mentions, "a second": round(mentions / seconds)}


def speeds(shared: Path, lexicon: Lexicon) -> list[Row]:
    data = annotated(rows(shared / "gold" / "train_more.jsonl"))
    grown = [measure_speed(data, lexicon, names, len(data)) for names in (10_000, 30_000, 100_000)]
    return grown + [measure_speed(data, lexicon, 100_000, papers) for papers in (len(data) // 4, 4 * len(data))]


# ------------------------------------------------------------------------------------------------ printing


def report(figures: Row, errors: bool) -> None:
    pairs, contexts = figures["pairs_dev"], figures["context_dev"]
    print(f"pairs_dev     accuracy {pairs['accuracy']:.3f} of {pairs['pairs']}, false merges {pairs['false merges']}")
    for kind, (accuracy, count) in pairs["kinds"].items():
        print(f"  {kind:20} {accuracy:.3f} of {count}")
    print(
        f"context_dev   accuracy {contexts['accuracy']:.3f} of {contexts['rows']} (always two: {contexts['always two']:.3f})"
    )
    for name, value in figures["gold_dev"].items():
        print(f"{name:13} {value:.3f}")
    acronyms = figures["acronyms"]
    print(
        f"acronyms      accuracy {acronyms['accuracy']:.3f} of {acronyms['sentences']} "
        f"(most frequent: {acronyms['most frequent']:.3f}, first candidate: {acronyms['first candidate']:.3f})"
    )
    for row in figures["speed"]:
        print(f"{row['names']:>7} names, {row['mentions']:>7} mentions: {row['a second']:>7} a second")
    if errors:
        for name in ("pairs_dev", "context_dev"):
            for kind in ("false merges", "missed"):
                print(f"\n{name}, {kind}: {len(figures[name][kind])}")
                for row in figures[name][kind]:
                    print("  " + " | ".join(map(str, row)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--errors", action="store_true", help="list every wrong answer")
    options = parser.parse_args()
    shared, lexicon = options.shared, link.load_lexicon(Settings().lexicon)
    figures: Row = {
        "pairs_dev": measure_pairs(rows(shared / "linking" / "pairs_dev.jsonl"), lexicon),
        "context_dev": measure_contexts(rows(shared / "linking" / "context_dev.jsonl"), lexicon),
        "acronyms": measure_acronyms(rows(shared / "data/acronyms/sdu22_disambiguation_sci/train.jsonl.gz")),
        "gold_dev": measure_gold(shared / "gold" / "dev.jsonl"),
        "speed": speeds(shared, lexicon),
    }
    print(json.dumps(figures, indent=1, ensure_ascii=False)) if options.json else report(figures, options.errors)


if __name__ == "__main__":
    main()
