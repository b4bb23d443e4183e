"""`kg lexicon`: check what is known, add to it, and see what a library suggests for it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from kg.commands.options import AsJson, Config, EntityType, Output, TypeName, existing_library, load_options
from kg.errors import LinkError
from kg.schema import LexiconEntry, Problem, entity_id
from kg.terminal import exit_code, open_output, print_json, print_rich, safe, say_problems, table, write

app = typer.Typer(name="lexicon", help="What is known: check it, add to it, see what a library suggests for it.")


@app.command(epilog="Examples: `kg lexicon check`, `kg lexicon check mine.jsonl --json`")
def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Files or folders of entries; none: the lexicon in use and your own entries."),
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Name everything in a lexicon that would make linking wrong, with file, line, id and what to do."""
    from kg import curation

    settings = load_options(config)
    problems = curation.check_lexicon(paths or [], settings)
    if as_json:
        print_json([asdict(problem) for problem in problems], output)
    else:
        say_problems(problems)
        write(f"{len(problems)} problems in {', '.join(map(str, paths or [settings.lexicon]))}", output)
    exit_code(problems)


@app.command(
    epilog="Examples: `kg lexicon add QGaLore --type Method --alias 'quantized GaLore' --broader method:galore`, "
    "`kg lexicon add --from suggested.jsonl`"
)
def add(
    name: Annotated[str | None, typer.Argument(help="What it is called; left out with --from.")] = None,
    type: Annotated[EntityType | None, typer.Option(help="What kind of thing it is.")] = None,
    alias: Annotated[list[str] | None, typer.Option(help="Another name of it; may be repeated.")] = None,
    ambiguous: Annotated[
        list[str] | None, typer.Option(help="A name of it that also means other things; may be repeated.")
    ] = None,
    broader: Annotated[str | None, typer.Option(help="The id of what it is a version or a kind of.")] = None,
    different_from: Annotated[
        list[str] | None, typer.Option(help="The id of what it is easily taken for; may be repeated.")
    ] = None,
    year: Annotated[int | None, typer.Option(help="The year it was first published.")] = None,
    arxiv: Annotated[str | None, typer.Option(help="The arXiv id of the paper that introduces it.")] = None,
    source: Annotated[
        Path | None, typer.Option("--from", help="A file of entries, such as confirmed suggestions.")
    ] = None,
    config: Config = None,
) -> None:
    """Add to your own lexicon file, which `kg build`, `kg extract` and `kg resolve` read beside the one that ships.

    The file is `kg-lexicon.jsonl` in the working folder, or what `own_lexicon` in the settings names. What is added
    to a name that is known already joins what is known. Nothing is written that `kg lexicon check` would refuse.
    """
    from kg import curation

    if (name is None) == (source is None) or (name is not None and type is None):
        raise typer.BadParameter("give a NAME with its --type, or --from FILE")
    if source is not None:
        entries = list(_entries_of(source))
    else:
        names = tuple(dict.fromkeys([*(alias or []), *(s for s in ambiguous or [] if s != name)]))
        entries = [
            LexiconEntry(
                entity_id(str(type), str(name)), str(type), str(name), names, year, arxiv, broader,
                tuple(ambiguous or ()), tuple(different_from or ()),
            )
        ]  # fmt: skip
    settings = load_options(config)
    changed, problems = curation.add_entries(entries, settings)
    say_problems(problems)
    if problems:
        raise LinkError(f"{settings.own_lexicon}: nothing was added; correct the problems named above")
    write(f"{changed} of {len(entries)} entries new or changed in {settings.own_lexicon}", None)


def _entries_of(source: Path) -> list[LexiconEntry]:
    from kg import link

    problems: list[Problem] = []
    entries = [entry for _, entry in link.read_entries([source], problems.append)]
    say_problems(problems)
    if problems:
        raise LinkError(f"{source}: nothing was added; correct the lines named above")
    return entries


@app.command(
    epilog="Example: `kg lexicon suggest ml.duckdb --json -o new.jsonl`; delete the lines that are wrong; "
    "`kg lexicon add --from new.jsonl`"
)
def suggest(
    library: Annotated[Path, typer.Argument(help="The library's file.")],
    type: TypeName = None,
    min_papers: Annotated[int, typer.Option(min=1, help="Named by at least so many papers.")] = 3,
    limit: Annotated[int, typer.Option(min=0, help="At most so many; 0: all.")] = 50,
    config: Config = None,
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """The new entities that most papers of a library name, for a person to confirm.

    With --json each is a line of the lexicon with an `evidence` field (papers, mentions, example sentences), which
    `kg lexicon check` and `kg lexicon add --from` take as it stands.
    """
    from kg import curation, link

    settings = load_options(config)
    with existing_library(library) as store:
        found = list(
            curation.suggest_entries(
                store, settings, type=type and str(type), min_papers=min_papers, limit=limit or None
            )
        )
    if as_json:
        with open_output(output) as put:
            for entry, entity in found:
                examples = [{"paper": paper, "sentence": sentence} for paper, sentence in entity.examples]
                evidence = {"papers": entity.papers, "mentions": entity.mentions, "examples": examples}
                put(link.entry_line(entry, evidence=evidence) + "\n")
        return
    rows = table("papers", "type", "name", "aliases", "example")
    for entry, entity in found:
        sentence = entity.examples[0][1] if entity.examples else ""
        rows.add_row(str(entity.papers), entry.type, safe(entry.name), safe(", ".join(entry.aliases)), safe(sentence))
    print_rich([rows], output)
