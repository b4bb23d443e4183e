"""Linking: what each mention is; a known entity of the lexicon, or a new one with an id that is the same everywhere."""

from __future__ import annotations

from kg.link.corrections import NO_CORRECTIONS, Corrections, load_corrections
from kg.link.document import link_extraction
from kg.link.join import Linked, correct_names, join_papers
from kg.link.lexicon import Lexicon, load_lexicon
from kg.link.lexicon_check import check_entries, check_lexicon
from kg.link.lexicon_file import entry_line, read_entries, write_entries
from kg.link.meanings import expand
from kg.link.names import resolve, runners_up
from kg.link.surface import fold_surface

__all__ = [
    "NO_CORRECTIONS",
    "VERSION",
    "Corrections",
    "Lexicon",
    "Linked",
    "check_entries",
    "check_lexicon",
    "correct_names",
    "entry_line",
    "expand",
    "fold_surface",
    "join_papers",
    "link_extraction",
    "load_corrections",
    "load_lexicon",
    "read_entries",
    "resolve",
    "runners_up",
    "write_entries",
]

VERSION = "5"
"""Goes up when the same extraction and lexicon would be linked differently."""
