"""The spaCy pipeline put together from its components."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import spacy
from spacy.language import Language

from kg.errors import ExtractError
from kg.extract.tokenizer import make_tokenizer
from kg.schema import LexiconEntry

__all__ = ["COMPONENTS", "TRAINED", "build_pipeline"]

COMPONENTS = (
    "kg_sentences",
    "kg_sentence_roles",
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
"""Of the rules, in the order of the pipeline; each is a spaCy factory that any pipeline can add."""
FINDERS = COMPONENTS[: COMPONENTS.index("kg_terms")]
"""What proposes spans to a trained model."""
OF_MODEL = ("kg_encoder", "kg_trained_mentions", "kg_trained_synonyms", "kg_trained_relations", "kg_trained_claims")
"""What takes a model's folder."""
TRAINED = (*FINDERS, *OF_MODEL[:2], "kg_synonyms", *OF_MODEL[2:])
"""Of a trained model."""


def build_pipeline(entries: Iterable[LexiconEntry] | None = None, model: Path | None = None) -> Language:
    """The pipeline over a blank English vocabulary.

    entries: the lexicon to match, None for the one that ships.  model: the folder of a trained model, None for rules.

    >>> doc = build_pipeline()("LoRA: Low-Rank Adaptation\\nWe propose LoRA.")
    >>> [ent.text for ent in doc.ents][0]
    'LoRA'
    """
    try:
        nlp = spacy.blank("en")
        nlp.tokenizer = make_tokenizer(nlp)
        nlp.max_length = 100_000_000
        for name in TRAINED if model else COMPONENTS:
            nlp.add_pipe(name, config={"model": str(model)} if name in OF_MODEL else {})
    except (ValueError, ImportError, OSError) as error:
        raise ExtractError(
            f"the spaCy pipeline cannot be built: {error}; install kg anew, so that its entry points are known"
        ) from error
    if entries is not None:
        nlp.get_pipe("kg_lexicon").add(entries)
    return nlp
