"""Models and tokenizers: loaded to be trained, and written when they are."""

import warnings
from pathlib import Path
from typing import Any

import torch
import transformers

from hir_data.errors import ModelError, TrainingError
from hir_data.models.chat_template import end_tokens
from hir_data.models.located import require_model
from hir_data.models.template_text import model_trouble
from hir_data.training.settings import TrainConfig


def tokenizer_of(model: str, settings: TrainConfig) -> Any:
    """The tokenizer of a model."""
    with model_trouble(f"{model}: its tokenizer cannot be loaded"):
        return transformers.AutoTokenizer.from_pretrained(model, trust_remote_code=settings.trust_remote_code)


def config_of(model: str, settings: TrainConfig) -> Any:
    """The configuration of a model.

    Raises:
        ModelError: there is none, or only an adapter of one.
    """
    require_model(model)
    folder = Path(model)
    if (folder / "adapter_config.json").is_file() and not (folder / "config.json").is_file():
        raise ModelError(f"{model}: is an adapter without its model; --merge writes one to go on from")
    with model_trouble(f"{model}: cannot be loaded"):
        return transformers.AutoConfig.from_pretrained(model, trust_remote_code=settings.trust_remote_code)


def context_of(config: Any) -> int | None:
    """The tokens that a model reads at most, if that is known."""
    return getattr(config.get_text_config(), "max_position_embeddings", None)


def ends_of(model: str, config: Any, tokenizer: Any) -> list[int]:
    """The tokens that end a response of a model."""
    try:
        generation = transformers.GenerationConfig.from_pretrained(model)
    except OSError:  # has none
        generation = transformers.GenerationConfig.from_model_config(config)
    return end_tokens(generation, tokenizer)


def uses_gpu(settings: TrainConfig) -> bool:
    """Whether the run is on a GPU."""
    return settings.device == "auto" and torch.cuda.is_available()


def uses_bfloat16(settings: TrainConfig) -> bool:
    """Whether the run computes in bfloat16."""
    if settings.param_dtype == "bfloat16":
        return True
    if settings.dtype == "auto":
        return uses_gpu(settings) and torch.cuda.is_bf16_supported()
    return settings.dtype == "bfloat16"


def load(model: str, settings: TrainConfig) -> Any:
    """The model, without dropout, and with an adapter if one is to be trained.

    Weights that are trained are float32, also where bfloat16 is computed in: small updates would be lost.
    With ``--param-dtype bfloat16`` they become the copies that the optimizer works on.
    """
    transformers.set_seed(settings.seed)  # an adapter starts at random
    frozen = torch.bfloat16 if settings.lora and uses_bfloat16(settings) else torch.float32
    with model_trouble(f"{model}: cannot be loaded"):
        loaded = transformers.AutoModelForCausalLM.from_pretrained(
            model,
            dtype=frozen,
            attn_implementation=settings.attention,
            trust_remote_code=settings.trust_remote_code,
        )
    for module in loaded.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0  # ratios compare passes that have to agree
        if hasattr(module, "attention_dropout"):
            module.attention_dropout = 0.0
    # The end token pads in many models, and an embedding has no gradient for a token that it knows to pad.
    # Nothing is lost without: what pads is masked.
    loaded.get_input_embeddings().padding_idx = None
    return adapted(loaded, settings) if settings.lora else loaded


def adapted(model: Any, settings: TrainConfig) -> Any:
    """A model with the adapter that is to be trained."""
    import peft

    targets = settings.lora_targets
    configuration = peft.LoraConfig(
        r=settings.lora,
        lora_alpha=settings.lora_alpha or 2 * settings.lora,
        target_modules=targets[0] if targets == ("all-linear",) else list(targets),
        task_type="CAUSAL_LM",
    )
    try:
        with warnings.catch_warnings():  # peft asks the library for what it has under an older name
            warnings.simplefilter("ignore", FutureWarning)
            return peft.get_peft_model(model, configuration)
    except ValueError as error:
        raise TrainingError(f"--lora-targets {' '.join(targets)}: {error}") from None


def save(trainer: Any, tokenizer: Any, output: Path, model: str, settings: TrainConfig) -> None:
    """Write what was made of a model, or its adapter, into a folder, so that ``from_pretrained`` loads it."""
    if trainer.masters is not None:
        trainer.masters.restore()
    if trainer.is_fsdp_enabled:
        trainer.accelerator.state.fsdp_plugin.set_state_dict_type("FULL_STATE_DICT")
    if not settings.merges:
        trainer.save_model(str(output))
        return
    weights = trainer.accelerator.get_state_dict(trainer.model) if trainer.is_fsdp_enabled else None
    if trainer.args.should_save:
        trained = trainer.accelerator.unwrap_model(trainer.model)
        if weights is not None:  # each process has a part of it, which cannot be merged
            trained = load(model, settings)
            trained.load_state_dict(weights)
        trained.merge_and_unload().save_pretrained(output)
        tokenizer.save_pretrained(output)
