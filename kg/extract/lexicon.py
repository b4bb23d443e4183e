"""What the lexicon knows, found in a text: surfaces compared word by word, folded unless they are short acronyms."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc

from kg.config import DATA
from kg.extract.candidates import Candidate, register_extensions, text_of
from kg.extract.terms import fold_phrase, is_plain, words_of
from kg.schema import LexiconEntry

__all__ = ["LexiconMatcher", "make_lexicon", "packaged_entries"]


def packaged_entries() -> list[LexiconEntry]:
    """The entries of the lexicon that ships with the package, as far as matching needs them."""
    folder = DATA / "ontology" / "lexicon"
    rows = (
        json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()
    )
    return [
        LexiconEntry(
            r["id"], r["type"], r["name"], tuple(r.get("aliases", ())), ambiguous=tuple(r.get("ambiguous", ()))
        )
        for r in rows
    ]


def make_lexicon(nlp: Language, name: str) -> LexiconMatcher:
    """The factory of `kg_lexicon`; it matches the packaged lexicon until `add` gives it entries of its own."""
    return LexiconMatcher()


class _Known(NamedTuple):
    """What a surface of the lexicon is: its type, how sure that is, and the entity, where there is but one."""

    type: str
    sure: float
    entity: str | None


class LexiconMatcher:
    """Adds the surfaces of lexicon entries as candidates, with the entry's type.

    Cost: a text's words times the words of the longest surface, whatever the size of the lexicon.
    """

    def __init__(self) -> None:
        self.entries: list[LexiconEntry] | None = None

    def add(self, entries: Iterable[LexiconEntry]) -> None:
        """Match these entries, in place of the packaged ones."""
        self.entries = list(entries)
        for made in ("_table", "_longest"):
            self.__dict__.pop(made, None)

    @cached_property
    def _table(self) -> dict[tuple[str, ...], dict[str | None, _Known]]:
        """Folded words -> how they must be written (see `_case_of`) -> what they are; the first entry of a surface wins."""
        table: dict[tuple[str, ...], dict[str | None, _Known]] = {}
        for entry in packaged_entries() if self.entries is None else self.entries:
            for surface in (entry.name, *entry.aliases):
                words = tuple(fold_phrase(word) for word, _, _ in words_of(surface))
                if words and not (surface.islower() and (surface in entry.ambiguous or is_plain(surface))):
                    ambiguous = surface in entry.ambiguous
                    here = _Known(entry.type, 0.6 if ambiguous else 0.85, None if ambiguous else entry.id)
                    forms, exact = table.setdefault(words, {}), _case_of(surface)
                    known = forms.setdefault(exact, here)
                    if known.entity != here.entity:
                        forms[exact] = known._replace(entity=None)
        return table

    @cached_property
    def _longest(self) -> dict[str, int]:
        """How many words the longest surface has that begins with each word."""
        longest: dict[str, int] = {}
        for words in self._table:
            longest[words[0]] = max(len(words), longest.get(words[0], 0))
        return longest

    def __call__(self, doc: Doc) -> Doc:
        table, text = self._table, text_of(doc)
        words = words_of(text)
        folded = [fold_phrase(word) for word, _, _ in words]
        found = []
        for i, (_, start, _) in enumerate(words):
            for j in range(min(len(words), i + self._longest.get(folded[i], 0)), i, -1):
                forms = table.get(tuple(folded[i:j]))
                if forms:
                    surface = text[start : words[j - 1][2]]
                    hit = forms.get(surface) or forms.get(surface.removesuffix("s"))
                    hit = hit or (None if surface.islower() else forms.get("")) or forms.get(None)
                    if hit:
                        found.append(Candidate(start, words[j - 1][2], hit.type, hit.sure, "lexicon", hit.entity))
                        break
        doc._.kg_candidates = doc._.kg_candidates + found
        return doc


def _case_of(surface: str) -> str | None:
    """How a text must write a surface: to the letter (SAM, MATH, Adam), not all in lower case (""), or in any case."""
    if any(c.isupper() for c in surface) and len(surface) <= 5:
        return surface
    return "" if " " not in surface and any(c.isupper() for c in surface[1:]) else None


register_extensions()
Language.factory("kg_lexicon", assigns=["doc._.kg_candidates"], func=make_lexicon)
