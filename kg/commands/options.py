"""The options that commands share, and how their values are opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.config import Settings, load_settings
from kg.schema import ENTITY_TYPES

if TYPE_CHECKING:
    from kg.library import Library

EntityType = StrEnum("EntityType", {str(t): str(t) for t in ENTITY_TYPES})

Paths = Annotated[
    list[Path],
    typer.Argument(help="Files: Hugging Face pages saved as text, JSON lines, CSV, BibTeX; plain, .gz or .zst."),
]
LibraryFile = Annotated[Path, typer.Option("--library", envvar="KG_LIBRARY", help="The library's file.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="Write here instead of to standard output.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Config = Annotated[Path | None, typer.Option("--config", help="A TOML file of settings.")]
Workers = Annotated[int | None, typer.Option(min=0, help="Processes that read texts; 0: one a core.")]
MinConfidence = Annotated[float | None, typer.Option(min=0, max=1, help="Drop what is less sure than this.")]
Model = Annotated[
    str | None,
    typer.Option(
        help="What reads the texts: auto (the best that runs here), kg_md, kg_sm, rules, or a folder of kg train."
    ),
]
Format = Annotated[str | None, typer.Option("--format", help="Force the input format instead of detecting it.")]
PageYear = Annotated[int | None, typer.Option(help="The year of a saved page, whose dates leave it out.")]
Strict = Annotated[bool, typer.Option("--strict", help="Stop at the first problem.")]
TypeName = Annotated[EntityType | None, typer.Option("--type", help="Only this type.")]
LIBRARY = Path("kg.duckdb")


def load_options(
    config: Path | None,
    workers: int | None = None,
    min_confidence: float | None = None,
    model: str | None = None,
) -> Settings:
    """The settings of a file, or the defaults, with what was given on the command line in their place."""
    given = {"workers": workers, "min_confidence": min_confidence, "model": model}
    return replace(load_settings(config), **{k: v for k, v in given.items() if v is not None})


@contextmanager
def existing_library(path: Path, write: bool = False) -> Iterator[Library]:
    """The library of a file that must be there."""
    from kg.library import open_library

    if write and not path.exists():  # opening to write would make it
        open_library(path, read_only=True)
    with open_library(path, read_only=not write) as library:
        yield library


@contextmanager
def optional_library(path: Path | None) -> Iterator[Library | None]:
    """The library of a file, or None where no file is named."""
    if path is None:
        yield None
        return
    with existing_library(path) as library:
        yield library
