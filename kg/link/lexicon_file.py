"""The lexicon's files: one JSON object a line, read with its place, and written in one form."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from kg.errors import LinkError
from kg.link.surface import fold_surface
from kg.schema import ENTITY_TYPES, LexiconEntry, Problem

__all__ = ["Placed", "entry_line", "parse_entry", "read_entries", "write_entries"]

Placed = tuple[str, LexiconEntry]
"""An entry and where it stands, as "file:line"."""

KEYS = tuple(f.name for f in fields(LexiconEntry))
LISTS = ("aliases", "ambiguous", "different_from")
KINDS: Mapping[str, tuple[type, ...]] = {
    "id": (str,),
    "type": (str,),
    "name": (str,),
    "aliases": (list,),
    "ambiguous": (list,),
    "different_from": (list,),
    "year": (int, type(None)),
    "arxiv": (str, type(None)),
    "broader": (str, type(None)),
}
EVIDENCE = "evidence"
"""What a suggestion says for itself; read over, so that a confirmed suggestion is an entry as it stands."""


def read_entries(paths: Iterable[Path], report: Callable[[Problem], None] | None = None) -> Iterator[Placed]:
    """Every entry of some files, and of the `*.jsonl` files of folders, with its place.

    report: what is told of a line that is no entry; without it the first such line raises LinkError, as does a file
    that cannot be read in any case.
    """
    for path in paths:
        for file in sorted(path.glob("*.jsonl")) if path.is_dir() else [path]:
            for number, line in enumerate(_lines(file), 1):
                if not line.strip():
                    continue
                where = f"{file}:{number}"
                try:
                    entry = parse_entry(where, line)
                except LinkError as error:
                    if report is None:
                        raise
                    report(Problem(where, str(error).removeprefix(f"{where}: ")))
                else:
                    yield where, entry


def _lines(file: Path) -> list[str]:
    try:
        # Not splitlines: the line separators that Unicode knows may stand inside a JSON string.
        return file.read_bytes().decode("utf-8").split("\n")
    except FileNotFoundError as error:
        raise LinkError(f"{file}: no lexicon here: no such file or folder") from error
    except (OSError, UnicodeDecodeError) as error:
        raise LinkError(f"{file}: not a readable UTF-8 file: {error}") from error


def parse_entry(where: str, line: str) -> LexiconEntry:
    """The entry on one line; raises LinkError that begins with `where` and says what was expected.

    >>> parse_entry("a.jsonl:1", '{"id": "method:lora", "type": "Method", "name": "LoRA"}').name
    'LoRA'
    """
    try:
        row = json.loads(line)
    except ValueError as error:
        raise LinkError(f"{where}: not a JSON object: {error}") from error
    if not isinstance(row, dict) or not {"id", "type", "name"} <= row.keys():
        raise LinkError(f'{where}: expected a JSON object with at least "id", "type" and "name"')
    row.pop(EVIDENCE, None)
    for key, value in row.items():
        _check_field(where, key, value)
    if row["type"] not in ENTITY_TYPES:
        raise LinkError(f"{where}: type {row['type']!r} is none of {', '.join(ENTITY_TYPES)}")
    return LexiconEntry(**{key: tuple(value) if key in LISTS else value for key, value in row.items()})


def _check_field(where: str, key: str, value: Any) -> None:
    if key not in KEYS:
        raise LinkError(f"{where}: unknown field {key!r}; known are {', '.join(KEYS)}")
    strings = value if isinstance(value, list) else [value] if isinstance(value, str) else []
    if not isinstance(value, KINDS[key]) or isinstance(value, bool):
        expected = " or ".join(kind.__name__ for kind in KINDS[key])
        raise LinkError(f"{where}: {key} = {value!r} should be of type {expected.replace('NoneType', 'null')}")
    if not all(isinstance(s, str) and fold_surface(s) for s in strings):
        raise LinkError(f"{where}: {key} = {value!r} should hold strings with a letter or a digit")


def entry_line(entry: LexiconEntry, **more: Any) -> str:
    """The entry as its line, without the fields that say nothing; `more` are further keys at its end.

    >>> entry_line(LexiconEntry("method:lora", "Method", "LoRA", year=2021))
    '{"id": "method:lora", "type": "Method", "name": "LoRA", "year": 2021}'
    """
    row = {key: value for key, value in asdict(entry).items() if value not in (None, ())}
    return json.dumps(row | more, ensure_ascii=False)


def write_entries(path: Path, entries: Iterable[LexiconEntry]) -> None:
    """Write a file of entries sorted by id, whole or not at all; raises LinkError where that cannot be done."""
    part = path.with_name(path.name + ".part")
    lines = [entry_line(entry) + "\n" for entry in sorted(entries, key=lambda e: e.id)]
    try:
        part.write_text("".join(lines), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise LinkError(f"{path}: cannot be written: {error.strerror}; name another own_lexicon in --config") from error
    finally:
        part.unlink(missing_ok=True)
