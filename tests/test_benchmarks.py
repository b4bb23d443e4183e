"""What the benchmarks count, on sentences written for this."""

from __future__ import annotations

import gzip
import importlib.util
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import pytest

from kg.link import load_lexicon, write_entries
from kg.schema import Extraction, LexiconEntry, Mention, Relation

HERE = Path(__file__).resolve().parents[1] / "benchmarks"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def scientific() -> ModuleType:
    return load("scientific")


def row(text: str, entities: str, *relations: tuple[int, int, str]) -> dict:
    """A sentence of a corpus; its entities are "name: Label", separated by semicolons."""
    marked = [
        {"start_char": text.index(name), "end_char": text.index(name) + len(name), "type": label}
        for name, label in (entity.split(": ") for entity in entities.split("; "))
    ]
    return {
        "text_natural": text,
        "entities": marked,
        "relations": [{"head": h, "tail": t, "type": k} for h, t, k in relations],
    }


ROWS = [
    row("Foo nets (FN) beat bars.", "Foo nets: Method; FN: Method; bars: Method", (1, 0, "Synonym-Of"), (2, 1, "Compare-With")),
    row("On Baz, FN excel; FN and bars differ.", "Baz: Dataset; FN: Method; excel: Generic", (1, 0, "Evaluated-With")),
]  # fmt: skip


def test_sentences_are_put_together_with_what_is_marked_in_them(scientific: ModuleType) -> None:
    passage = scientific.make_passage(ROWS, {"Method", "Dataset"}, titled=True)
    assert passage.text.startswith("Foo nets (FN) beat bars.\nOn Baz") and passage.ends == [25, 63]
    names = {(label, passage.text[a:b]) for label, a, b in passage.mentions}
    assert names == {("Method", "Foo nets"), ("Method", "FN"), ("Method", "bars"), ("Dataset", "Baz")}
    said = {(kind, *sorted(passage.text[a:b] for _, a, b in ends)) for kind, *ends in passage.relations}
    assert said == {("SYNONYM_OF", "FN", "Foo nets"), ("COMPARE_WITH", "FN", "bars"), ("EVALUATED_WITH", "Baz", "FN")}


def test_things_are_related_in_each_sentence_between_the_nearest_mentions(scientific: ModuleType) -> None:
    passage = scientific.make_passage(ROWS, {"Method", "Dataset"}, titled=True)
    places = [("Foo nets", 0), ("FN", 0), ("bars", 0), ("Baz", 0), ("FN", 30), ("FN", 42), ("bars", 42)]
    starts = [passage.text.index(name, at) for name, at in places]
    mentions = tuple(
        Mention(f"m{i}", start, start + len(name), name, "Dataset" if name == "Baz" else "Method", 1.0)
        for i, ((name, _), start) in enumerate(zip(places, starts, strict=True))
    )
    related = (Relation("m2", "COMPARE_WITH", "m0", 1.0, 0, 24), Relation("m0", "EVALUATED_WITH", "m3", 1.0, 25, 62))
    found = Extraction("paper:x", mentions, synonyms=(("m0", "m1"),), relations=related)
    got = scientific.find_relations(found, scientific.LABELS["scier"], passage.ends)
    fn, second = ("Method", starts[1], starts[1] + 2), ("Method", starts[5], starts[5] + 2)
    assert passage.relations <= got and len(got) == 4
    assert ("COMPARE_WITH", fn, ("Method", starts[2], starts[2] + 4)) in got
    assert ("COMPARE_WITH", second, ("Method", starts[6], starts[6] + 4)) in got
    rows = scientific.figures([passage], [found], scientific.LABELS["scier"])
    by_label = {r["label"]: r for r in rows}
    assert by_label["mentions"]["recall"] == by_label["relations"]["recall"] == 1
    assert (by_label["mentions"]["found"], by_label["relations"]["precision"]) == (7, 0.75)


def test_a_mention_of_another_span_counts_in_overlap_only(scientific: ModuleType) -> None:
    marked, found = [{("Task", 0, 10)}], [{("Task", 5, 12), ("Method", 0, 10)}]
    compared = scientific.compare("mentions", marked, found, overlapping=True)
    assert compared["f1"] == 0 and compared["overlap_f1"] == pytest.approx(2 / 3)


# ------------------------------------------------------------------------------------------------ make_lexicon

POOLING = "cross-query pooling"
ENTRY = LexiconEntry("method:cross-query-pooling", "Method", POOLING, ("query gating",))


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Mines papers written for this into a lexicon of one method; gives the folder of the lexicon."""
    lexicon = tmp_path / "lexicon"
    lexicon.mkdir()
    write_entries(lexicon / "methods.jsonl", [ENTRY])
    called = {"pooling over queries": POOLING, "query gating": "query gating"}
    mentions = [{"text": text, "type": "Method"} for text in called]
    gold, abstracts, left_out = (tmp_path / name for name in ("gold.jsonl", "abstracts.jsonl.gz", "left_out.json"))
    gold.write_text("\n".join([json.dumps({"mentions": mentions, "canonical": called})] * 3))
    texts = [f"We study {POOLING} (CQP) in setting {n}. CQP helps." for n in range(5)]
    rows = [{"id": f"p{n}", "title": f"Study {n}", "abstract": text} for n, text in enumerate(texts)]
    abstracts.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    monkeypatch.syspath_prepend(HERE)
    module = importlib.import_module("make_lexicon")

    def run(*options: str, without: Sequence[str] = ()) -> Path:
        left_out.write_text(json.dumps({"abstract_ids": without}))
        paths = ["--gold", gold, "--abstracts", abstracts, "--leave-out", left_out]
        monkeypatch.setattr("sys.argv", ["make_lexicon.py", *map(str, [lexicon, *paths]), *options])
        module.main()
        return lexicon

    return run


def test_papers_vote_for_aliases_and_against_them(
    mine: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    before = load_lexicon(mine()).entries
    proposals = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    said = [["split", "query gating", "3"], ["alias", "pooling over queries", "3"], ["short", "CQP", "5"]]
    assert [[what, surface, papers] for what, _, surface, papers in proposals] == said
    assert {id_ for _, id_, _, _ in proposals} == {ENTRY.id} and before == (ENTRY,)
    after = load_lexicon(mine("--write"))
    assert after.by_id[ENTRY.id].aliases == ("pooling over queries", "CQP")
    assert after.by_id["method:query-gating"].name == "query gating"


def test_abstracts_that_are_kept_free_define_nothing(mine: Callable[..., Path]) -> None:
    after = load_lexicon(mine("--write", without=["p3"]))
    assert after.by_id[ENTRY.id].aliases == ("pooling over queries",)


def test_each_error_is_counted_once_in_its_class() -> None:
    text = "FooNet cuts the error by half. BarNet is slow."
    gold = {
        "title": "T", "abstract": text, "introduces": [], "canonical": {}, "synonyms": [["FooNet", "Foo"]],
        "mentions": [{"text": t, "type": k} for t, k in (("FooNet", "Method"), ("error", "Metric"), ("BarNet", "Method"))],
        "relations": [["FooNet", "Used-For", "error"], ["FooNet", "Compare-With", "BarNet"]],
        "claims": [{"text": "FooNet cuts the error by half", "kind": "performance"}],
    }  # fmt: skip
    got = gold | {
        "mentions": [
            {"id": "m0", "text": "FooNet", "type": "Task"}, {"id": "m1", "text": "the error", "type": "Metric"},
            {"id": "m2", "text": "slow", "type": "Metric"},
        ],
        "synonyms": [], "relations": [{"head": "m1", "type": "USED_FOR", "tail": "m0"}],
        "claims": [{"text": "BarNet is slow", "kind": "finding"}, {"text": "of another text", "kind": "finding"}],
    }  # fmt: skip
    found = load("error_classes").errors([got], [gold])
    assert found == {
        ("mentions", "missed", "of another type"): 1, ("mentions", "missed", "with other words at its ends"): 1,
        ("mentions", "missed", "not there at all"): 1, ("mentions", "false", "of another type"): 1,
        ("mentions", "false", "with other words at its ends"): 1, ("mentions", "false", "not there at all"): 1,
        ("synonyms", "missed", "a mention is missed"): 1, ("relations", "missed", "a concept is not there"): 2,
        ("relations", "false", "a concept is not there"): 1, ("claims", "missed", "nothing there"): 1,
        ("claims", "false", "nothing there"): 1, ("claims", "false", r"not found in the text (\%)"): 1,
    }  # fmt: skip
