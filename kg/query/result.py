"""The answer to a query, and how it is written as a table, JSON or CSV."""

from __future__ import annotations

import csv
import datetime
import io
import json
import math
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kg.errors import QueryError

__all__ = ["FORMS", "Result", "format_result", "plain_value", "show_controls"]

FORMS = ("table", "json", "csv")


@dataclass(frozen=True)
class Result:
    """Columns and rows of plain Python values: str, int, float, bool, date, list, dict, None."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def plain_value(value: Any) -> Any:
    """An engine's value as plain Python: decimals as int where whole, else float; what has no plain form as its text.

    >>> plain_value(Decimal("3")), plain_value([Decimal("0.5")])
    (3, [0.5])
    """
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list | tuple):
        return [plain_value(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain_value(item) for key, item in value.items()}
    return value if value is None or isinstance(value, str | int | float | datetime.date) else str(value)


def format_result(result: Result, form: str = "table") -> str:
    """The answer as text: an aligned table, a JSON list of objects, or CSV with a header.

    Dates are ISO; lists are JSON in a table and in CSV. What stands in a cell is shown, never interpreted:
    control characters come out escaped (`\\\\x1b`), so that a paper's title cannot steer the terminal.

    >>> print(format_result(Result(("name", "papers"), [("DPO", 3), ("GRPO", None)])))
    name  papers
    ----  ------
    DPO        3
    GRPO
    >>> format_result(Result(("name",), [("DPO",)]), "json")
    '[\\n {"name": "DPO"}\\n]'
    """
    if form not in FORMS:
        raise QueryError(f"unknown form {form!r}; known are {', '.join(FORMS)}")
    return {"table": _table, "json": _json, "csv": _csv}[form](result)


# C0 and C1 controls, and the marks that turn the direction of writing around.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_CONTROLS_BUT_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def show_controls(text: str, controls: re.Pattern[str] = _CONTROLS) -> str:
    """Text with its control characters spelled out.

    >>> show_controls("a\\x1b[31mb")
    'a\\\\x1b[31mb'
    """
    return controls.sub(lambda match: ascii(match[0])[1:-1], text)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | dict):
        return json.dumps(_jsonable(value), ensure_ascii=False)
    return str(value)


def _table(result: Result) -> str:
    header = [show_controls(name) for name in result.columns]
    rows = [[show_controls(_text(value)) for value in row] for row in result.rows]
    right = [_is_numeric(row[i] for row in result.rows) for i in range(len(header))]
    return (_rich_table if sys.stdout.isatty() else _plain_table)(header, rows, right)


def _is_numeric(values: Iterable[Any]) -> bool:
    present = [value for value in values if value is not None]
    return bool(present) and all(isinstance(v, int | float) and not isinstance(v, bool) for v in present)


def _plain_table(header: list[str], rows: list[list[str]], right: list[bool]) -> str:
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]

    def line(cells: list[str]) -> str:
        padded = [c.rjust(w) if r else c.ljust(w) for c, w, r in zip(cells, widths, right, strict=True)]
        return "  ".join(padded).rstrip()

    return "\n".join([line(header), line(["-" * width for width in widths]), *map(line, rows)])


def _rich_table(header: list[str], rows: list[list[str]], right: list[bool]) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for name, to_right in zip(header, right, strict=True):
        table.add_column(Text(name), justify="right" if to_right else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))  # Text, because a str would be read as markup
    page = io.StringIO()
    Console(file=page, width=Console().width, color_system=None).print(table)
    return page.getvalue().rstrip("\n")


def _json(result: Result) -> str:
    names = _unique(result.columns)
    lines = [
        json.dumps({n: _jsonable(v) for n, v in zip(names, row, strict=True)}, ensure_ascii=False)
        for row in result.rows
    ]
    text = "[\n " + ",\n ".join(lines) + "\n]" if lines else "[]"
    return _CONTROLS_BUT_LINES.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _unique(names: tuple[str, ...]) -> list[str]:
    """Names in which a second `a` is `a_2`, so that no column of an object is lost."""
    out: list[str] = []
    for name in names:
        n = 1
        while (unique := name if n == 1 else f"{name}_{n}") in out:
            n += 1
        out.append(unique)
    return out


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _csv(result: Result) -> str:
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    for row in (result.columns, *result.rows):
        writer.writerow([show_controls(_text(value), _CONTROLS_BUT_LINES) for value in row])
    return page.getvalue()
