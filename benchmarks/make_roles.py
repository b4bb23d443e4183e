"""Fits the weights of `kg/extract/roles.npz`: what each sentence of an abstract does there.

    python benchmarks/make_roles.py ../shared/data/csabstruct -o kg/extract/roles.npz
    python benchmarks/make_roles.py ../shared/data/csabstruct          # only scores the weights that ship

The folder holds train, dev and test.jsonl.gz of CSAbstruct (Apache-2.0). The weights are fitted to train, by maximum
likelihood of whole abstracts with an L2 penalty; the penalty and the features were chosen on dev.
"""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import logsumexp

from kg.extract.roles import BUCKETS, buckets_of, features_of, find_roles
from kg.schema import ROLES

PENALTY = 10.0
STEPS = 100
K = len(ROLES)


class Abstracts(NamedTuple):
    """Features (s, BUCKETS) and roles (s,) of all sentences; the sentences of each abstract (a, longest), -1 behind."""

    features: csr_matrix
    roles: np.ndarray
    places: np.ndarray


def read(path: Path) -> list[dict]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def arrays(abstracts: list[dict]) -> Abstracts:
    rows = [buckets_of(features_of(s, n, len(a["sentences"]))) for a in abstracts for n, s in enumerate(a["sentences"])]
    indptr = np.cumsum([0, *map(len, rows)])
    features = csr_matrix((np.ones(indptr[-1]), np.concatenate(rows), indptr), shape=(len(rows), BUCKETS))
    roles = np.array([ROLES.index(role) for a in abstracts for role in a["labels"]])
    lengths = [len(a["sentences"]) for a in abstracts]
    places, first = np.full((len(lengths), max(lengths)), -1), 0
    for row, length in zip(places, lengths, strict=True):
        row[:length] = np.arange(first, first + length)
        first += length
    return Abstracts(features, roles, places)


def split(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights of features, transitions and start, which the optimiser keeps in one row."""
    words, transitions, start = np.split(theta, [BUCKETS * K, BUCKETS * K + K * K])
    return words.reshape(BUCKETS, K), transitions.reshape(K, K), start


def loss(theta: np.ndarray, data: Abstracts) -> tuple[float, np.ndarray]:
    """The penalised negative log-likelihood and its gradient; all abstracts at once, place by place."""
    words, step, start = split(theta)
    scores = data.features @ words
    wanted = np.zeros_like(scores)
    wanted[np.arange(len(wanted)), data.roles] = 1
    here, there = scores[data.places], data.places >= 0
    roles = data.roles[data.places]
    forward, backward = np.zeros_like(here), np.zeros_like(here)
    forward[:, 0] = here[:, 0] + start
    last = here.shape[1] - 1
    for i in range(1, last + 1):
        reached = logsumexp(forward[:, i - 1, :, None] + step, axis=1) + here[:, i]
        forward[:, i] = np.where(there[:, i, None], reached, forward[:, i - 1])
    for i in range(last - 1, -1, -1):
        left = logsumexp(step + (here[:, i + 1] + backward[:, i + 1])[:, None], axis=2)
        backward[:, i] = np.where(there[:, i + 1, None], left, 0)
    total = logsumexp(forward[:, -1], axis=1)
    given = np.exp(forward + backward - total[:, None, None])
    surplus = given[there] - wanted  # rows of `there` are the sentences in their order
    steps, taken = np.zeros((K, K)), np.zeros((K, K))
    for i in range(1, last + 1):
        r = there[:, i]
        ends = here[r, i] + backward[r, i] - total[r, None]
        steps += np.exp(forward[r, i - 1, :, None] + step + ends[:, None]).sum(0)
        np.add.at(taken, (roles[r, i - 1], roles[r, i]), 1)
    begun = np.bincount(roles[:, 0], minlength=K)
    likelihood = (scores * wanted).sum() + start @ begun + (step * taken).sum() - total.sum()
    others = np.concatenate([step.ravel(), start])
    value = PENALTY / 2 * (words**2).sum() + (others**2).sum() / 2 - likelihood
    by_words = data.features.T @ surplus + PENALTY * words
    by_others = np.concatenate([(steps - taken).ravel(), given[:, 0].sum(0) - begun]) + others
    return float(value), np.concatenate([by_words.ravel(), by_others])


def fit(data: Abstracts, output: Path) -> None:
    """Write the weights, those of features as integers of 8 bits."""
    start = np.zeros(BUCKETS * K + K * K + K)
    found = minimize(loss, start, args=(data,), jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    words, transitions, begin = split(found.x)
    scale = np.abs(words).max() / 127
    np.savez_compressed(
        output,
        features=np.round(words / scale).astype(np.int8),
        scale=np.float32(scale),
        transitions=transitions.astype(np.float32),
        start=begin.astype(np.float32),
    )


def report(name: str, abstracts: list[dict]) -> str:
    """A row of the table: accuracy, macro F1, F1 of each role."""
    pairs = [pair for a in abstracts for pair in zip(a["labels"], find_roles(a["sentences"]), strict=True)]
    scores = []
    for role in ROLES:
        hits = sum(wanted == got == role for wanted, got in pairs)
        scores.append(2 * hits / max(1, sum((wanted == role) + (got == role) for wanted, got in pairs)))
    accuracy = sum(wanted == got for wanted, got in pairs) / len(pairs)
    return f"| {name} | {accuracy:.3f} | {sum(scores) / K:.3f} | {' | '.join(f'{s:.3f}' for s in scores)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--output", type=Path, help="fit the weights anew and write them here")
    options = parser.parse_args()
    if options.output:
        fit(arrays(read(options.folder / "train.jsonl.gz")), options.output)
    print(f"| split | accuracy | macro F1 | {' | '.join(ROLES)} |\n|{'---|' * (K + 3)}")
    for name in ("dev", "test"):
        print(report(name, read(options.folder / f"{name}.jsonl.gz")))


if __name__ == "__main__":
    main()
