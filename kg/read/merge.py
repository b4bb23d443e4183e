"""One paper from several records: the same identifier, or the same title and no identifier that says otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

from kg.schema import Paper, fold_title, paper_id

__all__ = ["merge_papers"]

KINDS = ("arxiv", "acl", "doi")


def merge_papers(papers: Iterable[Paper]) -> list[Paper]:
    """One record a distinct paper, sorted by id: a function of the set of records, whatever their order.

    Records with the same arXiv id, ACL id or DOI are one paper, and records with the same folded title, unless they
    hold different ids of one kind. The longer abstract is kept with its title; sources are united; ids that a better
    one supersedes are kept in `same_as`. Cost: linear but for sorting.
    """
    records = sorted(set(papers), key=_order)
    by_identifier = _groups(records, _identifiers)
    groups = [part for group in by_identifier for part in ([group] if _is_one(group) else _by_best_identifier(group))]
    merged = []
    for same_title in _groups(groups, lambda group: {fold_title(record.title) for record in group}):
        if _is_one(together := [record for group in same_title for record in group]):
            merged.append(_merge(together))
        else:
            merged += [_merge(group) for group in _attach(same_title)]
    return sorted(merged, key=lambda paper: paper.id)


def _order(paper: Paper) -> tuple[Any, ...]:
    """Identified records first, then the longest abstract, then any fixed order."""
    return not _identifiers(paper), -len(paper.abstract), repr(asdict(paper))


def _identifiers(paper: Paper) -> set[str]:
    return {f"{kind}:{value}" for kind in KINDS if (value := getattr(paper, kind))}


def _is_one(records: Sequence[Paper]) -> bool:
    """Whether no two of the records hold different ids of one kind."""
    return all(len({v for r in records if (v := getattr(r, kind))}) <= 1 for kind in KINDS)


def _by_best_identifier(records: Sequence[Paper]) -> list[list[Paper]]:
    """Records that disagree: apart by the best identifier that each has itself."""
    parts: dict[str, list[Paper]] = defaultdict(list)
    for record in records:
        parts[next(f"{kind}:{getattr(record, kind)}" for kind in KINDS if getattr(record, kind))].append(record)
    return [part for _, part in sorted(parts.items())]


def _attach(groups: Sequence[list[Paper]]) -> list[list[Paper]]:
    """Groups of like titles that are different papers; records without identifier go to the smallest of their title."""
    identified = sorted((g for g in groups if _identifiers(g[0])), key=lambda g: _merge(g).id)
    whole = [list(group) for group in identified]
    for group in groups:
        if not _identifiers(group[0]):
            titles = {fold_title(record.title) for record in group}
            home = next(i for i, g in enumerate(identified) if titles & {fold_title(r.title) for r in g})
            whole[home] += group
    return whole


def _groups(items: Sequence[Any], keys_of: Any) -> list[list[Any]]:
    """Items joined where they share a key, directly or over others; in the order of their first items."""
    parent = list(range(len(items)))

    def find(i: int) -> int:
        while parent[i] != i:
            parent[i] = i = parent[parent[i]]
        return i

    first: dict[str, int] = {}
    for i, item in enumerate(items):
        for key in sorted(keys_of(item)):
            a, b = find(first.setdefault(key, i)), find(i)
            parent[max(a, b)] = min(a, b)
    out: dict[int, list[Any]] = defaultdict(list)
    for i, item in enumerate(items):
        out[find(i)].append(item)
    return list(out.values())


def _merge(records: Sequence[Paper]) -> Paper:
    records = sorted(records, key=_order)
    fullest = min(records, key=lambda r: (-len(r.abstract), r.abstract, r.title))

    def first(name: str) -> Any:
        return next((value for r in records if (value := getattr(r, name)) not in (None, ())), getattr(fullest, name))

    def union(name: str) -> tuple[str, ...]:
        return tuple(sorted({value for r in records for value in getattr(r, name)}))

    ids = {kind: first(kind) for kind in KINDS}
    id_ = paper_id(**ids, title=fullest.title)
    dated = next((r for r in records if r.published), None) or next((r for r in records if r.year), fullest)
    return replace(
        fullest,
        id=id_,
        **ids,
        published=dated.published,
        year=dated.year,
        count=max((r.count for r in records if r.count is not None), default=None),
        **{name: first(name) for name in ("url", "venue", "authors", "author_count", "organization")},
        repositories=union("repositories"),
        sources=union("sources"),
        same_as=tuple(sorted({i for r in records for i in (r.id, *r.same_as)} - {id_})),
    )
