"""The network in torch: an encoder and four heads that read its output, for spans, synonyms, concepts and claims.

Each head takes one text; `kg.extract.trained.heads` computes the same in numpy, without torch.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kg.extract.train.encoders import Bert, Tok2vec
from kg.extract.trained.claims import ANCHOR_FEATURES, COUNTS, DIRECTIONS, KINDS, LOOKS, REACH, SLOTS
from kg.extract.trained.concepts import BUCKETS, GROUP_FEATURES, RELATIONS
from kg.extract.trained.spans import FEATURES, TYPES, WIDTH
from kg.extract.trained.synonyms import PAIR_FEATURES

__all__ = ["ClaimHead", "ConceptHead", "Network", "SpanHead", "SynonymHead"]


def running_sum(x: Tensor) -> Tensor:
    """Sums over the wordpieces before each: (n, d) -> (n + 1, d)."""
    return torch.cat([torch.zeros_like(x[:1]), x.cumsum(0)], 0)


def stretch_mean(sums: Tensor, first: Tensor, last: Tensor) -> Tensor:
    """The mean over wordpieces first..last (none where first > last) from running sums."""
    count = (last - first + 1).clamp(min=1).unsqueeze(1)
    return (sums[last + 1] - sums[first]) / count


class SpanHead(nn.Module):
    """Scores of each candidate span: no mention, or one of the types."""

    def __init__(self, wide: int, inner: int) -> None:
        super().__init__()
        self.ends = nn.Linear(wide, 5 * inner)
        self.width = nn.Embedding(WIDTH + 1, inner)
        self.features = nn.Linear(FEATURES, inner)
        self.out = nn.Sequential(nn.ReLU(), nn.Dropout(0.2), nn.Linear(inner, 1 + len(TYPES)))

    def forward(self, h: Tensor, pieces: Tensor, width: Tensor, features: Tensor) -> Tensor:
        """h: (n, wide); pieces: int64 (s, 4); width: int64 (s,); features: (s, FEATURES). Result: (s, 1 + types)."""
        start, end, before, behind, inside = self.ends(h).chunk(5, 1)
        x = start[pieces[:, 0]] + end[pieces[:, 1]] + before[pieces[:, 2]] + behind[pieces[:, 3]]
        x = x + stretch_mean(running_sum(inside), pieces[:, 0], pieces[:, 1])
        return self.out(x + self.width(width) + self.features(features))


class ConceptHead(nn.Module):
    """Which concepts the text introduces, and how each ordered pair relates."""

    def __init__(self, wide: int, inner: int, rank: int = 96) -> None:
        super().__init__()
        kinds = 1 + len(RELATIONS)
        self.kind = nn.Embedding(len(TYPES), 32)
        self.introduced = nn.Sequential(
            nn.Linear(3 * wide + 32 + GROUP_FEATURES, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 1)
        )
        self.head, self.tail = (nn.Linear(2 * wide + 32 + GROUP_FEATURES + 1, inner) for _ in range(2))
        self.place = nn.Linear(wide, 3 * inner)
        self.distance = nn.Embedding(BUCKETS, inner)
        self.left, self.right = (nn.Linear(2 * wide + 32, rank) for _ in range(2))
        self.both = nn.Linear(rank, inner)
        self.out = nn.Sequential(nn.ReLU(), nn.Dropout(0.2), nn.Linear(inner, kinds))

    def forward(
        self, h: Tensor, pieces: Tensor, mean: Tensor, types: Tensor, features: Tensor, pairs: Tensor
    ) -> tuple[Tensor, Tensor]:
        """See `kg.extract.trained.concepts` for the arrays. Results: (g,) and (p, 1 + relations) scores."""
        vectors = mean @ torch.cat([h[pieces[:, 0]], h[pieces[:, 1]]], 1)
        typed = torch.cat([vectors, self.kind(types)], 1)
        whole = h.mean(0, keepdim=True).expand(types.shape[0], -1)
        introduced = self.introduced(torch.cat([typed, whole, features], 1)).squeeze(1)
        known = torch.cat([typed, features, torch.sigmoid(introduced).unsqueeze(1)], 1)
        at_head, at_tail, between = self.place(h).chunk(3, 1)
        i, j, a, b, low, high, bucket = pairs.unbind(1)
        x = self.head(known)[i] + self.tail(known)[j] + at_head[a] + at_tail[b] + self.distance(bucket)
        x = x + stretch_mean(running_sum(between), low, high)
        x = x + self.both(self.left(typed)[i] * self.right(typed)[j])
        return introduced, self.out(x)


class SynonymHead(nn.Module):
    """How likely two surfaces name one thing."""

    def __init__(self, wide: int, rank: int = 64) -> None:
        super().__init__()
        self.place, self.features = nn.Linear(2 * wide, rank), nn.Linear(PAIR_FEATURES, rank)
        self.both, self.apart = nn.Linear(rank, rank), nn.Linear(rank, rank)
        self.out = nn.Sequential(nn.ReLU(), nn.Dropout(0.1), nn.Linear(rank, 1))

    def forward(self, h: Tensor, pieces: Tensor, mean: Tensor, pairs: Tensor, features: Tensor) -> Tensor:
        """pieces, mean: of the surfaces, as `make_concepts` gives them; pairs, features: see `pair_surfaces`.

        Result: (p,) scores.
        """
        vectors = self.place(mean @ torch.cat([h[pieces[:, 0]], h[pieces[:, 1]]], 1))
        a, b = vectors[pairs[:, 0]], vectors[pairs[:, 1]]
        return self.out(self.features(features) + self.both(a * b) + self.apart((a - b).abs())).squeeze(1)


class ClaimHead(nn.Module):
    """Of each anchor: how many claims it states, their kind and direction, where their fields stand, their subject."""

    def __init__(self, wide: int, inner: int) -> None:
        super().__init__()
        self.anchor = nn.Sequential(
            nn.Linear(4 * wide + ANCHOR_FEATURES, inner), nn.ReLU(), nn.Dropout(0.2), nn.Linear(inner, inner), nn.ReLU()
        )
        self.seek, self.sought = nn.Linear(inner, LOOKS * 32), nn.Linear(wide, LOOKS * 32)
        self.seen, self.around = nn.Linear(wide, inner), nn.Embedding(2 * REACH + 1, LOOKS)
        self.look = nn.Linear(inner, inner)
        nn.init.zeros_(self.look.weight)
        nn.init.zeros_(self.look.bias)
        self.what = nn.Linear(inner, COUNTS + len(KINDS) + len(DIRECTIONS))
        self.sentence = nn.Sequential(
            nn.Linear(3 * wide + ANCHOR_FEATURES, inner), nn.ReLU(), nn.Dropout(0.2), nn.Linear(inner, COUNTS)
        )
        self.ask, self.piece = nn.Linear(inner, 2 * len(SLOTS) * 64), nn.Linear(wide, 2 * len(SLOTS) * 64)
        self.distance = nn.Embedding(2 * REACH + 1, 2 * len(SLOTS))
        self.missing = nn.Linear(inner, len(SLOTS))
        self.asked, self.concept = nn.Linear(inner, 2 * 64), nn.Linear(2 * wide + 32 + GROUP_FEATURES + 1, 2 * 64)
        self.kind = nn.Embedding(len(TYPES), 32)
        self.near = nn.Linear(2, 2 * 64)
        self.chosen = nn.Linear(64, 1)
        self.nobody = nn.Linear(inner, 2)

    def forward(
        self, h: Tensor, anchors: Tensor, anchor_features: Tensor, pieces: Tensor, mean: Tensor, types: Tensor,
        features: Tensor, introduced: Tensor, near: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:  # fmt: skip
        """h: (n, wide); anchors, anchor_features: see `anchor_arrays`; introduced: (g,) probabilities; near: (a, g, 2).

        Results: counts, kinds, directions and counts of the whole sentence (a, 17); starts and ends of the slots
        (a, slots, 2, n + 1), the last of them "none"; subject and object (a, 2, g + 1), the last "none".
        """
        sums = running_sum(h)
        parts = [stretch_mean(sums, anchors[:, k], anchors[:, k + 1]) for k in (0, 2, 4)]
        whole = h.mean(0, keepdim=True).expand(anchors.shape[0], -1)
        x = self.anchor(torch.cat([*parts, whole, anchor_features], 1))
        rows, length = anchors.shape[0], h.shape[0]
        place = torch.arange(length, device=h.device).unsqueeze(0)
        away = (place - anchors[:, :1]).clamp(-REACH, REACH) + REACH
        outside = ((place < anchors[:, 4:5]) | (place > anchors[:, 5:6])).unsqueeze(1)
        x = x + self._look(h, x, away, outside)
        asked, offered = self.ask(x).view(rows, 2 * len(SLOTS), 64), self.piece(h).view(length, 2 * len(SLOTS), 64)
        scores = torch.einsum("akd,nkd->akn", asked, offered) / 8 + self.distance(away).transpose(1, 2)
        scores = scores.masked_fill(outside, -10000.0)
        none = self.missing(x).repeat_interleave(2, 1).unsqueeze(2)
        slots = torch.cat([scores, none], 2).view(rows, len(SLOTS), 2, length + 1)
        vectors = mean @ torch.cat([h[pieces[:, 0]], h[pieces[:, 1]]], 1)
        known = torch.cat([vectors, self.kind(types), features, introduced.unsqueeze(1)], 1)
        asked = self.asked(x).unsqueeze(1) + self.concept(known).unsqueeze(0) + self.near(near)
        picked = self.chosen(F.relu(asked.view(rows, types.shape[0], 2, 64))).squeeze(3).transpose(1, 2)
        around = self.sentence(torch.cat([h[anchors[:, 4]], parts[2], whole, anchor_features], 1))
        return torch.cat([self.what(x), around], 1), slots, torch.cat([picked, self.nobody(x).unsqueeze(2)], 2)

    def _look(self, h: Tensor, x: Tensor, away: Tensor, outside: Tensor) -> Tensor:
        """What each anchor finds in its sentence: attention, which begins with no say. away: (a, n); outside: (a, 1, n)."""
        asked, offered = self.seek(x).unflatten(1, (LOOKS, 32)), self.sought(h).unflatten(1, (LOOKS, 32))
        scores = torch.einsum("akd,nkd->akn", asked, offered) / 32**0.5 + self.around(away).transpose(1, 2)
        share = scores.masked_fill(outside, -10000.0).softmax(2)
        return self.look(torch.einsum("akn,nkd->akd", share, self.seen(h).unflatten(1, (LOOKS, -1))).flatten(1))


class Network(nn.Module):
    """An encoder and the heads over it. inner: dimensions of the scorers of spans and relations."""

    def __init__(self, encoder: Bert | Tok2vec, inner: int = 256) -> None:
        super().__init__()
        self.encoder = encoder
        self.spans = SpanHead(encoder.wide, inner)
        self.synonyms = SynonymHead(encoder.wide)
        self.concepts = ConceptHead(encoder.wide, inner)
        self.claims = ClaimHead(encoder.wide, 3 * inner // 4 // LOOKS * LOOKS)
