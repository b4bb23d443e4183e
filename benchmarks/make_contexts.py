"""Learns from raw abstracts in which company names stand, and what short forms stand for, for `kg/link/contexts.npz`.

    python benchmarks/make_contexts.py ABSTRACTS.jsonl.gz... [--gold GOLD.jsonl...] [--leave-out IDS.json] -o kg/link/contexts.npz

Words and names get vectors by latent semantic analysis (Deerwester et al. 1990, doi:10.1002/(SICI)1097-4571(199009)41:6
<391::AID-ASI1>3.0.CO;2-9): a word that of the truncated singular value decomposition of abstracts by words, without the
direction that all abstracts share (Mu and Viswanath 2018, arXiv:1702.01417); a name the mean of the abstracts that hold
it. Short forms and their long forms are the definitions that the extractor finds, spellings of one phrase as one. No
sentence of an abstract is kept. Use only abstracts whose licence allows it (arXiv metadata, ACL Anthology). The
decomposition starts from a fixed seed; needs scipy, some minutes and 3 GB for 80,000 abstracts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import svds

from kg.config import Settings
from kg.extract.abbreviations import find_definitions
from kg.link import fold_surface, load_lexicon
from kg.link.context import fold_short, fold_word, words_of_text
from kg.read import clean_text, make_text

DIMENSIONS = 96
RARE_WORD, RARE_NAME, RARE_DEFINITION = 12, 3, 2
"""Words, names and definitions in fewer abstracts are left out."""
WORD = re.compile(r"[^\W_]+(?:[.+#*][^\W_]+)*[+#*]?")
LONG_ENOUGH = 4
"""A short form of so many letters that one definition says what it is."""
LONGEST = 7


def read_texts(paths: Iterable[Path], left_out: set[str]) -> Iterator[str]:
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for row in map(json.loads, file):
                if row["id"] not in left_out:
                    yield make_text(row["title"], row["abstract"])


# ------------------------------------------------------------------------------------------------ words


def word_matrix(texts: list[str]) -> tuple[list[str], sparse.csr_matrix]:
    """The words that are frequent enough, sorted, and which abstract holds which: shape (abstracts, words), 0 or 1."""
    held = [{fold_word(word) for word in words_of_text(text)} for text in texts]
    counts = Counter(word for words in held for word in words)
    words = sorted(word for word, n in counts.items() if n >= RARE_WORD)
    column = {word: i for i, word in enumerate(words)}
    found = [[column[w] for w in sorted(words & column.keys())] for words in held]
    starts = np.concatenate([[0], np.cumsum([len(f) for f in found])])
    data = np.ones(starts[-1], dtype=np.float32)
    return words, sparse.csr_matrix((data, np.concatenate(found), starts), shape=(len(texts), len(words)))


def word_vectors(matrix: sparse.csr_matrix) -> np.ndarray:
    """A vector of small integers for each word: its sense times how telling it is, shape (words, DIMENSIONS), int8."""
    idf = np.log((matrix.shape[0] + 1) / (np.asarray(matrix.sum(0)).ravel() + 1))
    weighted = (matrix @ sparse.diags(idf)).tocsr()
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(1)).ravel())
    weighted = sparse.diags(1 / np.maximum(lengths, 1e-9)) @ weighted
    _, sizes, right = svds(weighted.astype(np.float32), k=DIMENSIONS, random_state=0, tol=1e-3)
    vectors = right[np.argsort(-sizes)].T
    vectors /= np.sqrt(np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))  # rare words tell much
    vectors *= idf[:, None]
    common = unit(matrix @ vectors).mean(0)
    common /= np.linalg.norm(common)
    vectors -= np.outer(vectors @ common, common)
    largest = np.quantile(np.abs(vectors).max(1), 0.995)
    return np.clip(np.round(vectors * 127 / largest), -127, 127).astype(np.int8)


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


# ------------------------------------------------------------------------------------------------ names


def names_of_gold(paths: Iterable[Path]) -> Counter[str]:
    """How many annotated papers hold each name, as it is written or as its canonical form."""
    found: Counter[str] = Counter()
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found.update({clean_text(m["text"]) for m in row["mentions"]} | set(row["canonical"].values()))
    return found


def parts(text: str) -> tuple[str, ...]:
    return tuple(fold_word(word.lower()) for word in WORD.findall(text))


def places(texts: list[str], names: Iterable[str]) -> dict[str, list[int]]:
    """The abstracts that hold each folded name: phrases in any form, single words only as they are written."""
    phrases: dict[tuple[str, ...], str] = {}
    single: dict[str, str] = {}
    for name in names:
        key = parts(name)
        if 1 < len(key) <= LONGEST:
            phrases.setdefault(key, fold_surface(name))
        elif name[:1].isupper() or any(c.isupper() for c in name[1:]):
            single[name] = fold_surface(name)
    lengths = defaultdict(set)
    for key in phrases:
        lengths[key[0]].add(len(key))
    found: dict[str, set[int]] = defaultdict(set)
    for n, text in enumerate(texts):
        written = WORD.findall(text)
        folded = [fold_word(word.lower()) for word in written]
        for i, word in enumerate(folded):
            for length in lengths.get(word, ()):
                if name := phrases.get(tuple(folded[i : i + length])):
                    found[name].add(n)
        for word in single.keys() & set(written):
            found[single[word]].add(n)
    return {name: sorted(where) for name, where in found.items() if len(where) >= RARE_NAME}


# ------------------------------------------------------------------------------------------------ definitions


def definitions(texts: list[str]) -> dict[str, Counter[str]]:
    """In how many abstracts each short form is defined by each long form."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        spans = {(text[slice(*d.short)], text[slice(*d.long)]) for d in find_definitions(text)}
        for short, long in {(fold_short(short), " ".join(long.split())) for short, long in spans}:
            found[short][long] += 1
    return found


def senses(short: str, longs: Counter[str]) -> list[tuple[str, list[str], int]]:
    """The phrases that a short form stands for: the most frequent spelling of each, all its spellings, and how often."""
    by_parts: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for long, n in longs.items():
        by_parts[parts(long)][long] += n
    grouped: list[tuple[tuple[str, ...], Counter[str]]] = []
    for key, spellings in sorted(by_parts.items(), key=lambda item: (-item[1].total(), item[0])):
        for known, group in grouped:
            if same_phrase(known, key, short):
                group.update(spellings)
                break
        else:
            grouped.append((key, Counter(spellings)))
    enough = 1 if len(short) >= LONG_ENOUGH else RARE_DEFINITION
    return [(best(group), sorted(group), group.total()) for _, group in grouped if group.total() >= enough]


def best(spellings: Counter[str]) -> str:
    return min(spellings, key=lambda spelling: (-spellings[spelling], spelling))


def same_phrase(one: tuple[str, ...], other: tuple[str, ...], short: str) -> bool:
    """Whether two long forms of one short form are one phrase: of the same stems, or with words that it leaves out."""
    if "".join(one) == "".join(other):
        return True
    if len(one) == len(other):
        return all(a[:5] == b[:5] or a.startswith(b) or b.startswith(a) for a, b in zip(one, other, strict=True))
    few, many = sorted((one, other), key=len)
    rest = iter(many)
    return len(few) >= len(short) and all(word in rest for word in few)


# ------------------------------------------------------------------------------------------------ the table


def make(texts: list[str], gold: Counter[str]) -> dict[str, Any]:
    words, matrix = word_matrix(texts)
    vectors = word_vectors(matrix)
    meant = {short: senses(short, longs) for short, longs in sorted(definitions(texts).items())}
    spelled = {spelling for found in meant.values() for _, spellings, _ in found for spelling in spellings}
    known = {surface for e in load_lexicon(Settings().lexicon).entries for surface in (e.name, *e.aliases)}
    wanted = sorted(spelled | known | {name for name, n in gold.items() if n >= RARE_NAME})
    where = places(texts, wanted)
    written = {fold_surface(name): name for name in wanted}
    # Spellings of one phrase stand in one company.
    for found in meant.values():
        for long, spellings, _ in found:
            held = {n for spelling in spellings for n in where.get(fold_surface(spelling), ())}
            if held:
                where[fold_surface(long)] = sorted(held | set(where.get(fold_surface(long), ())))
    names = sorted(where)
    contexts = unit(matrix @ vectors.astype(np.float32))
    means = unit(np.stack([contexts[where[name]].mean(0) for name in names]))
    rows = [(short, long, n) for short, found in meant.items() for long, _, n in found]
    return {
        "words": lines(words),
        "word_vectors": vectors,
        "names": lines(names),
        "written": lines(written[name] for name in names),
        "name_vectors": np.round(means * 127 / np.abs(means).max(1, keepdims=True)).astype(np.int8),
        "name_counts": np.array([len(where[name]) for name in names], dtype=np.int32),
        "shorts": lines(short for short, _, _ in rows),
        "longs": lines(long for _, long, _ in rows),
        "counts": np.array([n for _, _, n in rows], dtype=np.int32),
    }


def lines(texts: Iterable[str]) -> np.ndarray:
    return np.frombuffer("\n".join(texts).encode(), dtype=np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("abstracts", nargs="+", type=Path)
    parser.add_argument("--gold", nargs="*", type=Path, default=[])
    parser.add_argument("--leave-out", type=Path, help='JSON with "abstract_ids" that are kept free for measurement')
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    left_out = set(json.loads(options.leave_out.read_text())["abstract_ids"]) if options.leave_out else set()
    table = make(list(read_texts(options.abstracts, left_out)), names_of_gold(options.gold))
    np.savez_compressed(options.output, **table)
    print({name: array.shape for name, array in table.items()}, options.output.stat().st_size)


if __name__ == "__main__":
    main()
