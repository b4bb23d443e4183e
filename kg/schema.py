"""What flows between the stages: records, the closed sets of node and edge types, and how ids are made.

Nothing here imports a stage. `ontology/kg.ttl` says the same in OWL; `tests/test_house.py` compares the two.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "CLAIM_KINDS",
    "DIRECTIONS",
    "EDGE_ENDPOINTS",
    "EDGE_PROPERTIES",
    "ENTITY_TYPES",
    "MEASURES",
    "NODE_PROPERTIES",
    "RELATION_TYPES",
    "ROLES",
    "Claim",
    "EdgeType",
    "Extraction",
    "Graph",
    "Join",
    "LexiconEntry",
    "Link",
    "Mention",
    "NodeType",
    "Paper",
    "Problem",
    "Property",
    "Relation",
    "camel",
    "claim_id",
    "entity_id",
    "fold_title",
    "paper_id",
    "slug",
]


# ---------------------------------------------------------------------------------------------- names and ids


def camel(name: str) -> str:
    """The lowerCamelCase form of a snake_case or UPPER_CASE name: the spelling in Cypher properties and in RDF.

    >>> camel("EVALUATED_WITH"), camel("evidence_papers"), camel("name")
    ('evaluatedWith', 'evidencePapers', 'name')
    """
    first, *rest = name.lower().split("_")
    return first + "".join(word.capitalize() for word in rest)


OTHERS = re.compile(r"[^a-z0-9]+")


def slug(text: str) -> str:
    """Text as an id part: NFKD, ASCII, lower case, every run of other characters one `-`; `+` and `#` are spelled.

    Text with no ASCII letter or digit at all becomes `x-` and 8 hex digits of its SHA-256, so that no id is empty.

    >>> slug("Qwen2.5-VL 3B"), slug("Schrödinger bridge"), slug("C++")
    ('qwen2-5-vl-3b', 'schrodinger-bridge', 'c-plus-plus')
    """
    plain = text.replace("+", " plus ").replace("#", " sharp ")
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    out = OTHERS.sub("-", plain.lower()).strip("-")
    return out or "x-" + _hex8(text)


def fold_title(title: str) -> str:
    """A title with case, accents, punctuation and spacing folded away: two titles that fold alike are one paper.

    >>> fold_title("BERT:  Pre-training  of Deep…") == fold_title("Bert: pre‑training of deep")
    True
    """
    text = title.casefold()
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", text))


def paper_id(*, arxiv: str | None = None, acl: str | None = None, doi: str | None = None, title: str = "") -> str:
    """The stable id of a paper: from its arXiv id, ACL Anthology id or DOI, else from its title.

    >>> paper_id(arxiv="2402.03300v2"), paper_id(doi="10.1000/ABC")
    ('paper:arxiv-2402.03300', 'paper:doi-10.1000-abc')
    >>> paper_id(title="Attention Is All You Need")
    'paper:attention-is-all-you-need-4a1c934d'
    """
    if arxiv:
        return "paper:arxiv-" + re.sub(r"v\d+$", "", arxiv.lower()).replace("/", "-")
    if acl:
        return "paper:acl-" + acl
    if doi:
        return "paper:doi-" + doi.lower().replace("/", "-")
    return f"paper:{slug(title)[:60].strip('-')}-{_hex8(fold_title(title))}"


def entity_id(node_type: str, name: str) -> str:
    """The id of an entity that is named by its name alone.

    >>> entity_id("Method", "Low-Rank Adaptation")
    'method:low-rank-adaptation'
    """
    return f"{node_type.lower()}:{slug(name)}"


def claim_id(paper: str, start: int, stop: int, n: int) -> str:
    """The id of the n-th claim (counted from 0) on one span of one paper.

    >>> claim_id("paper:arxiv-2402.03300", 10, 40, 0)
    'claim:arxiv-2402.03300:10-40:0'
    """
    return f"claim:{paper.removeprefix('paper:')}:{start}-{stop}:{n}"


def _hex8(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


# ---------------------------------------------------------------------------------------------- closed sets


class NodeType(StrEnum):
    """What a node can be; the value is the label in Cypher and the class in RDF."""

    PAPER = "Paper"
    AUTHOR = "Author"
    ORGANIZATION = "Organization"
    METHOD = "Method"
    DATASET = "Dataset"
    TASK = "Task"
    METRIC = "Metric"
    CLAIM = "Claim"
    REPOSITORY = "Repository"


class EdgeType(StrEnum):
    """What an edge can say; the value is the type in Cypher, `camel(value)` the property in RDF."""

    INTRODUCES = "INTRODUCES"
    MENTIONS = "MENTIONS"
    STATES = "STATES"
    ABOUT = "ABOUT"
    COMPARED_TO = "COMPARED_TO"
    MEASURED_BY = "MEASURED_BY"
    EVALUATED_ON = "EVALUATED_ON"
    AUTHORED = "AUTHORED"
    AFFILIATED_WITH = "AFFILIATED_WITH"
    HAS_CODE = "HAS_CODE"
    USED_FOR = "USED_FOR"
    PART_OF = "PART_OF"
    SUBCLASS_OF = "SUBCLASS_OF"
    SUBTASK_OF = "SUBTASK_OF"
    BENCHMARK_FOR = "BENCHMARK_FOR"
    TRAINED_WITH = "TRAINED_WITH"
    EVALUATED_WITH = "EVALUATED_WITH"
    COMPARE_WITH = "COMPARE_WITH"


_P, _M, _D, _T, _X, _C = (
    NodeType.PAPER,
    NodeType.METHOD,
    NodeType.DATASET,
    NodeType.TASK,
    NodeType.METRIC,
    NodeType.CLAIM,
)
ENTITY_TYPES = (_M, _D, _T, _X)
"""What a mention can be linked to."""

EDGE_ENDPOINTS: Mapping[EdgeType, tuple[tuple[NodeType, NodeType], ...]] = {
    EdgeType.INTRODUCES: ((_P, _M), (_P, _D)),
    EdgeType.MENTIONS: ((_P, _M), (_P, _D), (_P, _T), (_P, _X)),
    EdgeType.STATES: ((_P, _C),),
    EdgeType.ABOUT: ((_C, _M), (_C, _D), (_C, _T), (_C, _X)),
    EdgeType.COMPARED_TO: ((_C, _M), (_C, _D), (_C, _T), (_C, _X)),
    EdgeType.MEASURED_BY: ((_C, _X),),
    EdgeType.EVALUATED_ON: ((_C, _D), (_C, _T)),
    EdgeType.AUTHORED: ((NodeType.AUTHOR, _P),),
    EdgeType.AFFILIATED_WITH: ((NodeType.AUTHOR, NodeType.ORGANIZATION), (_P, NodeType.ORGANIZATION)),
    EdgeType.HAS_CODE: ((_P, NodeType.REPOSITORY),),
    EdgeType.USED_FOR: ((_M, _T), (_M, _M), (_D, _T), (_D, _M)),
    EdgeType.PART_OF: ((_M, _M),),
    EdgeType.SUBCLASS_OF: ((_M, _M),),
    EdgeType.SUBTASK_OF: ((_T, _T),),
    EdgeType.BENCHMARK_FOR: ((_D, _T),),
    EdgeType.TRAINED_WITH: ((_M, _D),),
    EdgeType.EVALUATED_WITH: ((_M, _D),),
    EdgeType.COMPARE_WITH: ((_M, _M),),
}
"""Which node types each edge type joins, as (source, target) pairs."""

RELATION_TYPES = (
    EdgeType.USED_FOR,
    EdgeType.PART_OF,
    EdgeType.SUBCLASS_OF,
    EdgeType.SUBTASK_OF,
    EdgeType.BENCHMARK_FOR,
    EdgeType.TRAINED_WITH,
    EdgeType.EVALUATED_WITH,
    EdgeType.COMPARE_WITH,
)
"""What the extractor says between two mentions (SciER's relations)."""

CLAIM_KINDS = ("performance", "efficiency", "theoretical", "resource", "finding")
DIRECTIONS = ("increase", "decrease", "equal")
ROLES = ("background", "objective", "method", "result", "other")
"""What a sentence of an abstract does there."""


class Property(NamedTuple):
    """A property of a node or an edge: its snake_case name and one of the kinds below.

    Kinds: string, integer, number, boolean, date, and the lists strings and integers.
    """

    name: str
    kind: str


def _properties(text: str) -> tuple[Property, ...]:
    return tuple(Property(*item.split(":")) for item in text.split())


MEASURES = _properties(
    "degree:number in_degree:number out_degree:number pagerank:number betweenness:number closeness:number"
    " harmonic:number eccentricity:integer eigenvector:number hub:number authority:number katz:number"
    " core_number:integer triangles:integer clustering:number component:integer strong_component:integer"
    " community:integer articulation_point:boolean"
)
"""The measures of a node that `kg.analyse` knows; a stored result is a property of this name, of any node."""

_ENTITY = _properties(
    "name:string aliases:strings year:integer papers:integer mentions:integer known:boolean same_as:strings"
)

_OWN_PROPERTIES: Mapping[NodeType, tuple[Property, ...]] = {
    NodeType.PAPER: _properties(
        "title:string abstract:string text:string published:date year:integer url:string venue:string count:integer"
        " author_count:integer sources:strings same_as:strings"
    ),
    NodeType.AUTHOR: _properties("name:string"),
    NodeType.ORGANIZATION: _properties("name:string"),
    NodeType.METHOD: _ENTITY,
    NodeType.DATASET: _ENTITY,
    NodeType.TASK: _ENTITY,
    NodeType.METRIC: _ENTITY,
    NodeType.CLAIM: _properties(
        "text:string kind:string metric:string value:string number:number unit:string direction:string"
        " baseline:string confidence:number start:integer stop:integer"
    ),
    NodeType.REPOSITORY: _properties("url:string"),
}
NODE_PROPERTIES: Mapping[NodeType, tuple[Property, ...]] = {
    node_type: own + MEASURES for node_type, own in _OWN_PROPERTIES.items()
}
"""The properties of each node type beside its id; those of `MEASURES` are null until a result is stored."""

EDGE_PROPERTIES = _properties(
    "papers:integer sentences:integer confidence:number evidence_papers:strings evidence_starts:integers"
    " evidence_stops:integers evidence_sentences:strings"
)
"""The properties of every edge; those that do not come from the text (AUTHORED, AFFILIATED_WITH) hold none of them."""


# ---------------------------------------------------------------------------------------------- records


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was passed over on the way: what, and where (`file`, `file:line` or a paper's id)."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as it was read. `title` and `abstract` are untouched; `text` is their cleaned form, which offsets count in.

    `id` is made by `paper_id`. `arxiv`, `acl` and `doi` are the identifiers that were found; `published` is an ISO
    date or None; `repositories` are URLs; `sources` are names of the files it came from; `same_as` are ids it had
    before a better identifier was known.
    """

    id: str
    title: str
    abstract: str
    text: str
    published: str | None = None
    year: int | None = None
    url: str | None = None
    venue: str | None = None
    count: int | None = None
    authors: tuple[str, ...] = ()
    author_count: int | None = None
    organization: str | None = None
    repositories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    arxiv: str | None = None
    acl: str | None = None
    doi: str | None = None
    same_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A span of a paper's text that names a method, dataset, task or metric; the last five fields are the linker's."""

    id: str
    start: int
    end: int
    text: str
    type: str
    confidence: float
    name: str | None = None
    entity: str | None = None
    why: str | None = None
    score: float | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A typed relation between two mentions (by id), with the span of text that is its evidence."""

    head: str
    type: str
    tail: str
    confidence: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A result that a paper states. `metric`, `value` and `baseline` are strings of the text, `number` and `unit` the
    parsed value; `subject`, `on`, `metric_mention` and `baseline_mention` are mention ids."""

    id: str
    start: int
    end: int
    text: str
    kind: str
    confidence: float
    subject: str | None = None
    metric: str | None = None
    value: str | None = None
    direction: str | None = None
    baseline: str | None = None
    on: str | None = None
    number: float | None = None
    unit: str | None = None
    metric_mention: str | None = None
    baseline_mention: str | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was found in one paper. Ids are local to it ("m0", "c0"); `sentences` are (start, end) offsets, and `roles`
    what each of them does in the abstract, None for those of the title."""

    paper: str
    mentions: tuple[Mention, ...] = ()
    introduces: tuple[str, ...] = ()
    synonyms: tuple[tuple[str, str], ...] = ()
    relations: tuple[Relation, ...] = ()
    claims: tuple[Claim, ...] = ()
    sentences: tuple[tuple[int, int], ...] = ()
    roles: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class LexiconEntry:
    """One line of the curated knowledge base: something that is known, and how it is written."""

    id: str
    type: str
    name: str
    aliases: tuple[str, ...] = ()
    year: int | None = None
    arxiv: str | None = None
    broader: str | None = None
    ambiguous: tuple[str, ...] = ()
    """Surfaces of this entry that also name other things, and so need a definition or context to be believed."""
    different_from: tuple[str, ...] = ()
    """Ids of entries that are easily taken for this one and are not it."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a name is: the entity, its canonical name, how sure (0 to 1), why, and the evidence for that.

    | why | the entity is | evidence |
    |---|---|---|
    | definition | what the paper spells the name out as | the long form |
    | name, alias | what the lexicon or the library knows under it | the form that is known |
    | context | of several meanings the one that the text speaks for | the best meanings with how much it does |
    | correction | what a person decided | file and line of the decision |
    | new | made from the name: nothing else speaks for anything | none |
    """

    entity: str
    name: str
    score: float
    why: str
    evidence: str | None = None


class Join(NamedTuple):
    """An entity of single papers that is part of another one: all its mentions, or those with a text; why, by what."""

    linked: str
    text: str | None
    entity: str
    why: str
    evidence: str | None


@dataclass(frozen=True)
class Graph:
    """The graph as two Arrow tables, and the fingerprint of the facts it was made from.

    `nodes`: id, type, and one column for every property of `NODE_PROPERTIES` (null where a type has none), sorted by
    id. `edges`: source, source_type, type, target, target_type and `EDGE_PROPERTIES`, sorted by type, source, target.
    """

    nodes: pa.Table
    edges: pa.Table
    fingerprint: str = field(default="")
