"""Pretraining: a BERT encoder reads raw texts and guesses wordpieces that are hidden from it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kg.extract.train.encoders import MASK, Bert
from kg.extract.train.fit import make_batches
from kg.extract.train.plan import Plan
from kg.extract.trained.pieces import Encoded

__all__ = ["hide", "pretrain"]

HIDDEN = 0.15
"""The share of wordpieces to guess: of them eight in ten are masked, one is another, one stays."""


class Guess(nn.Module):
    """What stands where a vector was read: scores of the vocabulary, by the embeddings of the encoder itself."""

    def __init__(self, encoder: Bert) -> None:
        super().__init__()
        self.turn, self.norm = nn.Linear(encoder.wide, encoder.wide), nn.LayerNorm(encoder.wide, eps=1e-12)
        self.bias = nn.Parameter(torch.zeros(encoder.word.num_embeddings))

    def forward(self, h: Tensor, words: Tensor) -> Tensor:
        """h: (n, wide); words: (vocabulary, wide). Result: (n, vocabulary)."""
        return F.linear(self.norm(F.gelu(self.turn(h))), words, self.bias)


def pretrain(
    encoder: Bert, texts: Sequence[Encoded], plan: Plan, progress: Callable[[int, int, float], None] | None = None
) -> None:
    """Train an encoder in place by masked language modelling (Devlin et al., arXiv 1810.04805), `plan.raw_epochs` times.

    progress: called with the steps done, all steps, and the loss (a running mean).  The same plan on the same texts gives
    the same weights on one machine with one thread.  Cost: three passes of the encoder over each text an epoch.
    """
    chance, numbers = random.Random(plan.seed), np.random.default_rng(plan.seed)
    epochs = (make_batches(texts, lambda text: len(text.ids), plan.batch, chance) for _ in range(plan.raw_epochs))
    batches = list(chain.from_iterable(epochs))
    guess = Guess(encoder)
    parameters = [p for module in (encoder, guess) for p in module.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=plan.raw_rate, weight_decay=0.01)
    rate = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min((s + 1) / 50, max(0.02, 1 - s / len(batches))))
    encoder.train()
    running = 0.0
    for step, batch in enumerate(batches, 1):
        hidden, places = zip(*(hide(text, encoder.word.num_embeddings, numbers) for text in batch), strict=True)
        wanted = torch.from_numpy(np.concatenate([t.ids[at] for t, at in zip(batch, places, strict=True)]))
        if not len(wanted):
            continue
        vectors = torch.cat(encoder.read(hidden))[torch.from_numpy(np.concatenate(places))]
        loss = F.cross_entropy(guess(vectors, encoder.word.weight), wanted)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        rate.step()
        running += (float(loss.detach()) - running) * max(0.02, 1 / step)
        if progress:
            progress(step, len(batches), running)
    encoder.eval()


def hide(text: Encoded, vocabulary: int, numbers: np.random.Generator) -> tuple[Encoded, np.ndarray]:
    """The text as it is shown, and which of its pieces are to be guessed: bool (n,)."""
    ids, how = text.ids, numbers.random(len(text.ids))
    asked = (numbers.random(len(ids)) < HIDDEN) & (ids > MASK)
    other = numbers.integers(MASK + 1, vocabulary, len(ids))
    shown = np.where(asked & (how < 0.8), MASK, np.where(asked & (how >= 0.9), other, ids))
    return replace(text, ids=shown), asked
