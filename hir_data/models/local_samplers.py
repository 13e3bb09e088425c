"""Samplers of models on this machine, by the engine that the settings name."""

import os
from typing import TYPE_CHECKING, Any, Self

from hir_data.models.config import LocalRolloutConfig
from hir_data.models.sampling import Sampler

if TYPE_CHECKING:
    from hir_data.models.vllm_engine import VLLMEngine


class LocalSamplers:
    """Samplers of models on this machine, one at a time. To be closed, or used as a context manager.

    An engine of vLLM takes long to start, so it stays for the next run of the same model. For another model
    it is ended and a new one started. Weights are not loaded into a running engine: in some releases of vLLM
    those were the old ones, without an error (vllm-project/vllm issue 32718).
    """

    def __init__(self) -> None:
        self._engine: VLLMEngine | None = None
        self._arguments: dict[str, Any] = {}

    def sampler(self, model: str, settings: LocalRolloutConfig) -> Sampler:
        """A sampler of a model.

        Raises:
            MissingExtraError: the packages of the engine are not installed.
            ModelError: the model cannot be loaded.
        """
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")  # there is one of ours
        os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
        if settings.engine == "vllm":
            return self._vllm_sampler(model, settings)
        if settings.engine == "ctranslate2":
            from hir_data.models.ctranslate2_sampler import CTranslate2Sampler

            given = settings.model_dump(include={"batch_size", "dtype", "trust_remote_code", "engine_option"})
            return CTranslate2Sampler(model, settings, **given)
        from hir_data.models.transformers_sampler import TransformersSampler

        options = settings.model_dump(include={"batch_size", "device", "dtype", "trust_remote_code"})
        return TransformersSampler(model, settings, **options)

    def close(self) -> None:
        """Free the memory of the model that is loaded; a sampler cannot be used after that."""
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _vllm_sampler(self, model: str, settings: LocalRolloutConfig) -> Sampler:
        from hir_data.models.vllm_engine import VLLMEngine, logprobs_mode
        from hir_data.models.vllm_sampler import VLLMSampler

        arguments = {
            "model": model,
            "logprobs_mode": logprobs_mode(settings),
            **settings.model_dump(include={"dtype", "trust_remote_code", "engine_option"}),
        }
        if self._engine is None or arguments != self._arguments:
            self.close()
            self._engine, self._arguments = VLLMEngine(**arguments), arguments
        return VLLMSampler(self._engine, settings)
