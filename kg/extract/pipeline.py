"""The spaCy pipeline put together from its components."""

from __future__ import annotations

from collections.abc import Iterable

import spacy
from spacy.language import Language

from kg.errors import ExtractError
from kg.extract.tokenizer import make_tokenizer
from kg.schema import LexiconEntry

__all__ = ["COMPONENTS", "build_pipeline"]

COMPONENTS = (
    "kg_sentences",
    "kg_abbreviations",
    "kg_names",
    "kg_lexicon",
    "kg_metrics",
    "kg_terms",
    "kg_mentions",
    "kg_synonyms",
    "kg_introduces",
    "kg_relations",
    "kg_claims",
)
"""In the order of the pipeline; each is a spaCy factory that any pipeline can add."""


def build_pipeline(entries: Iterable[LexiconEntry] | None = None) -> Language:
    """The pipeline over a blank English vocabulary; entries: the lexicon to match, None for the one that ships.

    >>> doc = build_pipeline()("LoRA: Low-Rank Adaptation\\nWe propose LoRA.")
    >>> [ent.text for ent in doc.ents][0]
    'LoRA'
    """
    try:
        nlp = spacy.blank("en")
        nlp.tokenizer = make_tokenizer(nlp)
        nlp.max_length = 100_000_000
        for name in COMPONENTS:
            nlp.add_pipe(name)
    except (ValueError, ImportError, OSError) as error:
        raise ExtractError(
            f"the spaCy pipeline cannot be built: {error}; install kg anew, so that its entry points are known"
        ) from error
    if entries is not None:
        nlp.get_pipe("kg_lexicon").add(entries)
    return nlp
