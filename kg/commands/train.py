"""`kg train`: a model of one's own from annotated abstracts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.commands.options import Config, load_options
from kg.terminal import open_output, say, show_progress

__all__ = ["EXAMPLE", "train"]

EXAMPLE = "Example: `kg train train.jsonl --encoder minilm -o model --dev dev.jsonl`, then `kg build --model model`"


def train(
    gold: Annotated[list[Path] | None, typer.Argument(help="JSON lines of annotated abstracts.")] = None,
    encoder: Annotated[
        Path | None, typer.Option(help="A BERT: folder of model.safetensors and tokenizer.json; none: spaCy's Tok2Vec.")
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Folder of the model; made anew.")] = None,
    dev: Annotated[
        Path | None, typer.Option(help="Abstracts that the model is not trained on: they choose its thresholds.")
    ] = None,
    raw: Annotated[
        list[Path] | None, typer.Option(help="Papers that the encoder reads first, guessing hidden words; once a file.")
    ] = None,
    unlabelled: Annotated[
        list[Path] | None, typer.Option(help="Papers that --teacher annotates, doubts and all; give it once a file.")
    ] = None,
    teacher: Annotated[str, typer.Option(help="The model that annotates --unlabelled; as --model elsewhere.")] = "auto",
    start: Annotated[Path | None, typer.Option(help="A network.safetensors to go on from.")] = None,
    average: Annotated[
        bool, typer.Option("--average", help="With --start: keep the mean of the weights before and after.")
    ] = False,
    plan: Annotated[Path | None, typer.Option(help="A config of the training; see --print-config.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Passes over the abstracts.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes that train together.")] = None,
    seed: Annotated[int | None, typer.Option(help="Of everything random.")] = None,
    print_config: Annotated[bool, typer.Option("--print-config", help="Print the config that ships.")] = False,
    config: Config = None,
) -> None:
    """Train a model from annotated abstracts and write it to a folder, which `--model` then takes.

    A line of annotation holds title, abstract, mentions, introduces, synonyms, canonical, relations and claims, as
    `kg evaluate` takes it. Needs the extra `kg[train]`.
    """
    from kg import training

    if print_config:
        with open_output(None) as put:
            put(training.default_config())
        return
    if average and start is None:
        raise typer.BadParameter("--average is the mean with the network of --start")
    if raw and encoder is None:
        raise typer.BadParameter("--raw is read by the BERT of --encoder")
    if not gold or output is None:
        raise typer.BadParameter("give the annotated abstracts and -o FOLDER")
    given = {"epochs": epochs, "workers": workers, "seed": seed}
    changes = {name: value for name, value in given.items() if value is not None}
    with show_progress() as progress:
        scores = training.train(
            gold, output, load_options(config), encoder=encoder, dev=dev, raw=raw or (), unlabelled=unlabelled or (),
            teacher=teacher, plan=plan, start=start, average=average, progress=progress, **changes,
        )  # fmt: skip
    say(f"model written to {output}" + (f"; on {dev}:\n{scores}" if scores else ""))
