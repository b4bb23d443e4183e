"""The library: one DuckDB file with what was read, extracted and linked, and the graph made from it."""

from __future__ import annotations

from kg.library.card import Card, find_entities, show_card
from kg.library.new_entities import NewEntity, find_new_entities
from kg.library.store import Library, open_library

__all__ = ["Card", "Library", "NewEntity", "find_entities", "find_new_entities", "open_library", "show_card"]
