"""A model that is nowhere is refused at once, and one that may be on the hub is left to the library."""

from pathlib import Path

import pytest

huggingface_hub = pytest.importorskip("huggingface_hub", reason="needs the extra 'train'")
errors = pytest.importorskip("huggingface_hub.errors")
constants = pytest.importorskip("huggingface_hub.constants")

from hir_data.errors import ModelError  # noqa: E402
from hir_data.models.located import require_model  # noqa: E402


class ConnectError(Exception):
    """As the client of the hub has it."""


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A folder of work, and a hub of which each test says what it answers."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda model, name: None)
    asked: list[str] = []

    def answers(error: Exception | None) -> list[str]:
        def get(url: str, timeout: float) -> None:
            asked.append(url)
            if error is not None:
                raise error

        monkeypatch.setattr(huggingface_hub, "get_hf_file_metadata", get)
        return asked

    return answers


@pytest.mark.parametrize("path", ["./x", "../x", "/no/x", "out/x/y", "out/x/", "~/x", "", "out\\x", "a b"])
def test_a_path_is_not_looked_for_on_the_hub(hub, path: str):
    asked = hub(None)
    with pytest.raises(ModelError, match=r"cannot be loaded: there is no such folder$"):
        require_model(path)
    assert asked == []


def test_a_file_is_no_model(hub, tmp_path: Path):
    (tmp_path / "model.gguf").touch()
    hub(None)
    with pytest.raises(ModelError, match=r"model.gguf: cannot be loaded: it is a file"):
        require_model("model.gguf")


def test_a_folder_is_not_looked_for_on_the_hub(hub, tmp_path: Path):
    asked = hub(ConnectError())
    (tmp_path / "out" / "x").mkdir(parents=True)
    require_model("out/x")
    require_model(str(tmp_path / "out" / "x"))
    assert asked == []


def test_a_hub_that_cannot_be_reached_is_asked_once(hub):
    asked = hub(ConnectError("no network"))
    with pytest.raises(ModelError, match=r"out/x: .*no such folder, and .*cannot be reached: no network"):
        require_model("out/x")
    assert len(asked) == 1
    assert "/out/x/" in asked[0]


def test_a_hub_that_does_not_know_it(hub):
    hub(errors.RepositoryNotFoundError.__new__(errors.RepositoryNotFoundError))
    with pytest.raises(ModelError, match=r"no such folder, and the Hugging Face hub has no model"):
        require_model("x")


@pytest.mark.parametrize("error", [None, TimeoutError(), errors.EntryNotFoundError("no file")])
def test_what_may_be_there_is_left_to_the_library(hub, error: Exception | None):
    assert hub(error) == []
    require_model("org/model-1.5")


def test_without_the_hub_what_was_downloaded_is_there(hub, monkeypatch: pytest.MonkeyPatch):
    asked = hub(None)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match="HF_HUB_OFFLINE"):
        require_model("org/model")
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda model, name: "/cache/config.json")
    require_model("org/model")
    assert asked == []
