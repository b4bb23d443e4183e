"""Counts how annotated papers use words and phrases, for `kg/extract/terms.tsv` and `words.tsv`.

    python benchmarks/make_terms.py GOLD.jsonl... -o kg/extract

terms.tsv: phrases annotated in two papers or more and in half of the papers that hold them: phrase, type, share.
words.tsv: of each frequent word, how often it stands inside a mention, ends the mention it stands in, and the type of
the mentions that it ends. Both are facts about usage; no sentence of a paper is kept.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path

from kg.extract.terms import fold_phrase, words_of
from kg.read import clean_text, make_text


def marked(words: list[tuple[str, int, int]], mentions: dict[str, str]) -> list[tuple[int, int, str]]:
    """The occurrences of the mentions, as spans of words, the longest first and none inside another."""
    folded = [fold_phrase(word) for word, _, _ in words]
    surfaces = defaultdict(list)
    for text, kind in mentions.items():
        parts = tuple(fold_phrase(w) for w, _, _ in words_of(text))
        if parts:
            surfaces[parts[0]].append((parts, kind))
    found, taken = [], set()
    spans = [
        (i, i + len(parts), kind)
        for i, word in enumerate(folded)
        for parts, kind in surfaces.get(word, ())
        if tuple(folded[i : i + len(parts)]) == parts
    ]
    for start, end, kind in sorted(spans, key=lambda s: (s[0] - s[1], s)):
        if not taken & set(range(start, end)):
            taken |= set(range(start, end))
            found.append((start, end, kind))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    inside, last, seen = Counter(), Counter(), Counter()
    ends: dict[str, Counter] = defaultdict(Counter)
    papers_of: dict[str, Counter] = defaultdict(Counter)
    texts = []
    for path in options.gold:
        for line in path.read_text(encoding="utf-8").splitlines():
            gold = json.loads(line)
            words = words_of(make_text(gold["title"], gold["abstract"]))
            folded = [fold_phrase(word) for word, _, _ in words]
            texts.append(" " + " ".join(folded) + " ")
            seen.update(folded)
            spans = marked(words, {clean_text(m["text"]): m["type"] for m in gold["mentions"]})
            for start, end, kind in spans:
                inside.update(folded[start:end])
                last[folded[end - 1]] += 1
                ends[folded[end - 1]][kind] += 1
            for phrase, kind in {(" ".join(folded[a:b]), kind) for a, b, kind in spans}:
                papers_of[phrase][kind] += 1
    share = document_share(texts, {p for p, kinds in papers_of.items() if kinds.total() >= 2})
    with open(options.output / "terms.tsv", "w", encoding="utf-8") as file:
        for phrase, kinds in sorted(papers_of.items()):
            if kinds.total() >= 2 and kinds.total() / share[phrase] >= 0.4 and not phrase.isdigit():
                file.write(f"{phrase}\t{kinds.most_common(1)[0][0]}\t{min(1, kinds.total() / share[phrase]):.2f}\n")
    with open(options.output / "words.tsv", "w", encoding="utf-8") as file:
        for word, n in sorted(seen.items()):
            if n >= 12 and inside[word] / n >= 0.15 and not word.isdigit():
                kind = ends[word].most_common(1)[0][0] if ends[word] else "-"
                file.write(f"{word}\t{inside[word] / n:.2f}\t{last[word] / inside[word]:.2f}\t{kind}\n")


def document_share(texts: list[str], phrases: set[str]) -> Counter:
    """In how many papers each phrase stands at all."""
    found: Counter = Counter()
    longest = max(phrase.count(" ") + 1 for phrase in phrases)
    for text in texts:
        words = text.split()
        grams = {" ".join(words[i : i + n]) for n in range(1, longest + 1) for i in range(len(words) - n + 1)}
        found.update(grams & phrases)
    return found


if __name__ == "__main__":
    main()
