"""How answers are written: what was asked comes out, and nothing in it is interpreted."""

from __future__ import annotations

import csv
import datetime
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import QueryError
from kg.query import Result, format_result

DAY = datetime.date(2024, 2, 5)
RESULT = Result(("name", "n", "day", "tags"), [("[bold]x[/]\x1b[31m", 1.5, DAY, ["a", DAY]), (None, None, None, [])])


def test_a_table_is_aligned_and_shows_controls() -> None:
    assert format_result(RESULT, "table").splitlines() == [
        "name                  n  day         tags",
        "------------------  ---  ----------  -------------------",
        '[bold]x[/]\\x1b[31m  1.5  2024-02-05  ["a", "2024-02-05"]',
        "                                     []",
    ]


def test_json_is_a_list_of_objects() -> None:
    assert json.loads(format_result(RESULT, "json")) == [
        {"name": "[bold]x[/]\x1b[31m", "n": 1.5, "day": "2024-02-05", "tags": ["a", "2024-02-05"]},
        {"name": None, "n": None, "day": None, "tags": []},
    ]
    assert format_result(Result(("a",), []), "json") == "[]"
    assert json.loads(format_result(Result(("a", "a", "a_2"), [(1, 2, 3)]), "json")) == [{"a": 1, "a_2": 2, "a_2_2": 3}]
    assert json.loads(format_result(Result(("a",), [(float("nan"),)]), "json")) == [{"a": None}]


def test_csv_has_a_header_and_quotes() -> None:
    text = format_result(Result(("a", "b"), [('x,"y"\nz', True), (None, [1])]), "csv")
    assert list(csv.reader(io.StringIO(text))) == [["a", "b"], ['x,"y"\nz', "true"], ["", "[1]"]]


def test_an_empty_answer_still_has_its_header() -> None:
    empty = Result(("a", "bc"), [])
    assert format_result(empty, "table") == "a  bc\n-  --"
    assert format_result(empty, "csv") == "a,bc\n"


@pytest.mark.parametrize("form", ["table", "json", "csv"])
@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.text(), st.none() | st.integers() | st.booleans()), max_size=5))
def test_no_control_character_comes_out(form: str, rows: list[tuple]) -> None:
    text = format_result(Result(("a", "b\x1b"), rows), form)
    assert not [c for c in text if (ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160 or c in "\u202e\u2066"]
    if form == "json":
        assert [tuple(row.values()) for row in json.loads(text)] == rows


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(QueryError, match="known are table, json, csv"):
        format_result(RESULT, "xml")


def test_on_a_terminal_markup_is_shown_not_obeyed() -> None:
    code = (
        "from kg.query import Result, format_result\n"
        "print(format_result(Result(('a[b]',), [('[red]x[/red] [link=x]\\x1b]0;t\\x07',)])))"
    )
    main, side = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=side, env={**os.environ, "COLUMNS": "100", "TERM": "xterm"},
        cwd=Path(__file__).parents[1],
    )  # fmt: skip
    process.wait(30)
    os.close(side)
    shown = os.read(main, 10_000).decode()
    os.close(main)
    assert "[red]x[/red] [link=x]\\x1b]0;t\\x07" in shown
    assert "a[b]" in shown
    assert "\x1b" not in shown
    assert "┃" in shown
