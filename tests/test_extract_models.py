"""Which model reads the texts: the best that the installed libraries can run, or the one that is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import ExtractError, MissingExtraError
from kg.extract import models
from kg.extract.models import MODELS, find_model


def test_the_better_model_is_taken_where_its_libraries_are_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_model().name == "kg_md"
    monkeypatch.setattr(models, "find_spec", lambda library: None)
    assert find_model().name == "kg_sm"
    with pytest.raises(MissingExtraError, match=r"kg\[models\]"):
        find_model("kg_md")


def test_rules_names_and_folders(tmp_path: Path) -> None:
    assert find_model("rules") is None
    assert find_model(str(tmp_path)) == tmp_path
    assert [find_model(name).name for name in MODELS] == list(MODELS)
    with pytest.raises(ExtractError, match="kg_md, kg_sm, rules, or a folder"):
        find_model("none")


def test_the_models_are_small_and_say_what_they_are() -> None:
    home = Path(models.__file__).parent
    assert sum(f.stat().st_size for name in MODELS for f in (home / name).iterdir()) < 60e6
    card = (home / "MODEL_CARD.md").read_text("utf-8")
    assert all(f"`{name}`" in card for name in MODELS)
