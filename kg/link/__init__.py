"""Linking: what each mention is; a known entity of the lexicon, or a new one with an id that is the same everywhere."""

from __future__ import annotations

from kg.link.candidates import resolve
from kg.link.document import link_extraction
from kg.link.lexicon import Lexicon, check_lexicon, load_lexicon
from kg.link.surface import fold_surface

__all__ = ["VERSION", "Lexicon", "check_lexicon", "fold_surface", "link_extraction", "load_lexicon", "resolve"]

VERSION = "1"
"""Goes up when the same extraction and lexicon would be linked differently."""
