"""The closed sets: what is listed in one place is what exists in the other."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import pkgutil
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import kg
from kg import errors, schema
from kg.schema import EDGE_ENDPOINTS, EDGE_PROPERTIES, ENTITY_TYPES, NODE_PROPERTIES, EdgeType, NodeType, camel

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SOURCES = sorted(p for p in (ROOT / "kg").rglob("*.py") if not {"ontology", "examples"} & set(p.parts))
MODULES = [name for _, name, _ in pkgutil.walk_packages(kg.__path__, "kg.") if not name.endswith("._core")]


def test_every_edge_and_node_type_is_described() -> None:
    assert set(EDGE_ENDPOINTS) == set(EdgeType)
    assert set(NODE_PROPERTIES) == set(NodeType)
    kinds = {p.kind for group in NODE_PROPERTIES.values() for p in group} | {p.kind for p in EDGE_PROPERTIES}
    assert kinds <= {"string", "integer", "number", "boolean", "date", "strings", "integers"}


def test_a_property_has_one_kind_wherever_it_stands() -> None:
    kinds: dict[str, set[str]] = {}
    for group in NODE_PROPERTIES.values():
        for name, kind in group:
            kinds.setdefault(name, set()).add(kind)
    assert {name: kind for name, kind in kinds.items() if len(kind) > 1} == {}
    assert len({camel(name) for name in kinds}) == len(kinds)


def test_every_measure_can_be_stored_as_a_property() -> None:
    from kg.analyse import MEASURES

    kinds = {"score": "number", "count": "integer", "group": "integer", "flag": "boolean"}
    stored = {p.name: p.kind for p in schema.MEASURES}
    assert stored == {name: kinds[m.kind] for name, m in MEASURES.items()}


def test_every_exporter_is_a_module_and_every_module_an_exporter() -> None:
    from kg.export import EXPORTERS

    modules = {f"kg.export.{p.stem}" for p in (ROOT / "kg" / "export").glob("*.py") if "def export(" in p.read_text()}
    assert set(EXPORTERS.values()) == modules
    assert all(hasattr(importlib.import_module(name), "export") for name in modules)


def test_the_table_of_readers_is_the_one_of_the_package() -> None:
    declared = PROJECT["project"]["entry-points"]["kg.readers"]
    installed = {p.name: p.value for p in importlib.metadata.entry_points(group="kg.readers") if p.dist.name == "kg"}
    assert installed == declared


def test_every_spacy_factory_loads() -> None:
    declared = PROJECT["project"]["entry-points"]["spacy_factories"]
    installed = importlib.metadata.entry_points(group="spacy_factories")
    assert {p.name: p.value for p in installed if p.dist.name == "kg"} == declared
    assert all(p.load() for p in installed if p.dist.name == "kg")


@pytest.mark.parametrize("name", MODULES)
def test_all_lists_are_sorted_and_true(name: str) -> None:
    module = importlib.import_module(name)
    public = getattr(module, "__all__", None)
    if public is not None:
        assert sorted(public, key=lambda n: (not n.isupper(), n[0].islower(), n)) == list(public)
        assert [n for n in public if not hasattr(module, n)] == []


def test_every_exception_is_drawn_and_raised_by_some_test() -> None:
    classes = {n: c for n, c in vars(errors).items() if isinstance(c, type) and issubclass(c, errors.KgError)}
    assert sorted(classes) == errors.__all__
    assert all(name in errors.__doc__ for name in classes)
    tests = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "tests").glob("test_*.py"))
    raised = set(re.findall(r"raises\(\(?(?:errors\.)?(\w+)", tests))
    assert set(classes) - {"KgError"} - raised == set()


def test_an_error_of_kg_is_also_the_nearest_builtin() -> None:
    for name in errors.__all__[:]:
        cls = getattr(errors, name)
        assert cls is errors.KgError or any(
            b.__module__ == "builtins" and b is not Exception for b in cls.__mro__[1:-3]
        )
    with pytest.raises(errors.MissingExtraError, match=re.escape("pip install 'kg[html]'")):
        raise errors.MissingExtraError.of("pyvis", extra="html")


def test_the_import_contract_holds() -> None:
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout


def test_only_two_rooms_import_the_compiled_core() -> None:
    """The import contract cannot see a compiled module, so this reads the sources."""
    rooms = {
        p.relative_to(ROOT / "kg").parts[0] for p in SOURCES if re.search(r"\b_core\b", p.read_text(encoding="utf-8"))
    }
    assert rooms == {"analyse", "link"}


def test_importing_kg_and_its_command_line_loads_nothing_heavy() -> None:
    heavy = "spacy rdflib neo4j pyvis pyoxigraph ladybug networkx pyarrow duckdb bibtexparser".split()
    code = f"import kg, kg.cli, sys; print([m for m in {heavy!r} if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


def test_functions_and_modules_stay_small() -> None:
    long = []
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > 500:
            long.append(f"{path.name}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                docstring = ast.get_docstring(node, clean=False) or ""
                size = node.end_lineno - node.lineno + 1 - (docstring.count("\n") + 1 if docstring else 0)
                if size > 50:
                    long.append(f"{path.name}:{node.lineno} {node.name}: {size} lines")
    assert long == []


def test_names_say_something() -> None:
    names = {p.stem for p in SOURCES} | {p.stem for p in (ROOT / "core" / "src").rglob("*.rs")}
    assert names & {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager"} == set()


def test_direct_dependencies_are_pinned_and_no_lock_file_is_kept() -> None:
    project = PROJECT["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    loose = [d for group in groups for d in group if "==" not in d and not d.startswith("kg[")]
    assert loose == []
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    assert [f for f in tracked if Path(f).name in {"Cargo.lock", "uv.lock", "poetry.lock", "package-lock.json"}] == []


def test_entities_are_what_mentions_can_be() -> None:
    assert [str(t) for t in ENTITY_TYPES] == ["Method", "Dataset", "Task", "Metric"]
