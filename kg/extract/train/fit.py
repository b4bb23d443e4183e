"""Training: batches of whole abstracts, one loss a head, a running average of the weights."""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from kg.extract.train.gold import IGNORED, Example
from kg.extract.train.network import Network
from kg.extract.train.plan import Plan
from kg.extract.trained.claims import COUNTS, DIRECTIONS, KINDS
from kg.extract.trained.pieces import Encoded
from kg.extract.trained.spans import SOURCES, TYPES

__all__ = ["average_with", "fit", "fit_heads", "make_batches"]

Text = TypeVar("Text")
SUMMED = {"spans": 40, "same": 20}
"""Losses that are a sum over this many of what is scored, where others are a mean: texts with more to score weigh more."""


def fit(
    network: Network,
    examples: Sequence[Example],
    plan: Plan,
    progress: Callable[[int, int, float], None] | None = None,
    epoch: Callable[[int], None] | None = None,
) -> None:
    """Train in place; at the end the network holds the running average of its weights.

    With `plan.workers` of two or more, as many processes train on shares of the batches and average their weights every
    `plan.together` steps (local SGD: Stich, arXiv 1805.09767).  progress: called with the steps done, all steps, and the
    loss (a running mean).  epoch: called with the number of each epoch that is done, while the network holds the average
    as it is then.  The same plan on the same examples gives the same weights on one machine with one thread a worker.
    Cost: three passes of the encoder over each text an epoch.
    """
    workers = plan.workers
    if workers == 1:
        return _train(network, examples, plan, 0, lambda flat: flat, progress, epoch)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # a forked process has no threads of OpenMP, and would wait for them
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(workers)
    shared = torch.zeros(workers, sum(p.numel() for p in _parameters(network).values())).share_memory_()

    def average(worker: int, flat: Tensor) -> Tensor:
        shared[worker].copy_(flat)
        barrier.wait()
        mean = shared.mean(0)
        barrier.wait()
        return mean

    def work(worker: int) -> None:
        torch.set_num_threads(1)
        try:
            _train(network, examples, plan, worker, partial(average, worker))
        except BaseException:
            barrier.abort()
            raise

    helpers = [context.Process(target=work, args=(worker,), daemon=True) for worker in range(1, workers)]
    for helper in helpers:
        helper.start()
    try:
        _train(network, examples, plan, 0, partial(average, 0), progress, epoch)
    except BaseException:
        barrier.abort()
        raise
    finally:
        for helper in helpers:
            helper.join()
        torch.set_num_threads(threads)


def _train(
    network: Network,
    examples: Sequence[Example],
    plan: Plan,
    worker: int,
    share: Callable[[Tensor], Tensor],
    progress: Callable[[int, int, float], None] | None = None,
    epoch: Callable[[int], None] | None = None,
) -> None:
    """The part of one worker. share: gives the mean over the workers of what each gives it."""
    chance = random.Random(plan.seed)
    epochs = [make_batches(examples, _length, plan.batch, chance) for _ in range(plan.epochs)]
    epochs = [batches[worker : len(batches) // plan.workers * plan.workers : plan.workers] for batches in epochs]
    torch.manual_seed(plan.seed + worker)
    network.train()
    optimizer, parameters = _optimizer(network, plan), list(_parameters(network).values())
    steps = max(1, sum(map(len, epochs)))
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min((s + 1) / (0.08 * steps + 1), max(0.02, 1 - s / steps))
    )
    average, running, step = [p.detach().clone() for p in parameters], 0.0, 0
    for number, batches in enumerate(epochs, 1):
        for batch in batches:
            step += 1
            loss = _loss(network, batch, plan)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            rate.step()
            if step % plan.together == 0:
                _set(parameters, share(parameters_to_vector(parameters)))
            keep = min(plan.average, (1 + step) / (10 + step))
            for mean, p in zip(average, parameters, strict=True):
                mean.lerp_(p.detach(), 1 - keep)
            running += (float(loss.detach()) - running) * max(0.02, 1 / step)
            if progress:
                progress(step, steps, running)
        now = parameters_to_vector(parameters).detach().clone()
        _set(parameters, share(parameters_to_vector(average)))
        if epoch:
            epoch(number)
        if number < plan.epochs:
            _set(parameters, now)
    network.eval()


def _set(parameters: Sequence[nn.Parameter], flat: Tensor) -> None:
    with torch.no_grad():
        vector_to_parameters(flat, parameters)


def fit_heads(
    network: Network, examples: Sequence[Example], plan: Plan, progress: Callable[[int, int, float], None] | None = None
) -> None:
    """Train the heads on for `plan.head_epochs`, over vectors of the encoder as it is: cheap passes, for they need more.

    Cost: one pass of the encoder over each text, and two bytes a dimension of each wordpiece.
    """
    encoder = network.encoder.eval()
    with torch.no_grad():
        vectors = {id(e.encoded): encoder.read([e.encoded])[0].half() for e in examples}
    network.encoder = Recorded(vectors)
    try:
        fit(network, examples, replace(plan, epochs=plan.head_epochs), progress)
    finally:
        network.encoder = encoder


def average_with(network: Network, weights: Mapping[str, Tensor]) -> None:
    """Set each weight to the mean of it and of the one of its name, where there is one."""
    own = network.state_dict()
    network.load_state_dict({name: torch.lerp(w, weights.get(name, w), 0.5) for name, w in own.items()})


class Recorded(nn.Module):
    """An encoder that only remembers what another said."""

    def __init__(self, vectors: Mapping[int, Tensor]) -> None:
        super().__init__()
        self._vectors = vectors

    def read(self, texts: Sequence[Encoded], hidden: float = 0.0) -> list[Tensor]:
        """The vectors of these very texts: (n, wide) each."""
        return [F.dropout(self._vectors[id(text)].float(), 0.1, self.training) for text in texts]


def _parameters(network: Network) -> dict[str, nn.Parameter]:
    return {name: p for name, p in network.named_parameters() if p.requires_grad}


def _optimizer(network: Network, plan: Plan) -> torch.optim.Optimizer:
    encoder = [p for n, p in network.encoder.named_parameters() if p.requires_grad and not n.startswith("case")]
    ids = {id(p) for p in encoder}
    heads = [p for p in network.parameters() if p.requires_grad and id(p) not in ids]
    groups = [{"params": encoder, "lr": plan.encoder_rate}, {"params": heads, "lr": plan.head_rate}]
    return torch.optim.AdamW(groups, weight_decay=0.01, fused=True)


def make_batches(
    texts: Sequence[Text], length: Callable[[Text], int], most: int, chance: random.Random
) -> list[list[Text]]:
    """Batches of texts of about one length, of at most so many wordpieces, in random order. length: a text's wordpieces."""
    batches, batch = [], []
    for text in sorted(texts, key=lambda text: length(text) * chance.uniform(0.9, 1.1)):
        if batch and length(text) * (len(batch) + 1) > most:
            batches.append(batch)
            batch = []
        batch.append(text)
    batches.append(batch)
    chance.shuffle(batches)
    return batches


def _length(example: Example) -> int:
    return len(example.encoded.ids)


def _loss(network: Network, batch: Sequence[Example], plan: Plan) -> Tensor:
    """The mean over the texts of the weighted losses of the heads."""
    weights = dict(plan.weights)
    vectors = network.encoder.read([example.encoded for example in batch], plan.hidden)
    return sum(
        weights[name] * value / len(batch)
        for example, h in zip(batch, vectors, strict=True)
        for name, value in _losses_of(network, example, h).items()
    )


def _scores(network: Network, e: Example, h: Tensor) -> dict[str, Tensor]:
    """What each head says of one text, under the name of its label; rows are what is scored, columns the classes."""
    width, features = torch.from_numpy(e.spans.last - e.spans.first), _drop_features(torch.from_numpy(e.spans.features))
    out = {"spans": network.spans(h, torch.from_numpy(e.spans.pieces), width, features)}
    if not len(e.concepts.types):
        return out
    if len(e.same):
        arrays = (e.surfaces.pieces, e.surfaces.mean, e.same, e.same_features)
        out["same"] = network.synonyms(h, *map(torch.from_numpy, arrays))
    concepts = tuple(torch.from_numpy(a) for a in e.concepts)
    out["introduced"], relations = network.concepts(h, *concepts, torch.from_numpy(e.pairs))
    if len(e.pairs):
        out["relations"] = relations
    if len(e.anchors):
        anchors = torch.from_numpy(e.anchors), torch.from_numpy(e.anchor_features)
        sure = torch.sigmoid(out["introduced"].detach())
        what, slots, picked = network.claims(h, *anchors, *concepts, sure, torch.from_numpy(e.near))
        parts = what.split([COUNTS, len(KINDS), len(DIRECTIONS), COUNTS], 1)
        out |= dict(zip(("count", "kind", "direction", "sentence"), parts, strict=True))
        out |= {"slots": slots.flatten(0, 2), "picked": picked.flatten(0, 1)}
    return out


def _losses_of(network: Network, e: Example, h: Tensor) -> dict[str, Tensor]:
    """The loss of each head on one text."""
    out = {}
    for name, scores in _scores(network, e, h).items():
        labels = torch.from_numpy(e.labels[name])
        if not labels.is_floating_point():
            labels = labels.flatten()
            if (labels == IGNORED).all():
                continue
        else:
            labels = labels.float()  # probabilities
        loss = F.binary_cross_entropy_with_logits if scores.dim() == 1 else F.cross_entropy
        out[name] = loss(scores, labels, reduction="sum" if name in SUMMED else "mean") / SUMMED.get(name, 1)
    return out


def _drop_features(features: Tensor) -> Tensor:
    """Hide what the rules say of some texts, and what the lexicon says of more: it knows the training texts too well."""
    features = features.clone()
    rules = len(SOURCES) + 2 * len(TYPES)
    if torch.rand(()) < 0.15:
        features[:, :rules] = 0
    if torch.rand(()) < 0.4:
        features[:, len(SOURCES) : len(SOURCES) + len(TYPES)] = 0
    return features
