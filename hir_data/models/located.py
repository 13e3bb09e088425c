"""Where a model is: in a folder, or on the Hugging Face hub."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hir_data.errors import ModelError

_SECONDS = 10.0  # that the hub has to answer one question
_HUB_NAME = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?", re.ASCII)


def require_model(model: str) -> None:
    """Refuse at once what is neither a folder nor, as far as can be known, a model on the hub.

    The library that loads models asks the hub for each file several times before it gives up.

    Args:
        model: a folder, or a name on the hub.

    Raises:
        ModelError: there is no such model.
    """
    if model and Path(model).is_dir():
        return
    if model and Path(model).exists():
        raise ModelError(f"{model}: cannot be loaded: it is a file, and a model is a folder")
    if not _HUB_NAME.fullmatch(model):
        raise ModelError(f"{model}: cannot be loaded: there is no such folder")
    if trouble := _hub_trouble(model):
        raise ModelError(f"{model}: cannot be loaded: there is no such folder, and {trouble}")


def generation_config(model: str, code: Mapping[str, bool]) -> Any:
    """The generation config of a model: its own, or that which follows from its configuration.

    Args:
        model: a folder, or a name on the hub.
        code: whether code that comes with the model may run, as an argument.
    """
    import transformers

    try:
        return transformers.GenerationConfig.from_pretrained(model)
    except OSError:  # there is none
        config = transformers.AutoConfig.from_pretrained(model, **code)
        return transformers.GenerationConfig.from_model_config(config)


def refuse_adapter(model: str, engine: str) -> None:
    """Refuse a folder that has a LoRA adapter and no whole model.

    Args:
        model: a folder, or a name on the hub.
        engine: the name of the library that takes whole models only.

    Raises:
        ModelError: it has one.
    """
    if (Path(model) / "adapter_config.json").exists():
        raise ModelError(
            f"{model}: cannot be loaded: it has a LoRA adapter, which is not passed on to {engine}; "
            "hir-data train --merge writes a whole model"
        )


def _hub_trouble(model: str) -> str:
    """Why a model cannot come from the hub; empty where it may."""
    import huggingface_hub
    from huggingface_hub import constants, errors

    for name in ("config.json", "adapter_config.json"):
        if isinstance(huggingface_hub.try_to_load_from_cache(model, name), str):
            return ""
    if constants.HF_HUB_OFFLINE:
        return "it was not downloaded from the hub, which is not asked (HF_HUB_OFFLINE)"
    try:
        huggingface_hub.get_hf_file_metadata(
            huggingface_hub.hf_hub_url(model, "config.json"), timeout=_SECONDS
        )
    except errors.GatedRepoError:
        return ""  # the library says what to do
    except errors.RepositoryNotFoundError:
        return "the Hugging Face hub has no model of this name that can be read from here"
    except Exception as error:
        if "Connect" in type(error).__name__:
            return f"the Hugging Face hub cannot be reached: {error}"
    return ""  # the hub is there, or slow
