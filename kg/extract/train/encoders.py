"""The encoders in torch: BERT over wordpieces, and the network of spaCy's Tok2Vec over words.

BERT: Devlin et al., arXiv 1810.04805, of six layers as in MiniLM (Wang et al., arXiv 2002.10957), with an embedding of
the case of each word.  Tok2Vec: hashed embeddings and a convolutional network with maxout, as spaCy describes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from thinc.api import NumpyOps
from torch import Tensor, nn
from torch.nn import functional as F

from kg.extract.trained.bert import CLS, SEP
from kg.extract.trained.pieces import Encoded
from kg.extract.trained.tok2vec import ATTRIBUTES

__all__ = ["Bert", "Tok2vec", "load_bert"]

MASK, WORDS = 103, 999
"""The wordpiece that hides another, and the last one that is no word."""
SEED = 8
"""Of the hashes of the first table in spaCy's MultiHashEmbed; each further table counts on."""


class Layer(nn.Module):
    """One layer of the transformer."""

    def __init__(self, wide: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        inner = 4 * wide
        self.query, self.key, self.value, self.out = (nn.Linear(wide, wide) for _ in range(4))
        self.norm1, self.norm2 = nn.LayerNorm(wide, eps=1e-12), nn.LayerNorm(wide, eps=1e-12)
        self.up, self.down = nn.Linear(wide, inner), nn.Linear(inner, wide)

    def forward(self, x: Tensor, bias: Tensor | None) -> Tensor:
        rows, length, wide = x.shape
        size = wide // self.heads
        q, k, v = (
            f(x).view(rows, length, self.heads, size).transpose(1, 2) for f in (self.query, self.key, self.value)
        )
        mixed = F.scaled_dot_product_attention(q, k, v, bias).transpose(1, 2).reshape(rows, length, wide)
        x = self.norm1(x + self.out(mixed))
        return self.norm2(x + self.down(F.gelu(self.up(x))))


class Bert(nn.Module):
    """Wordpieces in, one vector each out. The sizes are those of MiniLM where nothing else is said."""

    def __init__(self, layers: int = 6, heads: int = 12, vocabulary: int = 30522, wide: int = 384) -> None:
        super().__init__()
        self.wide = wide
        self.word, self.position = nn.Embedding(vocabulary, wide), nn.Embedding(512, wide)
        self.word.weight.requires_grad = False  # too many for so few texts, and most of the file
        self.case = nn.Embedding(8, wide)
        nn.init.zeros_(self.case.weight)
        self.norm = nn.LayerNorm(wide, eps=1e-12)
        self.layers = nn.ModuleList(Layer(wide, heads) for _ in range(layers))

    def forward(self, ids: Tensor, case: Tensor, mask: Tensor | None = None) -> Tensor:
        """ids, case, mask: int64 (rows, length), no mask where all is text; the result: float (rows, length, wide)."""
        place = self.position.weight[: ids.shape[1]].unsqueeze(0)
        x = F.dropout(self.norm(self.word(ids) + self.case(case) + place), 0.1, self.training)
        bias = None if mask is None else (1.0 - mask[:, None, None, :].float()) * -10000.0
        for layer in self.layers:
            x = layer(x, bias)
        return x

    def read(self, texts: Sequence[Encoded], hidden: float = 0.0) -> list[Tensor]:
        """The vectors of the wordpieces of each text: (n, wide) each. hidden: the share of wordpieces to mask."""
        windows = [(t, a, b) for t in texts for a, b in t.windows]
        longest = max(b - a for _, a, b in windows) + 2
        ids = np.zeros((len(windows), longest), np.int64)
        case, mask = np.zeros_like(ids), np.zeros_like(ids)
        for row, (t, a, b) in enumerate(windows):
            ids[row, : b - a + 2] = [CLS, *t.ids[a:b], SEP]
            case[row, 1 : b - a + 1] = t.case[a:b]
            mask[row, : b - a + 2] = 1
        seen = torch.from_numpy(ids)
        if hidden:
            seen = torch.where((torch.rand(seen.shape) < hidden) & (seen > WORDS), torch.tensor(MASK), seen)
        out = self(seen, torch.from_numpy(case), torch.from_numpy(mask))
        vectors: dict[int, list[Tensor]] = {}
        for row, (t, a, b) in enumerate(windows):
            vectors.setdefault(id(t), []).append(out[row, 1 : b - a + 1])
        return [torch.cat(vectors[id(t)]) for t in texts]

    def take(self, weights: Mapping[str, Tensor]) -> None:
        """Take the weights of a BERT checkpoint under its usual names, with or without a prefix."""
        known = "embeddings.word_embeddings.weight"
        prefix = next(k for k in weights if k.endswith(known)).removesuffix(known)
        names = {
            "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
            "out": "attention.output.dense", "norm1": "attention.output.LayerNorm", "up": "intermediate.dense",
            "down": "output.dense", "norm2": "output.LayerNorm",
        }  # fmt: skip
        with torch.no_grad():
            self.word.weight.copy_(weights[prefix + known])
            kind = weights[prefix + "embeddings.token_type_embeddings.weight"][0]
            self.position.weight.copy_(weights[prefix + "embeddings.position_embeddings.weight"] + kind)
            for part in ("weight", "bias"):
                getattr(self.norm, part).copy_(weights[f"{prefix}embeddings.LayerNorm.{part}"])
                for i, layer in enumerate(self.layers):
                    for ours, theirs in names.items():
                        source = weights[f"{prefix}encoder.layer.{i}.{theirs}.{part}"]
                        getattr(getattr(layer, ours), part).copy_(source)
            if "case.weight" in weights:
                self.case.weight.copy_(weights["case.weight"])


def load_bert(weights: Mapping[str, Tensor], heads: int = 12) -> Bert:
    """The encoder of a BERT checkpoint, whose names tell its size.

    heads: of its attention, which the weights do not tell.
    """
    known = next(k for k in weights if k.endswith("embeddings.word_embeddings.weight"))
    vocabulary, wide = weights[known].shape
    layers = 1 + max(int(k.split("encoder.layer.")[1].split(".")[0]) for k in weights if "encoder.layer." in k)
    encoder = Bert(layers, heads, vocabulary, wide)
    encoder.take(weights)
    return encoder


class Maxout(nn.Module):
    """The largest of three linear maps, normalised: (n, given) -> (n, wide)."""

    def __init__(self, given: int, wide: int) -> None:
        super().__init__()
        self.linear, self.norm = nn.Linear(given, 3 * wide), nn.LayerNorm(wide, eps=1e-8)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.linear(x).view(len(x), -1, 3).amax(2))


class Tok2vec(nn.Module):
    """Words in, one vector each out; `kg.extract.trained.tok2vec.make_tok2vec` runs the same weights in spaCy."""

    def __init__(self, wide: int, depth: int, rows: Sequence[int]) -> None:
        super().__init__()
        self.wide, self.rows = wide, tuple(rows)
        self.tables = nn.ModuleList(nn.EmbeddingBag(size, wide, mode="sum") for size in rows)
        for table in self.tables:
            nn.init.uniform_(table.weight, -0.1, 0.1)
        self.mix = Maxout(len(ATTRIBUTES) * wide, wide)
        self.layers = nn.ModuleList(Maxout(3 * wide, wide) for _ in range(depth))

    def forward(self, keys: Tensor) -> Tensor:
        """keys: int64 (n, attributes, 4), the rows that the attributes of each word hash to; the result: (n, wide)."""
        x = torch.cat([table(keys[:, i]) for i, table in enumerate(self.tables)], 1)
        x = F.dropout(self.mix(F.dropout(x, 0.1, self.training)), 0.1, self.training)
        x = F.pad(x, (0, 0, len(self.layers), len(self.layers)))  # spaCy lets a text begin and end in this many blanks
        for layer in self.layers:
            wide = F.pad(x, (0, 0, 1, 1))
            x = x + layer(torch.cat([wide[:-2], wide[1:-1], wide[2:]], 1))
        return x[len(self.layers) : len(x) - len(self.layers)]

    def read(self, texts: Sequence[Encoded], hidden: float = 0.0) -> list[Tensor]:
        """The vectors of the words of each text: (n, wide) each. hidden: the share of attributes to leave out."""
        return [self(self._keys(text.ids, hidden)) for text in texts]

    def _keys(self, features: np.ndarray, hidden: float) -> Tensor:
        if hidden:
            features = np.where(torch.rand(features.shape).numpy() < hidden, 0, features).astype(np.uint64)
        columns = [
            NumpyOps().hash(np.ascontiguousarray(features[:, i]), SEED + i) % size for i, size in enumerate(self.rows)
        ]
        return torch.from_numpy(np.stack(columns, 1).astype(np.int64))

    def thinc_weights(self) -> dict[str, np.ndarray]:
        """The weights under the names of `kg.extract.trained.tok2vec.set_weights`."""
        out = {f"E{i}": table.weight for i, table in enumerate(self.tables)}
        for i, layer in enumerate([self.mix, *self.layers]):
            out[f"W{i}"], out[f"b{i}"] = layer.linear.weight.view(self.wide, 3, -1), layer.linear.bias.view(-1, 3)
            out[f"G{i}"], out[f"c{i}"] = layer.norm.weight, layer.norm.bias
        return {name: w.detach().numpy() for name, w in out.items()}
