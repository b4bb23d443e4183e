"""Every exception of kg.

    KgError
    ├── ReadError          (ValueError)    a file or a record that cannot be read
    ├── ConfigError        (ValueError)    a setting that is unknown or out of range
    ├── ExtractError       (RuntimeError)  the spaCy pipeline cannot be built or run
    ├── LinkError          (ValueError)    the lexicon or a file of corrections is broken
    ├── LibraryError       (RuntimeError)  the library file is missing, locked or of another version
    ├── GraphError         (ValueError)    a graph or an array that the core refuses
    │   └── ConvergenceError (ArithmeticError)  an iteration did not reach its tolerance
    ├── ExportError        (RuntimeError)  a target cannot be written
    ├── QueryError         (ValueError)    a query that is wrong, or that would change something
    └── MissingExtraError  (ImportError)   an optional package is not installed

Each is also the nearest builtin, so that `except ValueError` does what one expects. A message says what, where,
what was expected and what to do.
"""

from __future__ import annotations

__all__ = [
    "ConfigError",
    "ConvergenceError",
    "ExportError",
    "ExtractError",
    "GraphError",
    "KgError",
    "LibraryError",
    "LinkError",
    "MissingExtraError",
    "QueryError",
    "ReadError",
]


class KgError(Exception):
    """The root of all errors that kg raises on purpose."""


class ReadError(KgError, ValueError):
    """A file or a record cannot be read; the message names the file and, where there is one, the line."""


class ConfigError(KgError, ValueError):
    """A setting is unknown, of the wrong type or out of range."""


class ExtractError(KgError, RuntimeError):
    """The spaCy pipeline cannot be built or run."""


class LinkError(KgError, ValueError):
    """The lexicon or a file of corrections is broken; the message names the file and the line."""


class LibraryError(KgError, RuntimeError):
    """The library file is missing, locked, damaged or written by another version."""


class GraphError(KgError, ValueError):
    """A graph or an array is not what the core accepts."""


class ConvergenceError(GraphError, ArithmeticError):
    """An iteration did not reach its tolerance; no value is returned in its place."""


class ExportError(KgError, RuntimeError):
    """A target cannot be written."""


class QueryError(KgError, ValueError):
    """A query is wrong, or would change something."""


class MissingExtraError(KgError, ImportError):
    """An optional package is not installed; the message holds the command that installs it.

    >>> str(MissingExtraError.of("pyvis", extra="html"))
    "pyvis is not installed: pip install 'kg[html]'"
    """

    @classmethod
    def of(cls, package: str, *, extra: str) -> MissingExtraError:
        return cls(f"{package} is not installed: pip install 'kg[{extra}]'")
