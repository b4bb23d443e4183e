"""The lexicon: read from any split over files, refused where broken, and the published one is sound and large enough."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import LinkError
from kg.link import (
    Lexicon,
    check_entries,
    check_lexicon,
    entry_line,
    fold_surface,
    load_lexicon,
    read_entries,
)
from kg.link.lexicon import Candidates
from kg.link.lexicon_file import parse_entry
from kg.schema import ENTITY_TYPES, LexiconEntry, entity_id

PUBLISHED = Path(__file__).resolve().parents[1] / "ontology" / "lexicon"

LORA = {"id": "method:lora", "type": "Method", "name": "LoRA", "aliases": ["low-rank adaptation"], "year": 2021}
QLORA = {"id": "method:qlora", "type": "Method", "name": "QLoRA", "broader": "method:lora"}
GLUE = {"id": "dataset:glue", "type": "Dataset", "name": "GLUE"}


def write(folder: Path, *rows: dict[str, Any], name: str = "a.jsonl") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return folder


def test_entries_are_sorted_and_the_fingerprint_does_not_depend_on_the_split(tmp_path: Path) -> None:
    one = load_lexicon(write(tmp_path / "one", QLORA, LORA, GLUE))
    write(tmp_path / "two", GLUE, name="z.jsonl")
    two = load_lexicon(write(tmp_path / "two", LORA, QLORA))
    assert [e.id for e in one.entries] == ["dataset:glue", "method:lora", "method:qlora"]
    assert one == two
    assert one.fingerprint == two.fingerprint
    assert one.fingerprint != load_lexicon(write(tmp_path / "three", LORA | {"year": 2022}, QLORA, GLUE)).fingerprint


def test_spelling_variants_are_found_and_other_types_are_not(tmp_path: Path) -> None:
    lexicon = load_lexicon(write(tmp_path, LORA, QLORA))
    assert lexicon.candidates("Low Rank Adaptation", "Method").entries[0].id == "method:lora"
    assert lexicon.candidates("LoRA", "Dataset").entries == ()


def test_the_lexicon_wins_over_what_a_library_adds(tmp_path: Path) -> None:
    base = load_lexicon(write(tmp_path, LORA))
    added = [
        LexiconEntry("method:other", "Method", "Other", ("LoRA",)),
        LexiconEntry("method:lora", "Method", "changed"),
        LexiconEntry("method:apo", "Method", "APO", ("anchored preference optimization",)),
    ]
    lexicon = base.extended(added)
    assert [e.id for e in lexicon.candidates("LoRA", "Method").entries] == ["method:lora"]
    assert lexicon.by_id["method:lora"].name == "LoRA"
    assert lexicon.candidates("Anchored Preference Optimization", "Method").sure
    assert lexicon.entries == base.entries
    assert lexicon == base.extended(reversed(added))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "a.jsonl:2: not a JSON object"),
        ("[]", "a.jsonl:2: expected a JSON object"),
        ('{"id": "method:x", "type": "Method"}', "a.jsonl:2: expected a JSON object"),
        ('{"id": "method:x", "type": "Author", "name": "X"}', "a.jsonl:2: type 'Author'"),
        ('{"id": "method:x", "type": "Method", "name": "X", "colour": 1}', "a.jsonl:2: unknown field 'colour'"),
        ('{"id": "method:x", "type": "Method", "name": "X", "year": "2020"}', "a.jsonl:2: year = '2020'"),
        ('{"id": "method:x", "type": "Method", "name": "X", "aliases": [1]}', "a.jsonl:2: aliases"),
        ('{"id": "method:x", "type": "Method", "name": "--"}', "a.jsonl:2: name"),
        (json.dumps(LORA), "a.jsonl:2: id 'method:lora' is there already"),
    ],
)
def test_a_broken_line_is_named_by_file_and_line(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(LORA) + "\n" + line + "\n", "utf-8")
    with pytest.raises(LinkError) as error:
        load_lexicon(tmp_path)
    assert message in str(error.value)


def test_a_folder_without_entries_and_a_binary_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LinkError, match="no lexicon here"):
        load_lexicon(tmp_path / "nowhere")
    (tmp_path / "a.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(LinkError, match="UTF-8"):
        load_lexicon(tmp_path)


PEFT = {"id": "method:peft", "type": "Method", "name": "PEFT"}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([LORA | {"id": "method:lo-ra"}], "1: method:lo-ra: id should be 'method:lora'"),
        ([LORA | {"year": 20211}], "1: method:lora: year 20211 is not between 1700 and 2100"),
        ([LORA | {"arxiv": "2106.09685v2"}], "1: method:lora: arxiv '2106.09685v2' is no arXiv id; write it like"),
        ([LORA | {"arxiv": "2113.09685"}], "no arXiv id"),
        ([LORA | {"colour": "red"}], "1: unknown field 'colour'; known are id, type"),
        ([LORA, "{"], "2: not a JSON object"),
        ([LORA | {"aliases": ["Lo-RA"]}], "1: method:lora: alias 'Lo-RA' is the same as 'LoRA'"),
        ([LORA | {"ambiguous": ["LR"]}], "1: method:lora: ambiguous 'LR' is none of its names"),
        ([QLORA], "1: method:qlora: broader 'method:lora' is the id of no entry; correct it, or add that entry"),
        ([LORA | {"broader": "dataset:glue"}, GLUE], "is a Dataset, not a Method"),
        ([LORA | {"broader": "method:qlora"}, QLORA], "by method:lora -> method:qlora -> method:lora; remove one"),
        ([LORA | {"broader": "method:lora"}], "leads back to"),
        ([LORA | {"broader": "method:peft", "aliases": ["PEFT"]}, PEFT], "is 'method:peft' by name and narrower than it"),
        ([LORA | {"different_from": ["method:lora"]}], "different_from names the entry itself"),
        ([LORA | {"different_from": ["method:x"]}], "different_from 'method:x' is the id of no entry"),
        ([LORA, LORA], "2: method:lora: the id stands at"),
        ([LORA, PEFT | {"aliases": ["Low Rank Adaptation"]}], "is also a name of method:peft; declare it ambiguous in each"),
        ([PEFT, PEFT | {"id": "method:pe-ft", "name": "PE-FT"}], "2: method:pe-ft: has the same name as method:peft"),
    ],
)  # fmt: skip
def test_a_faulty_lexicon_is_reported(tmp_path: Path, rows: list[Any], message: str) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), "utf-8")
    problems = check_lexicon(tmp_path)
    assert any(message in str(problem) for problem in problems), problems
    assert all(str(problem).startswith(f"{file}:") for problem in problems)
    assert problems == check_lexicon(file)


def test_declared_ambiguity_is_no_fault(tmp_path: Path) -> None:
    shared = {"aliases": ["LR"], "ambiguous": ["LR"]}
    assert check_lexicon(write(tmp_path, LORA | {"aliases": ["LR"], "ambiguous": ["lr"]}, PEFT | shared)) == []


def test_entries_beside_are_known_and_not_reported(tmp_path: Path) -> None:
    wrong = LexiconEntry("method:lora", "Method", "LoRA", ("QLoRA",), broader="method:none")
    assert check_lexicon(write(tmp_path, QLORA | {"ambiguous": ["QLoRA"], "broader": "method:lora"}), beside=[wrong])
    right = LexiconEntry("method:lora", "Method", "LoRA")
    assert check_lexicon(tmp_path, beside=[right, LexiconEntry("method:qlora", "Method", "QLoRA", ("LoRA",))]) == []


def test_what_is_different_is_so_both_ways(tmp_path: Path) -> None:
    lexicon = load_lexicon(write(tmp_path, LORA, QLORA | {"different_from": ["method:lora"]}))
    assert lexicon.by_id["method:lora"].different_from == ("method:qlora",)
    assert lexicon.by_id["method:qlora"].different_from == ("method:lora",)


def test_ones_own_entries_are_read_beside_and_come_first(tmp_path: Path) -> None:
    folder = write(tmp_path / "shipped", LORA, GLUE)
    own = write(tmp_path, QLORA, LORA | {"aliases": ["LR adaptation"]}, name="own.jsonl") / "own.jsonl"
    lexicon = load_lexicon(folder, own)
    assert [e.id for e in lexicon.entries] == ["dataset:glue", "method:lora", "method:qlora"]
    assert lexicon.by_id["method:lora"].aliases == ("LR adaptation",)
    assert load_lexicon(folder, tmp_path / "none.jsonl") == load_lexicon(folder)


names = st.text(alphabet="abcXYZ019 -+é", min_size=1, max_size=8).filter(fold_surface)


@settings(deadline=None)
@given(st.lists(st.tuples(names, st.lists(names, max_size=2), st.sampled_from(ENTITY_TYPES)), max_size=8))
def test_what_passes_the_check_is_read_and_means_one_thing(rows: list[tuple[str, list[str], str]]) -> None:
    entries = [LexiconEntry(entity_id(type_, name), type_, name, tuple(aliases)) for name, aliases, type_ in rows]
    if not check_entries([(f"a:{n}", entry) for n, entry in enumerate(entries)]):
        lexicon = Lexicon(tuple(entries))
        for entry in entries:
            assert parse_entry("", entry_line(entry)) == entry
            assert all(
                lexicon.candidates(s, entry.type) == Candidates((entry,), True) for s in (entry.name, *entry.aliases)
            )


def test_the_published_lexicon_is_sound() -> None:
    assert [str(problem) for problem in check_lexicon(PUBLISHED)] == []


@pytest.mark.parametrize("file", sorted(PUBLISHED.glob("*.jsonl")), ids=lambda file: file.stem)
def test_the_published_lines_are_sorted_by_id_and_written_in_one_form(file: Path) -> None:
    entries = [entry for _, entry in read_entries([file])]
    assert entries == sorted(entries, key=lambda e: e.id)
    assert file.read_text("utf-8").splitlines() == list(map(entry_line, entries))


def test_the_published_lexicon_is_large_enough() -> None:
    counts = Counter(entry.type for entry in load_lexicon(PUBLISHED).entries)
    floors = {"Method": 3000, "Dataset": 1500, "Task": 800, "Metric": 300}
    assert {type_: counts[type_] >= floor for type_, floor in floors.items()} == dict.fromkeys(floors, True), counts
