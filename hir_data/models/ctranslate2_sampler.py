"""Responses sampled by CTranslate2, on processors."""

import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hir_data.engine.checks import batched
from hir_data.errors import ModelError, needs_extra
from hir_data.models.batch_sampler import BatchSampler, DrawnTokens
from hir_data.models.chat_template import end_tokens
from hir_data.models.config import ComputeType, LocalRolloutConfig, SamplingParams
from hir_data.models.ctranslate2_model import converted
from hir_data.models.located import generation_config, refuse_adapter, require_model
from hir_data.models.prompted import PromptedModel
from hir_data.models.template_text import model_trouble

_DEFAULTS = LocalRolloutConfig()

_LOGITS = 2 << 30  # bytes of logits that a batch may have: CTranslate2 keeps those of all of its tokens
_PAUSE = 0.005  # seconds between two looks at whether a batch is done


class CTranslate2Sampler(BatchSampler):
    """Samples responses with CTranslate2 on the processor.

    Log-probabilities and entropies are computed from the logits that the tokens were sampled from, over the
    whole vocabulary and at the sampling temperature. In ``int8`` these are not the ones of the model in
    transformers, nor those of a second pass of CTranslate2 over the same tokens: rounding to eight bits
    multiplies differences of the last digits.

    CTranslate2 has one seed for a batch, which is recorded for each of its responses. So equal seeds give
    equal responses where the batches are the same.

    Args:
        model: a folder, or a name on the Hugging Face hub. A LoRA adapter is refused; it is to be merged.
        settings: how responses are sampled.
        batch_size: responses that are sampled at a time, about; fewer where their logits would not fit 2 GiB.
        dtype: ``int8`` or ``float32``.
        trust_remote_code: run Python code that comes with the model.
        engine_option: further arguments of ``ctranslate2.Generator``, such as ``intra_threads``.

    Raises:
        MissingExtraError: the packages of the extras ``train`` and ``ctranslate2`` are not installed.
        ModelError: the model cannot be loaded or converted.
        ValueError: nothing can be sampled in batches of that size.
    """

    def __init__(
        self,
        model: str,
        settings: SamplingParams,
        *,
        batch_size: int = _DEFAULTS.batch_size,
        dtype: ComputeType | None = None,
        trust_remote_code: bool = _DEFAULTS.trust_remote_code,
        engine_option: Mapping[str, Any] | None = None,
    ) -> None:
        with needs_extra("train"):
            import torch  # noqa: F401  # what converts a model needs it, and does not say so
            import transformers
        with needs_extra("ctranslate2", "engine ctranslate2"):
            import ctranslate2
        self._ctranslate2: Any = ctranslate2
        self._compute_type: ComputeType = dtype or "int8"
        self._options = dict(engine_option or {})
        code = {"trust_remote_code": trust_remote_code}
        require_model(model)
        refuse_adapter(model, "CTranslate2")
        with model_trouble(f"{model}: cannot be loaded"):
            config = transformers.AutoConfig.from_pretrained(model, **code)
            tokenizer = transformers.AutoTokenizer.from_pretrained(model, **code)
            ends = end_tokens(generation_config(model, code), tokenizer)
        self._folder = converted(model, config, self._compute_type, code)
        self._vocabulary: list[str] = json.loads((self._folder / "vocabulary.json").read_text("utf-8"))
        if len(set(self._vocabulary)) < len(self._vocabulary):
            raise ModelError(f"{model}: ctranslate2 tells tokens by their text, and two of it are the same")
        of_response = 4 * len(self._vocabulary) * settings.max_new_tokens
        rows = max(1, min(batch_size, _LOGITS // of_response))
        super().__init__(model, settings, rows if batch_size > 0 else batch_size)
        self._samples = min(settings.n, max(rows, 1))  # of a prompt at a time
        self._stopping = False
        context = getattr(config.get_text_config(), "max_position_embeddings", None)
        self._prompted = PromptedModel.of(model, settings, tokenizer, ends, context=context)
        self._generator()  # what is wrong with its options is said now

    def _generator(self) -> Any:
        """The model, loaded; another one for each batch.

        A thread of CTranslate2 takes the seed at its first random number, and no other one later
        (OpenNMT/CTranslate2 issue 1757).
        """
        with model_trouble(f"{self.name}: cannot be loaded"):
            return self._ctranslate2.Generator(
                str(self._folder), device="cpu", compute_type=self._compute_type, **self._options
            )

    def _seeds(self, of_prompts: Sequence[int]) -> list[int]:
        return [of_prompts[0]] * (len(of_prompts) * self.settings.n)

    def _draw(self, prompts: list[list[int]], seeds: list[int]) -> Iterator[DrawnTokens]:
        times = len(seeds) // len(prompts)
        parts = list(batched(range(times), self._samples))  # more than one with a single prompt only
        for part in parts:
            for result in self._generated(prompts, seeds[0] + part[0], len(part)):
                drawn = [
                    self._measured(list(tokens), logits)
                    for tokens, logits in zip(result.sequences_ids, result.logits, strict=True)
                ]
                # They come by their probability, and which of them is the first should not say that.
                random.Random(seeds[0]).shuffle(drawn)
                yield from drawn

    def _generated(self, prompts: list[list[int]], seed: int, times: int) -> list[Any]:
        """A result of CTranslate2 for each prompt, with some samples to it."""
        self._ctranslate2.set_random_seed(seed)
        generator = self._generator()
        running = generator.generate_batch(
            [[self._vocabulary[token] for token in prompt] for prompt in prompts],
            num_hypotheses=times,
            max_length=self.settings.max_new_tokens,
            sampling_temperature=self.settings.temperature,
            sampling_topk=0,  # all tokens
            sampling_topp=self.settings.top_p,
            end_token=self._prompted.ends,
            return_end_token=True,
            include_prompt_in_result=False,
            return_logits_vocab=True,
            asynchronous=True,  # so that the program can be interrupted
            callback=self._counted,
        )
        try:
            while not all(each.done() for each in running):
                time.sleep(_PAUSE)
        except BaseException:
            self._stopping = True
            raise
        return [each.result() for each in running]

    def _counted(self, step: Any) -> bool:
        """Count a token that was sampled; whether to stop."""
        self.tokens += 1
        self.ended += bool(step.is_last)
        return self._stopping

    def _measured(self, tokens: list[int], logits: Sequence[Any]) -> DrawnTokens:
        """Tokens with their log-probabilities and mean entropy, by the logits that they were sampled from."""
        rows = logits[-len(tokens) :]  # before them are those of a prompt longer than others
        each = [
            _measure(token, row, self.settings.temperature) for token, row in zip(tokens, rows, strict=True)
        ]
        return DrawnTokens(
            tokens, [logprob for logprob, _ in each], sum(entropy for _, entropy in each) / len(tokens)
        )


def _measure(token: int, logits: Any, temperature: float) -> tuple[float, float]:
    """The log-probability of a token, and the entropy of the distribution that it is of, in nats."""
    import numpy

    scaled = numpy.asarray(logits, dtype=numpy.float32).ravel() / (temperature or 1.0)
    scaled -= scaled.max()
    mass = numpy.exp(scaled)
    total = float(mass.sum(dtype=numpy.float64))
    log_total = float(numpy.log(total))
    return float(scaled[token]) - log_total, log_total - float(mass @ scaled) / total
