"""Models in CTranslate2's own format, converted on first use and kept."""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hir_data.errors import ModelError, needs_extra
from hir_data.models.config import ComputeType
from hir_data.models.template_text import model_trouble

_SOURCE = "source.json"  # what a conversion was made of


def conversions() -> Path:
    """The folder of all conversions: ``hir-data/ctranslate2`` in the user's cache (``XDG_CACHE_HOME``)."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "hir-data" / "ctranslate2"


def converted(model: str, config: Any, compute_type: ComputeType, code: Mapping[str, bool]) -> Path:
    """The folder of a model in CTranslate2's format; it is converted unless that was done before.

    A conversion is known by the content of the files of the model, so another one is made when its weights
    have changed. Those of models that have changed or are gone are removed then.

    Args:
        model: a folder, or a name on the Hugging Face hub.
        config: the configuration of the model, as transformers has it.
        compute_type: what its weights are converted to.
        code: whether code that comes with the model may run, as an argument.

    Raises:
        MissingExtraError: the packages of the extra ``ctranslate2`` are not installed.
        ModelError: CTranslate2 has no conversion for models of its architecture, or it fails.
    """
    with needs_extra("ctranslate2", "engine ctranslate2"):
        import ctranslate2
        import transformers
        from ctranslate2.converters import TransformersConverter

    folder = Path(model)
    local = folder.is_dir()
    source = {
        "model": str(folder.resolve()) if local else model,
        "content": _content_of(folder) if local else _commit_of(model),
        "compute_type": compute_type,
        "ctranslate2": ctranslate2.__version__,
        "transformers": transformers.__version__,
    }
    home = conversions()
    name = hashlib.blake2b(json.dumps(source).encode(), digest_size=16).hexdigest()
    target = home / f"{folder.resolve().name if local else folder.name}-{compute_type}-{name}"
    if (target / _SOURCE).exists():
        return target
    what = f"{model}: cannot be converted for ctranslate2 ({type(config).__name__})"
    with model_trouble(what):
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home, prefix=".") as scratch:
            made = Path(scratch) / "model"
            TransformersConverter(model, **code).convert(str(made), quantization=compute_type)
            if not (made / "vocabulary.json").exists():
                raise ModelError(f"{what}: it is no language model")
            _name_special_tokens(made)
            (made / _SOURCE).write_text(json.dumps(source))
            try:
                made.rename(target)
            except OSError:
                if not (target / _SOURCE).exists():  # nobody else has made it meanwhile
                    raise
        _remove_others(home, source)
    return target


def _name_special_tokens(folder: Path) -> None:
    """Give a converted model those special tokens that it has not, without which it cannot be loaded.

    Which ones makes no difference: prompts and end tokens are ids of ours, and no token is unknown.
    """
    path = folder / "config.json"
    config = json.loads(path.read_text("utf-8"))
    first = json.loads((folder / "vocabulary.json").read_text("utf-8"))[0]
    missing = {name: first for name in ("bos_token", "eos_token", "unk_token") if config.get(name) is None}
    path.write_text(json.dumps(config | missing), "utf-8")


def _commit_of(model: str) -> str:
    """The commit of a model of the hub, whose configuration has been downloaded."""
    import huggingface_hub

    return Path(str(huggingface_hub.try_to_load_from_cache(model, "config.json"))).parent.name


def _content_of(folder: Path) -> str:
    """A digest of the files of a model."""
    told = hashlib.blake2b(digest_size=16)
    for path in sorted(each for each in folder.iterdir() if each.is_file()):
        with path.open("rb") as file:
            told.update(f"{path.name}\n".encode() + hashlib.file_digest(file, "blake2b").digest())
    return told.hexdigest()


def _remove_others(home: Path, source: Mapping[str, str]) -> None:
    """Remove the conversions of a model as it was before, and of folders that are gone."""
    import shutil

    for place in home.glob(f"*/{_SOURCE}"):
        try:
            other = json.loads(place.read_text())
            outdated = other["model"] == source["model"] and other["content"] != source["content"]
            gone = Path(other["model"]).is_absolute() and not Path(other["model"]).exists()
        except (OSError, ValueError, KeyError):
            continue  # another run removes it
        if outdated or gone:
            shutil.rmtree(place.parent, ignore_errors=True)
