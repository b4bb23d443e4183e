"""Fits the weights of `kg/extract/cues.tsv`: which sentences of annotated papers hold a claim.

    python benchmarks/make_cues.py GOLD.jsonl... -o kg/extract/cues.tsv

Logistic regression with an L2 penalty over words, pairs of words and place; only words are kept, no sentence.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from kg.extract.claims import features_of
from kg.extract.sentences import split_sentences
from kg.read import clean_text, make_text


def examples(paths: list[Path]) -> tuple[list[set[str]], list[bool]]:
    """The features of every sentence but the titles, and whether a claim of the annotation starts in it."""
    features, labels = [], []
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            gold = json.loads(line)
            text = make_text(gold["title"], gold["abstract"])
            sentences = split_sentences(text)
            starts = [text.find(clean_text(claim["text"])) for claim in gold["claims"]]
            for number, (start, end) in enumerate(sentences[1:], 1):
                features.append(features_of(text[start:end], number / max(1, len(sentences) - 1)))
                labels.append(any(start <= at < end for at in starts))
    return features, labels


def fit(features: list[set[str]], labels: list[bool], least: int, penalty: float) -> dict[str, float]:
    """The weights that minimise the penalised log loss; features of fewer than `least` sentences are left out."""
    counts = Counter(f for found in features for f in found)
    names = sorted(name for name, n in counts.items() if n >= least and not name.replace(" ", "").isdigit())
    index = {name: i for i, name in enumerate(names)}
    rows = [sorted(index[f] for f in found if f in index) for found in features]
    indptr = np.cumsum([0, *map(len, rows)])
    x = csr_matrix((np.ones(indptr[-1]), np.concatenate(rows), indptr), shape=(len(rows), len(names)))
    y = np.where(labels, 1.0, -1.0)

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        margin = y * (x @ w)
        gradient = x.T @ (-y / (1 + np.exp(margin))) + penalty * w
        return float(np.logaddexp(0, -margin).sum() + penalty / 2 * w @ w), gradient

    weights = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return dict(zip(names, weights.round(2), strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    weights = fit(*examples(options.gold), least=12, penalty=8.0)
    kept = {name: weight for name, weight in weights.items() if abs(weight) >= 0.1}
    options.output.write_text("".join(f"{n}\t{w:.2f}\n" for n, w in sorted(kept.items())), encoding="utf-8")
    print(f"{len(kept)} of {len(weights)} weights kept")


if __name__ == "__main__":
    main()
