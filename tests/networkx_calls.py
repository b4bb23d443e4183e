"""A pytest plugin that counts the calls of NetworkX's tests that reach the backend, and writes them to $KG_CALLS."""

from __future__ import annotations

import functools
import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg.analyse.networkx_backend import FUNCTIONS, dispatch

CALLS: Counter[str] = Counter()


def counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        CALLS[name] += 1
        return function(*args, **options)

    return call


def pytest_configure(config: pytest.Config) -> None:
    for name in FUNCTIONS:
        setattr(dispatch, name, counted(name, getattr(dispatch, name)))


def pytest_sessionfinish(session: pytest.Session) -> None:
    Path(os.environ["KG_CALLS"]).write_text(json.dumps(dict(sorted(CALLS.items()))), encoding="utf-8")
