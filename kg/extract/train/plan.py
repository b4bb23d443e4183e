"""How to train, read from a config in spaCy's style."""

from __future__ import annotations

from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path

from thinc.api import Config

from kg.errors import ConfigError

__all__ = ["Plan", "read_plan"]

LOSSES = ("spans", "same", "introduced", "relations", "count", "sentence", "kind", "direction", "slots", "picked")


@dataclass(frozen=True)
class Plan:
    """How to train.

    raw_epochs, raw_rate: passes over raw texts before, and the learning rate in them.  epochs: passes over the texts.  head_epochs: further ones for the heads alone.  batch: wordpieces of a batch.
    encoder_rate, head_rate: learning rates.  hidden: the share of wordpieces that are hidden from the encoder.  average:
    of the running average of the weights.  workers: processes that train together, each on a thread of its own.
    together: steps after which they average their weights.  seed.  heads: of BERT's attention.  inner: dimensions of the
    scorers.  wide, depth, rows: dimensions, layers and sizes of the tables of a Tok2Vec.  weights: of each loss.
    """

    raw_epochs: int
    raw_rate: float
    epochs: int
    head_epochs: int
    batch: int
    encoder_rate: float
    head_rate: float
    hidden: float
    average: float
    workers: int
    together: int
    seed: int
    heads: int
    inner: int
    wide: int
    depth: int
    rows: tuple[int, ...]
    weights: tuple[tuple[str, float], ...]


def read_plan(path: Path | None = None, *, small: bool = False) -> Plan:
    """The plan of a config file, over the one that ships; an unknown section or key is a ConfigError.

    small: for a Tok2Vec.

    >>> read_plan().seed
    0
    """
    home = files("kg.extract.train")
    config = Config().from_str(home.joinpath("plan.cfg").read_text("utf-8"))
    if small:
        _update(config, Config().from_str(home.joinpath("tok2vec.cfg").read_text("utf-8")), "tok2vec.cfg")
    if path is not None:
        try:
            given = Config().from_disk(path)
        except (OSError, ValueError) as error:
            raise ConfigError(f"{path}: not a readable config: {error}; kg train --print-config shows one") from None
        _update(config, given, str(path))
    named = {f.name for f in fields(Plan)} - {"weights"}
    values = {
        key: value for section in ("network", "training") for key, value in config[section].items() if key in named
    }
    values["rows"] = tuple(values["rows"])
    return Plan(**values, weights=tuple((name, float(config["weights"][name])) for name in LOSSES))


def _update(config: Config, given: Config, name: str) -> None:
    for section, values in given.items():
        unknown = set(values) - set(config.get(section, {}))
        if section not in config or unknown:
            raise ConfigError(
                f"{name}: unknown {f'key {sorted(unknown)[0]!r} in ' if unknown else ''}[{section}]; known are the sections"
                " and keys of kg train --print-config"
            )
        config[section].update(values)
