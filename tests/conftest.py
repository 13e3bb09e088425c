"""What tests share: the data folder beside the repository, and a registry to scribble on."""

import multiprocessing
import os
import sys
from pathlib import Path

import nltk
import pytest

from hir_data.schemas import registry
from hir_data.text import tagger

os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"  # TRL's trainers would report to the hub from a thread


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that take hours, unless they are selected by that name."""
    if "exhaustive" in config.getoption("markexpr"):
        return
    left_out = [item for item in items if item.get_closest_marker("exhaustive")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if not item.get_closest_marker("exhaustive")]


@pytest.fixture(autouse=True)
def _no_worker_outlives_its_test():
    """A test that fails in the middle of a run holds on to it, and with it to its worker processes."""
    yield
    for child in multiprocessing.active_children():
        child.kill()
        child.join()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of shared data: ``$HIR_DATA_SHARED``, or ``../shared/data`` beside the repository."""
    root = Path(__file__).resolve().parents[1]
    folder = Path(os.environ.get("HIR_DATA_SHARED") or root.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("needs the shared data: put it at ../shared/data or point HIR_DATA_SHARED to it")
    return folder


@pytest.fixture
def tagger_data(shared_data, monkeypatch):
    """NLTK finds the tagger's data, here and in processes that a test starts."""
    yield from _nltk_data(shared_data / "nltk_data", monkeypatch)


@pytest.fixture
def what_it_needs(request):
    """What the kind that a test is about needs is there; otherwise the test is skipped."""
    parameters = request.node.callspec.params
    kind = parameters["kind"] if "kind" in parameters else parameters["case"].kind
    if registry.lookup(kind).requires:
        request.getfixturevalue("tagger_data")


@pytest.fixture
def no_tagger_data(tmp_path_factory, monkeypatch):
    """NLTK does not find the tagger's data."""
    yield from _nltk_data(tmp_path_factory.mktemp("nltk_data"), monkeypatch)


def _nltk_data(folder: Path, monkeypatch):
    monkeypatch.setenv("NLTK_DATA", str(folder))
    monkeypatch.setattr(nltk.data, "path", [str(folder)])
    tagger._tagger.cache_clear()
    yield
    tagger._tagger.cache_clear()


@pytest.fixture
def own_registry(monkeypatch):
    """Kinds and plugins that a test registers are gone when it ends."""
    registry.kinds()  # our own kinds are registered once, when their modules are first imported
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))
    monkeypatch.setattr(registry, "_plugins", list(registry._plugins))
    modules = set(sys.modules)
    yield registry
    for name in set(sys.modules) - modules:
        if name.endswith("_plugin"):
            del sys.modules[name]
