"""Settings: one frozen record, read from one TOML file; an unknown key is an error."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path

from kg.errors import ConfigError

__all__ = ["DATA", "Settings", "load_settings"]

DATA = Path(__file__).parent
"""The installed package; `DATA / "ontology"` and `DATA / "examples"` hold what it ships."""


@dataclass(frozen=True)
class Settings:
    """Every setting with its default.

    namespace: IRI of the ontology's terms.  base: IRI under which the entities stand.  lexicon: folder of *.jsonl.
    own_lexicon: a file of further entries, which is read beside the lexicon where it exists (`kg lexicon add` writes it).
    corrections: a file of a person's decisions which names are the same and which different, obeyed where it exists.
    workers: processes that read texts (0: one a core).  batch: papers written to the library in one transaction.
    model: what reads the texts: "auto" for the best that the installed libraries can run, "kg_md", "kg_sm", "rules", or
    the folder of a model that `kg train` made.
    min_confidence: mentions, relations and claims below it are dropped.  max_line_bytes: longer lines are refused.
    """

    namespace: str = "https://w3id.org/kg/ontology#"
    base: str = "https://w3id.org/kg/id/"
    lexicon: Path = DATA / "ontology" / "lexicon"
    own_lexicon: Path = Path("kg-lexicon.jsonl")
    corrections: Path = Path("kg-corrections.jsonl")
    workers: int = 0
    batch: int = 256
    min_confidence: float = 0.0
    model: str = "auto"
    max_line_bytes: int = 16_000_000


def load_settings(path: Path | None = None) -> Settings:
    """The settings of a TOML file, or the defaults where there is none.

    Raises ConfigError on a missing file, broken TOML, an unknown key or a value of the wrong type.
    """
    if path is None:
        return Settings()
    try:
        table = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: no such file; leave --config out to use the defaults") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: not a readable TOML file: {error}") from error
    return replace(Settings(), **{key: _checked(path, key, value) for key, value in table.items()})


def _checked(path: Path, key: str, value: object) -> object:
    known = {f.name: type(f.default) for f in fields(Settings)}
    if key not in known:
        raise ConfigError(f"{path}: unknown setting {key!r}; known are {', '.join(sorted(known))}")
    kind = known[key]
    if issubclass(kind, Path) and isinstance(value, str):
        return Path(path).parent / value
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ConfigError(f"{path}: {key} = {value!r} should be of type {kind.__name__}")
    return value
