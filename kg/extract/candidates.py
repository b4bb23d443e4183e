"""What components pass to each other: candidate spans, final mentions, pairs; all on the `Doc`, in characters."""

from __future__ import annotations

from typing import NamedTuple

from spacy.tokens import Doc

__all__ = ["Candidate", "Definition", "register_extensions", "text_of"]

_TEXT = "kg_text"


class Candidate(NamedTuple):
    """A span that may become a mention: offsets, type or None where the finder cannot tell, confidence, who found it.

    `source` is one of "definition", "title", "propose", "lexicon", "metric", "name", "term".
    """

    start: int
    end: int
    type: str | None
    confidence: float
    source: str
    entity: str | None = None
    """What the lexicon says it is, where its surface names nothing else."""


class Definition(NamedTuple):
    """An abbreviation and its long form, each as (start, end)."""

    short: tuple[int, int]
    long: tuple[int, int]


def register_extensions() -> None:
    """Declare the attributes of `Doc` that the components assign; safe to call again."""
    for name in (
        "kg_roles",
        "kg_candidates",
        "kg_definitions",
        "kg_mentions",
        "kg_introduces",
        "kg_synonyms",
        "kg_relations",
        "kg_claims",
        "kg_encoded",
        "kg_vectors",
        "kg_concepts",
    ):
        if not Doc.has_extension(name):
            Doc.set_extension(name, default=[])


def text_of(doc: Doc) -> str:
    """The text of a doc, kept with it: spaCy joins the tokens anew each time it is asked.

    >>> import spacy
    >>> text_of(spacy.blank("en")("LoRA adapts."))
    'LoRA adapts.'
    """
    text = doc.user_data.get(_TEXT, "")
    if not len(doc) or len(text) != doc[-1].idx + len(doc[-1].text_with_ws):  # of another doc, whose data this one took
        text = doc.user_data[_TEXT] = doc.text
    return text
