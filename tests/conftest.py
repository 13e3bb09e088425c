"""What tests share: the data folder beside the repository, and a registry to scribble on."""

import os
import sys
from pathlib import Path

import pytest

from hir_data.verifiers import registry


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of shared data: ``$HIR_DATA_SHARED``, or ``../shared/data`` beside the repository."""
    root = Path(__file__).resolve().parents[1]
    folder = Path(os.environ.get("HIR_DATA_SHARED") or root.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("needs the shared data: put it at ../shared/data or point HIR_DATA_SHARED to it")
    return folder


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
