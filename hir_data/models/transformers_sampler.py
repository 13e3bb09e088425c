"""Responses drawn from a model of the transformers library, many at a time."""

import inspect
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from hir_data.errors import MissingExtraError, ModelError
from hir_data.models.batch_sampler import BatchSampler, DrawnTokens
from hir_data.models.chat_template import end_tokens
from hir_data.models.config import LocalRolloutConfig, SamplingParams
from hir_data.models.located import require_model
from hir_data.models.prompted import PromptedModel
from hir_data.models.template_text import model_trouble

if TYPE_CHECKING:
    from torch import Tensor

_DEFAULTS = LocalRolloutConfig()

_ROWS = 64  # of logits that are worked on at a time: a vocabulary is large


class TransformersSampler(BatchSampler):
    """Draws responses with a causal language model, on this machine.

    The entropy is exact. Each response has a seed and random numbers of its own, so what else is in its batch
    changes nothing but rounding: the last digits of log-probabilities and, once in many thousand tokens, the
    choice between two neighbours. That is true of another device or precision as well, only more often.

    Args:
        model: a folder, or a name on the Hugging Face hub.
        settings: how responses are drawn.
        batch_size: responses that are drawn at a time, about.
        device: such as ``cpu`` or ``cuda:1``; by default a GPU if there is one.
        dtype: such as ``bfloat16``; by default the model's own on a GPU, and ``float32`` elsewhere.

    Raises:
        MissingExtraError: the packages of the extra ``train`` are not installed.
        ModelError: the model cannot be loaded.
        ValueError: nothing can be drawn in batches of that size.
    """

    def __init__(
        self,
        model: str,
        settings: SamplingParams,
        *,
        batch_size: int = _DEFAULTS.batch_size,
        device: str | None = _DEFAULTS.device,
        dtype: str | None = _DEFAULTS.dtype,
        trust_remote_code: bool = _DEFAULTS.trust_remote_code,
    ) -> None:
        super().__init__(model, settings, batch_size)
        try:
            import torch
            import transformers
        except ModuleNotFoundError as error:
            raise MissingExtraError(error.name or "transformers", "train") from None
        device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        dtype = dtype or ("auto" if device.startswith("cuda") else "float32")
        require_model(model)
        with model_trouble(f"{model}: cannot be loaded"):
            self._tokenizer: Any = transformers.AutoTokenizer.from_pretrained(
                model, trust_remote_code=trust_remote_code
            )
            self._model: Any = transformers.AutoModelForCausalLM.from_pretrained(
                model, dtype=dtype, trust_remote_code=trust_remote_code
            )
            self._model.to(device).eval()
        self._takes = set(inspect.signature(self._model.forward).parameters)
        self._cache_name = "cache" if "cache" in self._takes else "past_key_values"  # its older name
        self._prompted = PromptedModel.of(
            model,
            settings,
            self._tokenizer,
            end_tokens(self._model.generation_config, self._tokenizer),
            context=getattr(self._model.config.get_text_config(), "max_position_embeddings", None),
        )

    def _draw(self, prompts: list[list[int]], seeds: list[int]) -> Iterator[DrawnTokens]:
        """Draw responses to a few prompts, for each of them as many as there are seeds for it."""
        import torch

        device, most = self._model.device, self.settings.max_new_tokens
        times = len(seeds) // len(prompts)
        width = max(map(len, prompts))
        padding = [[0] * (width - len(prompt)) for prompt in prompts]
        ids = torch.tensor(
            [left + prompt for left, prompt in zip(padding, prompts, strict=True)], device=device
        )
        mask = torch.tensor([left + [1] * (width - len(left)) for left in padding], device=device)
        chance = torch.stack([_random_numbers(seed, most) for seed in seeds]).to(device)
        ends = torch.tensor(self._prompted.ends, device=device, dtype=torch.long)
        found = _Steps(len(seeds), most, device)
        with torch.inference_mode():
            logits, cache = self._forward(ids, mask, None)
            cache.batch_repeat_interleave(times)  # the prompt is read once for all of its responses
            logits, mask = logits.repeat_interleave(times, 0), mask.repeat_interleave(times, 0)
            going = torch.arange(len(seeds), device=device)  # responses that have not ended
            for step in range(most):
                tokens = found.add(going, step, logits, chance[going, step], self.settings)
                self.tokens += len(tokens)
                goes_on = ~torch.isin(tokens, ends)
                if step + 1 == most or not goes_on.any():
                    break
                if not goes_on.all():
                    stay = goes_on.nonzero()[:, 0]
                    self.ended += len(tokens) - len(stay)
                    cache.batch_select_indices(stay)
                    going, tokens, mask = going[stay], tokens[stay], mask[stay]
                mask = torch.cat([mask, mask.new_ones(len(mask), 1)], dim=1)
                logits, cache = self._forward(tokens[:, None], mask, cache)
            self.ended += len(tokens)
        return found.rows()

    def _forward(self, ids: "Tensor", mask: "Tensor", cache: Any) -> tuple["Tensor", Any]:
        """The logits behind the last token of each row, and what is kept of all tokens."""
        given = {
            "input_ids": ids,
            "attention_mask": mask,
            "position_ids": (mask.cumsum(1) - 1).clamp(min=0)[:, -ids.shape[1] :],
            self._cache_name: cache,
            "use_cache": True,
            "logits_to_keep": 1,
        }
        answer = self._model(**{name: value for name, value in given.items() if name in self._takes})
        cache = getattr(answer, self._cache_name, None)
        if not hasattr(cache, "batch_select_indices"):
            raise ModelError(f"{self.name}: models of its architecture cannot be drawn from here; serve it")
        return answer.logits[:, -1], cache


class _Steps:
    """What was drawn at each step of each row."""

    def __init__(self, rows: int, steps: int, device: Any) -> None:
        import torch

        self.tokens = torch.full((rows, steps), -1, device=device)
        self.logprobs = torch.zeros(rows, steps, device=device)
        self.entropies = torch.zeros(rows, steps, device=device)

    def add(
        self, rows: "Tensor", step: int, logits: "Tensor", chance: "Tensor", settings: SamplingParams
    ) -> "Tensor":
        """Draw the tokens of a step of some rows."""
        for part in range(0, len(rows), _ROWS):
            some = slice(part, part + _ROWS)
            tokens, logprobs, entropies = draw(
                logits[some], chance[some], settings.temperature, settings.top_p
            )
            self.tokens[rows[some], step] = tokens
            self.logprobs[rows[some], step] = logprobs
            self.entropies[rows[some], step] = entropies
        return self.tokens[rows, step]

    def rows(self) -> Iterator[DrawnTokens]:
        """The responses, each of its own length."""
        lengths = (self.tokens >= 0).sum(1).tolist()
        table = zip(
            self.tokens.tolist(), self.logprobs.tolist(), self.entropies.tolist(), lengths, strict=True
        )
        for tokens, logprobs, entropies, length in table:
            yield DrawnTokens(tokens[:length], logprobs[:length], sum(entropies[:length]) / length)


def draw(
    logits: "Tensor", chance: "Tensor", temperature: float, top_p: float
) -> tuple["Tensor", "Tensor", "Tensor"]:
    """Draw a token in each row: tokens, their log-probabilities, and the entropies, all before ``top_p``.

    Args:
        logits: by row and token.
        chance: a number from 0 to 1 for each row, which decides.
        temperature: of the softmax; 0 takes the likeliest token, and measures at 1.
        top_p: the share of the probability that is drawn from.
    """
    import torch

    logprobs = torch.log_softmax(logits.float() / (temperature or 1.0), -1)
    probabilities = logprobs.exp()
    entropies = torch.special.entr(probabilities).sum(-1)
    if temperature == 0:
        tokens = logprobs.argmax(-1, keepdim=True)
    elif top_p == 1:
        mass = probabilities.double().cumsum(-1)
        tokens = _place(mass, chance[:, None] * mass[:, -1:])
    else:
        likely, order = probabilities.double().sort(dim=-1, descending=True, stable=True)
        mass = likely.cumsum(-1)
        enough = mass.gather(-1, _place(mass, top_p * mass[:, -1:]))
        tokens = order.gather(-1, _place(mass, chance[:, None] * enough))
    return tokens[:, 0], logprobs.gather(-1, tokens)[:, 0], entropies


def _place(mass: "Tensor", target: "Tensor") -> "Tensor":
    """The first token in each row up to which there is more than a mass."""
    import torch

    return torch.searchsorted(mass, target, right=True).clamp(max=mass.shape[-1] - 1)


def _random_numbers(seed: int, number: int) -> "Tensor":
    """The same ones on every device."""
    import torch

    return torch.rand(number, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
