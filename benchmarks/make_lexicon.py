"""Finds what the lexicon lacks or merges wrongly, by counting, and writes it into the lexicon where told to.

    python benchmarks/make_lexicon.py ontology/lexicon --gold GOLD.jsonl... [--abstracts ABSTRACTS.jsonl.gz...]
        [--leave-out IDS.json] [--write]

Annotated papers vote: for each surface, on the name that it stands for. An alias that most papers take for a name of its
own becomes an entry; a phrase that the lexicon lacks becomes an alias of what most papers call it. Abstracts define short
forms: one that nearly always stands for one known phrase, and for nothing else that is known, becomes its alias; of
several meanings none is taken, `kg/link/contexts.npz` knows those. Every proposal is printed with its count; read them
before --write, and run `kg lexicon check` after it.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from make_contexts import definitions, read_texts, senses

from kg.link import Lexicon, fold_surface, load_lexicon, read_entries, write_entries
from kg.link.candidates import find, shown
from kg.link.expansion import spell_out
from kg.link.surface import abbreviates, is_name, parts, spells
from kg.read import clean_text
from kg.schema import ENTITY_TYPES, LexiconEntry, entity_id

PAPERS, AGREE = 3, 0.7
"""Papers that must vote for a name, and their share of all that vote."""
DEFINED, MOSTLY = 5, 0.95
"""Abstracts that must define a short form by a phrase, and their share of all that define it."""

Votes = Mapping[tuple[str, str], Counter[str]]
Found = Iterator[tuple[LexiconEntry, str, int]]
"""An entry, one more name of it (or one that is no name of it), and how many papers say so."""


def votes_of(paths: Iterable[Path]) -> tuple[Votes, Votes]:
    """By type and folded surface, how many papers say that it is called by each folded name; and how it is written.

    Only papers that say it in so many words: what they leave out may be its own name or forgotten.
    """
    votes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    written: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for path in paths:
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            names = {
                fold_surface(clean_text(surface)): fold_surface(name) for surface, name in row["canonical"].items()
            }
            said = {(m["type"], fold_surface(clean_text(m["text"]))): clean_text(m["text"]) for m in row["mentions"]}
            for (type_, folded), surface in said.items():
                if folded in names:
                    votes[type_, folded][names[folded]] += 1
                    written[type_, folded][surface] += 1
    return votes, written


def agreed(votes: Counter[str]) -> tuple[str, int] | None:
    name, count = max(votes.items(), key=lambda vote: (vote[1], vote[0]))
    return (name, count) if count >= max(PAPERS, AGREE * votes.total()) else None


def split_aliases(votes: Votes, lexicon: Lexicon) -> Found:
    """Aliases that papers take for names of things of their own; not the long forms of short ones."""
    for entry in lexicon.entries:
        for alias in entry.aliases:
            found = votes.get((entry.type, fold_surface(alias)))
            best = agreed(found) if found else None
            others = [other for other in (entry.name, *entry.aliases) if other != alias]
            spelled = any(_is_short(other, alias) for other in others)
            single = len(lexicon.candidates(alias, entry.type).entries) == 1
            if best and best[0] == fold_surface(alias) and single and not spelled and not is_name(alias):
                yield entry, alias, best[1]


def _is_short(name: str, long: str) -> bool:
    """Whether a name abbreviates a phrase, as a whole or in a word of it (multilingual LLM)."""
    whole = " " not in name and abbreviates(name, long)
    return whole or fold_surface(spell_out(name) or "") == fold_surface(long)


def missing_aliases(votes: Votes, written: Votes, lexicon: Lexicon) -> Found:
    """Surfaces that the lexicon does not know and papers take for something that it knows."""
    for (type_, folded), counts in sorted(votes.items()):
        best = agreed(counts)
        surface = min(written[type_, folded], key=lambda s: (s != s.lower(), s))
        is_word = " " not in surface and not is_name(surface)  # extraction would take it for a mention everywhere
        if best and best[0] != folded and not is_word and not find(surface, type_, lexicon)[1].entries:
            known = lexicon.candidates(best[0], type_)
            if known.sure and "(" not in surface and fold_surface(known.entries[0].name) == best[0]:
                yield known.entries[0], surface, best[1]


def defined_aliases(counts: Mapping[str, Counter[str]], lexicon: Lexicon) -> Found:
    """Short forms that the lexicon does not know and abstracts define as something that it knows, and as nothing else."""
    for short, longs in sorted(counts.items()):
        if sum(longs.values()) < DEFINED or lexicon.by_type(short):
            continue
        _, spellings, count = max(senses(short, longs), key=lambda sense: (sense[2], sense[0]), default=("", [], 0))
        if count < max(DEFINED, MOSTLY * sum(longs.values())):
            continue
        known = {
            found.entries[0].id: found.entries[0]
            for spelling in spellings
            for found in lexicon.by_type(spelling).values()
            if found.sure and spells(short, parts(spelling))
        }
        if len(known) == 1:
            yield next(iter(known.values())), short, count


# ------------------------------------------------------------------------------------------------ writing


def with_aliases(entries: dict[str, LexiconEntry], more: Iterable[tuple[LexiconEntry, str, int]]) -> None:
    for entry, alias, _ in more:
        now = entries[entry.id]
        entries[entry.id] = replace(now, aliases=(*now.aliases, alias))


def with_splits(
    entries: dict[str, LexiconEntry], splits: Iterable[tuple[LexiconEntry, str, int]], lexicon: Lexicon
) -> None:
    for entry, alias, _ in splits:
        name = shown(alias, lexicon)
        new = LexiconEntry(entity_id(entry.type, name), entry.type, name)
        if new.id in entries:
            continue
        now = entries[entry.id]
        entries[entry.id] = replace(
            now,
            aliases=tuple(a for a in now.aliases if a != alias),
            ambiguous=tuple(a for a in now.ambiguous if a != alias),
        )
        entries[new.id] = new


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("lexicon", type=Path)
    parser.add_argument("--gold", nargs="*", type=Path, default=[])
    parser.add_argument("--abstracts", nargs="*", type=Path, default=[])
    parser.add_argument("--leave-out", type=Path, help='JSON with "abstract_ids" that are kept free for measurement')
    parser.add_argument("--write", action="store_true", help="change the lexicon")
    options = parser.parse_args()
    lexicon = load_lexicon(options.lexicon)
    votes, written = votes_of(options.gold)
    left_out = set(json.loads(options.leave_out.read_text())["abstract_ids"]) if options.leave_out else set()
    splits = list(split_aliases(votes, lexicon))
    missing = list(missing_aliases(votes, written, lexicon))
    defined = list(defined_aliases(definitions(read_texts(options.abstracts, left_out)), lexicon))
    for what, found in (("split", splits), ("alias", missing), ("short", defined)):
        for entry, surface, papers in found:
            print(what, entry.id, surface, papers, sep="\t")
    if options.write:
        entries = {entry.id: entry for _, entry in read_entries([options.lexicon])}
        with_aliases(entries, (*missing, *defined))
        with_splits(entries, splits, lexicon)
        for type_ in ENTITY_TYPES:
            write_entries(options.lexicon / f"{type_.lower()}s.jsonl", (e for e in entries.values() if e.type == type_))


if __name__ == "__main__":
    main()
