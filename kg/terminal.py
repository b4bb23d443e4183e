"""How the commands print: to standard output or a file, to a terminal or a pipe, and never what a paper's text commands."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kg.errors import ConfigError
from kg.schema import Problem

if TYPE_CHECKING:
    from kg.library import Card

__all__ = [
    "card_lines",
    "exit_code",
    "open_output",
    "print_json",
    "print_rich",
    "safe",
    "say",
    "say_problems",
    "show_progress",
    "table",
    "write",
]

WIDE = 1000
"""Columns of output that no terminal shows, so that nothing is wrapped in pipes and files."""


@contextmanager
def open_output(output: Path | None) -> Iterator[Callable[[str], Any]]:
    """Where lines go: standard output, or a file that appears only when it is complete."""
    if output is None:
        yield sys.stdout.write
        return
    part = output.with_name(output.name + ".part")
    try:
        with open(part, "w", encoding="utf-8") as file:
            yield file.write
        part.replace(output)
    except OSError as error:
        raise ConfigError(f"{output}: cannot be written: {error.strerror}; give another -o PATH") from error
    finally:
        part.unlink(missing_ok=True)


def write(text: str, output: Path | None) -> None:
    with open_output(output) as put:
        put(text + "\n")


def print_json(value: Any, output: Path | None) -> None:
    write(json.dumps(value, ensure_ascii=False, indent=1, default=str), output)


def print_rich(parts: list[Any], output: Path | None) -> None:
    with open_output(output) as put:
        to_terminal = output is None and sys.stdout.isatty()
        console = Console(
            file=None if output is None else _Writer(put), highlight=False, width=None if to_terminal else WIDE
        )
        for part in parts:
            console.print(part, soft_wrap=not isinstance(part, Table))


class _Writer:
    """A write function as a file, for rich."""

    def __init__(self, write: Callable[[str], Any]) -> None:
        self.write = write

    def flush(self) -> None:
        return None


def say(message: str) -> None:
    print(safe(message), file=sys.stderr)


def say_problems(problems: list[Problem], most: int = 20) -> None:
    for problem in problems[:most]:
        say(str(problem))
    if len(problems) > most:
        say(f"and {len(problems) - most} more problems")


def exit_code(problems: list[Problem]) -> None:
    if problems:
        raise typer.Exit(1)


def safe(text: str) -> str:
    """Text from papers with control characters shown as escapes, so that it cannot steer a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)


def table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def card_lines(card: Card, others: list[str]) -> list[Text]:
    year = f", {card.year}" if card.year else ""
    lines = [Text(f"{safe(card.name)}  ({card.type}{year}, {card.id})", style="bold")]
    if card.aliases:
        lines.append(Text("also: " + safe(", ".join(card.aliases))))
    lines.append(Text("\npapers", style="bold"))
    lines += [Text(f"  {safe(title)}  ({id_})") for id_, title in card.papers]
    for title, statements in (("relations", card.relations), ("claims", card.claims)):
        if statements:
            lines.append(Text("\n" + title, style="bold"))
        for s in statements:
            lines.append(Text(f"  {s.what} {safe(s.other_name)}  ({s.papers} papers, {s.confidence:.2f})"))
            lines.append(_sentence(s.sentence, s.highlights))
            lines.append(Text(f"      {s.paper} {s.start}-{s.stop}", style="dim"))
    if others:
        lines.append(Text(f"\nother entities of this name: {', '.join(others)}", style="dim"))
    return lines


def _sentence(sentence: str, highlights: tuple[tuple[int, int], ...]) -> Text:
    text, at = Text("    "), 0
    for start, stop in highlights:
        text.append(safe(sentence[at:start])).append(safe(sentence[start:stop]), style="bold yellow")
        at = stop
    return text.append(safe(sentence[at:]))


@contextmanager
def show_progress() -> Iterator[Callable[[str, int, int | None], None]]:
    """A bar a stage on standard error; silent where that is no terminal."""
    if not sys.stderr.isatty():
        yield lambda stage, done, total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:8}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}

        def update(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield update
