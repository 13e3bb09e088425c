"""An engine of vLLM in this process.

vLLM needs a GPU and was not at hand: this was written by its documented interface, and tested against a
stand-in of that interface only.
"""

import gc
import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

from hir_data.errors import needs_extra
from hir_data.models.chat_template import end_tokens
from hir_data.models.config import LocalRolloutConfig, SamplingParams
from hir_data.models.located import generation_config, refuse_adapter, require_model
from hir_data.models.template_text import model_trouble

LogprobsMode = Literal["processed_logprobs", "raw_logprobs"]
"""Which log-probabilities an engine returns: after temperature and ``top_p``, or at temperature 1."""

_DEFAULTS = LocalRolloutConfig()


def logprobs_mode(settings: SamplingParams) -> LogprobsMode:
    """The mode of an engine whose log-probabilities are of the distribution before ``top_p`` cuts it."""
    uncut = settings.top_p == 1 or settings.temperature == 0  # vLLM sets top_p to 1 at temperature 0
    return "processed_logprobs" if uncut else "raw_logprobs"


class VLLMEngine:
    """An engine of vLLM, with the model loaded. To be closed, or used as a context manager.

    Attributes:
        model: its folder, or its name on the Hugging Face hub.
        logprobs_mode: which log-probabilities it returns.
        tokenizer: of the model.
        ends: the token ids that end a response by the configuration of the model.
        context: the number of tokens that a prompt and its response may have together.

    Args:
        model: a folder, or a name on the Hugging Face hub. A LoRA adapter is refused; it is to be merged.
        logprobs_mode: which log-probabilities to return.
        dtype: such as ``bfloat16``; by default what vLLM chooses, which is a half precision for a model that
            is stored in float32.
        trust_remote_code: run Python code that comes with the model.
        engine_option: further arguments of ``vllm.LLM``, such as ``gpu_memory_utilization``.

    Raises:
        MissingExtraError: the packages of the extra ``vllm`` are not installed.
        ModelError: the model cannot be loaded.
    """

    def __init__(
        self,
        model: str,
        *,
        logprobs_mode: LogprobsMode = "processed_logprobs",
        dtype: str | None = _DEFAULTS.dtype,
        trust_remote_code: bool = _DEFAULTS.trust_remote_code,
        engine_option: Mapping[str, Any] | None = None,
    ) -> None:
        # Read when vLLM is imported. Its log goes to standard output by default, where rollouts may go.
        os.environ.setdefault("VLLM_LOGGING_STREAM", "ext://sys.stderr")
        os.environ.setdefault("VLLM_LOGGING_LEVEL", "WARNING")
        with needs_extra("vllm", "engine vllm"):
            import transformers
            import vllm
        self.model, self.logprobs_mode = model, logprobs_mode
        self._vllm: Any = vllm
        self._llm: Any = None
        require_model(model)
        refuse_adapter(model, "vLLM")
        with model_trouble(f"{model}: cannot be loaded"):
            code = {"trust_remote_code": trust_remote_code}
            self.tokenizer: Any = transformers.AutoTokenizer.from_pretrained(model, **code)
            self.ends = end_tokens(generation_config(model, code), self.tokenizer)
            self._llm = vllm.LLM(
                model=model,
                dtype=dtype or "auto",
                enable_prefix_caching=True,
                logprobs_mode=logprobs_mode,
                **code,
                **(engine_option or {}),
            )
            self.context = int(self._llm.llm_engine.model_config.max_model_len)

    def generate(self, prompts: Sequence[list[int]], options: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Sample a response to each prompt.

        Args:
            prompts: their token ids.
            options: the arguments of ``vllm.SamplingParams`` for each.

        Returns:
            A ``vllm.RequestOutput`` for each prompt, in their order.
        """
        if not prompts:
            return []
        outputs: list[Any] = self._llm.generate(
            [self._vllm.TokensPrompt(prompt_token_ids=prompt) for prompt in prompts],
            [self._vllm.SamplingParams(**each) for each in options],
            use_tqdm=False,
        )
        return outputs

    def close(self) -> None:
        """End the engine, so that its memory is free; closing it again does nothing."""
        llm, self._llm = self._llm, None
        if llm is None:
            return
        core = getattr(llm.llm_engine, "engine_core", None)
        if core is not None:
            core.shutdown()  # its process ends, and with it goes its memory
        del llm, core
        gc.collect()  # the objects of an engine refer to each other

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
