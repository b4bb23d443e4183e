"""The lexicon: read from any split over files, refused where broken, and the published one is sound and large enough."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kg.errors import LinkError
from kg.link import check_lexicon, load_lexicon
from kg.schema import LexiconEntry

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


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([LORA | {"id": "method:lo-ra"}], "should be 'method:lora'"),
        ([QLORA], "broader 'method:lora' is the id of no entry"),
        ([LORA | {"broader": "dataset:glue"}, GLUE], "is a Dataset, not a Method"),
        ([LORA | {"broader": "method:qlora"}, QLORA], "leads back to"),
        ([LORA | {"broader": "method:lora"}], "leads back to"),
        ([QLORA, LORA], "lines are sorted by id"),
        ([LORA, LORA], "stands at"),
        ([LORA, QLORA | {"aliases": ["Low Rank Adaptation"]}], "declare it ambiguous"),
    ],
)
def test_a_faulty_lexicon_is_reported(tmp_path: Path, rows: list[dict[str, Any]], message: str) -> None:
    problems = check_lexicon(write(tmp_path, *rows))
    assert any(message in str(problem) for problem in problems)
    assert all(str(problem).startswith(str(tmp_path / "a.jsonl:")) for problem in problems)


def test_declared_ambiguity_is_no_fault(tmp_path: Path) -> None:
    shared = {"aliases": ["LR"], "ambiguous": ["LR"]}
    assert check_lexicon(write(tmp_path, LORA | shared, QLORA | shared)) == []


def test_the_published_lexicon_is_sound() -> None:
    assert [str(problem) for problem in check_lexicon(PUBLISHED)] == []


def test_the_published_lexicon_is_large_enough() -> None:
    counts = Counter(entry.type for entry in load_lexicon(PUBLISHED).entries)
    floors = {"Method": 400, "Dataset": 200, "Task": 150, "Metric": 80}
    assert {type_: counts[type_] >= floor for type_, floor in floors.items()} == dict.fromkeys(floors, True), counts
