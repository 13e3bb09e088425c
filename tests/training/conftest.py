"""A tiny model, and a data set of its responses, made once."""

import gc
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def model(tmp_path_factory) -> str:
    import trained

    saved = trained.save_model(tmp_path_factory.mktemp("model"))
    gc.freeze()  # each run collects garbage, and half a second of it would be to look at the libraries
    return saved


@pytest.fixture(scope="session")
def data(model, tmp_path_factory) -> Path:
    import trained

    return trained.write(tmp_path_factory.mktemp("data"), trained.drawn(model))
