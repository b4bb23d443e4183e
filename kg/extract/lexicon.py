"""What the lexicon knows, found in a text: surfaces compared word by word, folded unless they are short acronyms."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cached_property

from spacy.language import Language
from spacy.tokens import Doc

from kg.config import DATA
from kg.extract.candidates import Candidate, register_extensions
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


class LexiconMatcher:
    """Adds the surfaces of lexicon entries as candidates, with the entry's type.

    Cost: a text's words times the words of the longest surface, whatever the size of the lexicon.
    """

    def __init__(self) -> None:
        self.entries: list[LexiconEntry] | None = None

    def add(self, entries: Iterable[LexiconEntry]) -> None:
        """Match these entries, in place of the packaged ones."""
        self.entries = list(entries)
        self.__dict__.pop("_table", None)

    @cached_property
    def _table(self) -> dict[tuple[str, ...], dict[str | None, tuple[str, float]]]:
        """Folded words -> how it must be written (see `_case_of`) -> type and confidence; the first entry of a surface wins."""
        table: dict[tuple[str, ...], dict[str | None, tuple[str, float]]] = {}
        for entry in packaged_entries() if self.entries is None else self.entries:
            for surface in (entry.name, *entry.aliases):
                words = tuple(fold_phrase(word) for word, _, _ in words_of(surface))
                if words and not (surface.islower() and (surface in entry.ambiguous or is_plain(surface))):
                    sure = 0.6 if surface in entry.ambiguous else 0.85
                    exact = _case_of(surface)
                    table.setdefault(words, {}).setdefault(exact, (entry.type, sure))
        return table

    def __call__(self, doc: Doc) -> Doc:
        table, text = self._table, doc.text
        words = words_of(text)
        folded = [fold_phrase(word) for word, _, _ in words]
        longest = max(map(len, table), default=0)
        found = []
        for i, (_, start, _) in enumerate(words):
            for j in range(min(len(words), i + longest), i, -1):
                forms = table.get(tuple(folded[i:j]))
                if forms:
                    surface = text[start : words[j - 1][2]]
                    hit = forms.get(surface) or forms.get(surface.removesuffix("s"))
                    hit = hit or (None if surface.islower() else forms.get("")) or forms.get(None)
                    if hit:
                        found.append(Candidate(start, words[j - 1][2], *hit, "lexicon"))
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
