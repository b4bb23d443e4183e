"""The models that ship, each a folder of weights, and which of them the installed libraries can run."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from kg.errors import ExtractError, MissingExtraError

__all__ = ["MODELS", "find_model"]

MODELS = {"kg_md": ("onnxruntime", "tokenizers"), "kg_sm": ()}
"""Of each model, the better one first, the libraries that it needs beside spaCy; `kg[models]` brings them."""


def find_model(name: str = "auto") -> Path | None:
    """The folder of a model, None where rules read the texts.

    name: "auto" for the best that runs here, "rules", one of `MODELS`, or a folder that `kg train` has written. Raises
    ExtractError for anything else, MissingExtraError where the model's libraries are missing.

    >>> find_model("rules")
    """
    if name == "rules":
        return None
    if name == "auto":
        name = next(
            (model for model, needs in MODELS.items() if not _missing(needs) and _home(model).is_dir()), "rules"
        )
        return None if name == "rules" else _home(name)
    if name in MODELS:
        for library in _missing(MODELS[name]):
            raise MissingExtraError.of(library, extra="models")
        return _home(name)
    if not Path(name).is_dir():
        raise ExtractError(f"no model {name!r}: give {', '.join(MODELS)}, rules, or a folder that kg train has written")
    return Path(name)


def _home(name: str) -> Path:
    return Path(__file__).parent / name


def _missing(libraries: tuple[str, ...]) -> list[str]:
    return [library for library in libraries if find_spec(library) is None]
