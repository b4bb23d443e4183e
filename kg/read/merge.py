"""One paper from several records: the same identifier, or the same title and no identifier that says otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from kg.read.clean import clean_text
from kg.schema import Paper, fold_title, paper_id

__all__ = ["keys_of", "merge_papers"]

KINDS = ("arxiv", "acl", "doi")
"""The kinds of identifiers, the best first."""


class _Group(NamedTuple):
    """Records that are one paper, merged, and all titles that they had."""

    paper: Paper
    titles: frozenset[str]


def merge_papers(papers: Iterable[Paper]) -> list[Paper]:
    """One record a distinct paper, sorted by id: a function of the set of records, whatever their order.

    Records with the same arXiv id, ACL id or DOI are one paper, and so are records of the same folded title. Two
    different identifiers of one kind keep papers apart, also where a third record shares something with both: that
    one goes to the paper with the smallest id. (Only the best identifier of a record outranks this: records with the
    same arXiv id are one paper, whatever their DOIs.)

    The longest abstract is kept with its title and text; sources and repositories are united, ids that a better one
    supersedes stand in `same_as`. Of every other field one value wins by a rule on the values alone (`_merge`), so
    that merging what is already merged with more records gives the same as merging all at once, as long as no title
    and no identifier leads to two papers. Cost: O(n log n).

    >>> page = Paper("paper:lora-1", "LoRA", "Low-rank updates.", "LoRA\\nLow-rank updates.", sources=("page.txt",))
    >>> table = Paper("paper:arxiv-2106.09685", "Lora", "Short.", "Lora\\nShort.", arxiv="2106.09685", year=2021)
    >>> [(p.id, p.title, p.year, p.same_as) for p in merge_papers([table, page])]
    [('paper:arxiv-2106.09685', 'LoRA', 2021, ('paper:lora-1',))]
    """
    records = [_Group(_merge([record]), frozenset([_title_key(record)])) for record in set(papers)]
    by_identifier = _unite(records, lambda group: _identifiers(group.paper))
    by_title = _unite(by_identifier, lambda group: group.titles)
    return sorted((group.paper for group in by_title), key=lambda paper: paper.id)


def keys_of(paper: Paper) -> list[str]:
    """What a record shares with others of its paper: its folded title and its identifiers."""
    return [_title_key(paper), *_identifiers(paper)]


def _title_key(paper: Paper) -> str:
    title = clean_text(paper.title)
    return fold_title(title) or title


def _identifiers(paper: Paper) -> list[str]:
    return [f"{kind}:{value}" for kind in KINDS if (value := getattr(paper, kind))]


def _unite(groups: Sequence[_Group], keys_of: Callable[[_Group], Iterable[str]]) -> list[_Group]:
    """The groups united where they share a key, directly or over others, and no identifiers disagree."""
    united = []
    for component in _components(groups, keys_of):
        agree = all(len({v for g in component if (v := getattr(g.paper, kind))}) < 2 for kind in KINDS)
        united += [_join(component)] if agree else _unite_apart(component, keys_of)
    return united


def _unite_apart(groups: Sequence[_Group], keys_of: Callable[[_Group], Iterable[str]]) -> list[_Group]:
    """Several papers of groups that disagree: each joins the first paper, by id, that shares a key and agrees."""
    by_best: dict[str, list[_Group]] = defaultdict(list)
    for group in groups:
        by_best[next(iter(_identifiers(group.paper)), group.paper.id)].append(group)
    waiting = sorted(map(_join, by_best.values()), key=_rank)
    while True:
        papers: list[_Group] = []
        for group in waiting:
            keys = set(keys_of(group))
            home = next(
                (i for i, p in enumerate(papers) if keys & set(keys_of(p)) and _agree(p.paper, group.paper)), None
            )
            if home is None:
                papers.append(group)
            else:
                papers[home] = _join([papers[home], group])
        if len(papers) == len(waiting):  # a paper that took another in may now share a key with a third
            return papers
        waiting = sorted(papers, key=_rank)


def _rank(group: _Group) -> tuple[bool, str]:
    return not _identifiers(group.paper), group.paper.id


def _agree(one: Paper, other: Paper) -> bool:
    pairs = ((getattr(one, kind), getattr(other, kind)) for kind in KINDS)
    return all(a == b or not a or not b for a, b in pairs)


def _components(groups: Sequence[_Group], keys_of: Callable[[_Group], Iterable[str]]) -> list[list[_Group]]:
    """Groups that share a key, directly or over others (union-find)."""
    parent = list(range(len(groups)))

    def find(i: int) -> int:
        while parent[i] != i:
            parent[i] = i = parent[parent[i]]
        return i

    first: dict[str, int] = {}
    for i, group in enumerate(groups):
        for key in keys_of(group):
            parent[find(i)] = find(first.setdefault(key, i))
    found: dict[int, list[_Group]] = defaultdict(list)
    for i, group in enumerate(groups):
        found[find(i)].append(group)
    return list(found.values())


def _join(groups: Sequence[_Group]) -> _Group:
    if len(groups) == 1:
        return groups[0]
    return _Group(_merge([g.paper for g in groups]), frozenset().union(*(g.titles for g in groups)))


def _merge(records: Sequence[Paper]) -> Paper:
    """One record of several. Each field is a maximum or a union, so neither order nor grouping matters."""

    def best(name: str, key: Callable[[Any], Any]) -> Any:
        return min((v for r in records if (v := getattr(r, name)) not in (None, ())), key=key, default=None)

    def union(name: str) -> tuple[str, ...]:
        return tuple(sorted({value for r in records for value in getattr(r, name)}))

    fullest = min(records, key=lambda r: (-len(r.abstract), r.abstract, r.title, r.text, r.id))
    dated = min(records, key=lambda r: (r.published is None, r.published or "", r.year is None, r.year or 0))
    ids = {kind: best(kind, str) for kind in KINDS}
    id_ = paper_id(**ids, title="") if any(ids.values()) else fullest.id
    return replace(
        fullest,
        id=id_,
        **ids,
        published=dated.published,
        year=dated.year,
        url=best("url", str),
        venue=best("venue", lambda v: (v.startswith("arXiv"), -len(v), v)),
        organization=best("organization", lambda v: (-len(v), v)),
        authors=best("authors", lambda v: (-len(v), v)) or (),
        author_count=best("author_count", lambda v: -v),
        count=best("count", lambda v: -v),
        repositories=union("repositories"),
        sources=union("sources"),
        same_as=tuple(sorted({i for r in records for i in (r.id, *r.same_as)} - {id_})),
    )
