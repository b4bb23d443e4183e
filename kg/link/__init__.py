"""Linking: what each mention is; a known entity of the lexicon, or a new one with an id that is the same everywhere."""

from __future__ import annotations

from kg.link.candidates import resolve
from kg.link.document import link_extraction
from kg.link.lexicon import Lexicon, load_lexicon
from kg.link.lexicon_check import check_entries, check_lexicon
from kg.link.lexicon_file import entry_line, read_entries, write_entries
from kg.link.surface import fold_surface

__all__ = [
    "VERSION",
    "Lexicon",
    "check_entries",
    "check_lexicon",
    "entry_line",
    "fold_surface",
    "link_extraction",
    "load_lexicon",
    "read_entries",
    "resolve",
    "write_entries",
]

VERSION = "1"
"""Goes up when the same extraction and lexicon would be linked differently."""
