"""A stand-in of vLLM's interface, as far as it is documented and used: the package needs a GPU.

It computes with the model of the folder, token by token, and refuses what vLLM refuses: arguments that are
unknown, several completions at temperature 0, prompts that are too long, an engine that was shut down.
"""

import dataclasses
import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from tiny_model import torch, transformers


@dataclasses.dataclass
class SamplingParams:
    n: int = 1
    temperature: float = 1.0
    top_p: float = 1.0
    seed: int | None = None
    stop_token_ids: list[int] | None = None
    ignore_eos: bool = False
    max_tokens: int | None = 16
    logprobs: int | None = None
    detokenize: bool = True

    def __post_init__(self) -> None:
        if self.temperature < 1e-5:
            self.top_p = 1.0
            if self.n > 1:
                raise ValueError(f"n must be 1 when using greedy sampling, got {self.n}.")
        elif self.temperature < 0.01:
            self.temperature = 0.01


@dataclasses.dataclass
class Logprob:
    logprob: float
    rank: int | None = None
    decoded_token: str | None = None


@dataclasses.dataclass
class CompletionOutput:
    index: int
    text: str
    token_ids: list[int]
    cumulative_logprob: float | None
    logprobs: list[dict[int, Logprob]] | None
    finish_reason: str | None = None
    stop_reason: int | str | None = None


@dataclasses.dataclass
class RequestOutput:
    request_id: str
    prompt: str | None
    prompt_token_ids: list[int]
    outputs: list[CompletionOutput]
    finished: bool = True


class LLM:
    """An engine; ``started`` lists those of a test, with their arguments and what they were asked."""

    started: "list[LLM]"

    def __init__(
        self,
        model: str,
        *,
        dtype: str = "auto",
        trust_remote_code: bool = False,
        enable_prefix_caching: bool | None = None,
        logprobs_mode: str = "raw_logprobs",
        max_model_len: int | None = None,
        gpu_memory_utilization: float = 0.9,
        max_num_seqs: int = 256,
    ) -> None:
        self.arguments = {
            "model": model,
            "dtype": dtype,
            "trust_remote_code": trust_remote_code,
            "enable_prefix_caching": enable_prefix_caching,
            "logprobs_mode": logprobs_mode,
            "gpu_memory_utilization": gpu_memory_utilization,
            "max_num_seqs": max_num_seqs,
        }
        assert not [each for each in self.started if each.model is not None], "two engines at a time"
        self.model: Any = transformers.AutoModelForCausalLM.from_pretrained(model).eval()
        self.eos = transformers.AutoTokenizer.from_pretrained(model).eos_token_id
        context = max_model_len or self.model.config.max_position_embeddings
        self.llm_engine = SimpleNamespace(
            model_config=SimpleNamespace(max_model_len=context),
            engine_core=SimpleNamespace(shutdown=self._shut_down),
        )
        self.calls: list[list[tuple[list[int], SamplingParams]]] = []
        self.started.append(self)

    def _shut_down(self) -> None:
        self.model = None

    def generate(
        self,
        prompts: list[dict[str, Any]],
        sampling_params: list[SamplingParams],
        *,
        use_tqdm: bool = True,
    ) -> list[RequestOutput]:
        if self.model is None:
            raise RuntimeError("EngineCore is dead")
        assert not use_tqdm
        self.calls.append(
            [
                (each["prompt_token_ids"], params)
                for each, params in zip(prompts, sampling_params, strict=True)
            ]
        )
        return [
            RequestOutput(
                str(number),
                None,
                each["prompt_token_ids"],
                [self._complete(index, each["prompt_token_ids"], params) for index in range(params.n)],
            )
            for number, (each, params) in enumerate(zip(prompts, sampling_params, strict=True))
        ]

    def _complete(self, index: int, prompt: list[int], params: SamplingParams) -> CompletionOutput:
        context = self.llm_engine.model_config.max_model_len
        if len(prompt) > context:
            raise ValueError(f"The decoder prompt (length {len(prompt)}) is longer than {context}")
        assert params.max_tokens is not None and params.seed is not None
        chance = torch.Generator().manual_seed(params.seed + index)
        stops = {*(params.stop_token_ids or ()), *(() if params.ignore_eos else (self.eos,))}
        tokens: list[int] = []
        steps: list[dict[int, Logprob]] = []
        finish = "length"
        while len(tokens) < params.max_tokens and len(prompt) + len(tokens) < context:
            with torch.no_grad():
                logits = self.model(torch.tensor([prompt + tokens])).logits[0, -1].double()
            raw = torch.log_softmax(logits, -1)
            if params.temperature < 1e-5:
                processed, token = raw, int(raw.argmax())
            else:
                processed = self._cut(torch.log_softmax(logits / params.temperature, -1), params.top_p)
                token = int(torch.multinomial(processed.exp(), 1, generator=chance))
            returned = processed if self.arguments["logprobs_mode"] == "processed_logprobs" else raw
            tokens.append(token)
            steps.append({token: Logprob(float(returned[token]))})
            if len(tokens) < params.max_tokens and token in stops:  # the length is looked at first
                finish = "stop"
                break
            if token in stops:
                break
        return CompletionOutput(
            index, "", tokens, None, None if params.logprobs is None else steps, finish, None
        )

    @staticmethod
    def _cut(logprobs: Any, top_p: float) -> Any:
        likely, order = logprobs.exp().sort(descending=True)
        keep = order[likely.cumsum(-1) - likely < top_p]
        cut = torch.full_like(logprobs, -torch.inf)
        cut[keep] = logprobs[keep]
        return torch.log_softmax(cut, -1)


def module() -> ModuleType:
    """The package, without an engine so far."""
    found: Any = ModuleType("vllm")
    found.LLM = type("LLM", (LLM,), {"started": []})
    found.SamplingParams = SamplingParams
    found.TokensPrompt = dict
    return found


@pytest.fixture
def vllm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The stand-in, where ``import vllm`` finds it."""
    found = module()
    monkeypatch.setitem(sys.modules, "vllm", found)
    for name in ("VLLM_LOGGING_STREAM", "VLLM_LOGGING_LEVEL"):
        monkeypatch.setenv(name, "set by a test")  # and set back behind it
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # several are slower for a model this small
    yield found
    torch.set_num_threads(threads)
