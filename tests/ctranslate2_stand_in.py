"""A stand-in of CTranslate2's interface, as far as it is documented and used, for where it is not installed.

It computes with the model that was converted, token by token in float32, and does what surprises in the
library: the samples of a prompt come by their probability, a shorter prompt of a batch has rows of logits
before those of its response, and each generator takes the seed at its first random number.
"""

import dataclasses
import importlib.util
import json
import math
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tiny_model import torch, transformers


@dataclasses.dataclass
class GenerationStepResult:
    step: int
    batch_id: int
    hypothesis_id: int
    token_id: int
    is_last: bool


@dataclasses.dataclass
class GenerationResult:
    sequences: list[list[str]]
    sequences_ids: list[list[int]]
    logits: list[list[Any]]


class AsyncGenerationResult:
    """A result that is there at the second look."""

    def __init__(self, found: GenerationResult) -> None:
        self._found, self._looks = found, 0

    def done(self) -> bool:
        self._looks += 1
        return self._looks > 1

    def result(self) -> GenerationResult:
        return self._found


class TransformersConverter:
    """Keeps the model as it is, beside the vocabulary."""

    def __init__(self, model: str, *, trust_remote_code: bool = False) -> None:
        self.model = model

    def convert(self, output_dir: str, *, quantization: str | None = None) -> None:
        assert quantization in ("int8", "float32")
        config = transformers.AutoConfig.from_pretrained(self.model)
        if config.model_type not in ("llama", "gpt2", "qwen2"):
            raise ValueError(f"No conversion is registered for the model configuration {type(config)}")
        shutil.copytree(self.model, output_dir)
        tokenizer = transformers.AutoTokenizer.from_pretrained(self.model)
        texts = [tokenizer.convert_ids_to_tokens(token) for token in range(config.vocab_size)]
        vocabulary = [text or f"<unused {number}>" for number, text in enumerate(texts)]
        Path(output_dir, "vocabulary.json").write_text(json.dumps(vocabulary), "utf-8")


class Generator:
    """A model; ``started`` lists those of a test, with what each was asked."""

    started: "list[Generator]"
    seeds: list[int]

    def __init__(
        self,
        model_path: str,
        device: str = "cpu",
        *,
        compute_type: str = "default",
        inter_threads: int = 1,
        intra_threads: int = 0,
    ) -> None:
        assert (device, compute_type in ("int8", "float32")) == ("cpu", True)
        config = json.loads(Path(model_path, "config.json").read_text("utf-8"))
        assert all(config[name] for name in ("bos_token", "eos_token", "unk_token"))
        self.arguments = {"intra_threads": intra_threads, "compute_type": compute_type}
        self.folder = model_path
        self._model = transformers.AutoModelForCausalLM.from_pretrained(model_path).eval()
        texts = json.loads(Path(model_path, "vocabulary.json").read_text("utf-8"))
        self._texts, self._ids = texts, {text: number for number, text in enumerate(texts)}
        self._chance: Any = None
        self.calls: list[list[list[str]]] = []
        self.started.append(self)

    def generate_batch(
        self,
        start_tokens: list[list[str]],
        *,
        end_token: Sequence[int],
        num_hypotheses: int = 1,
        max_length: int = 512,
        sampling_temperature: float = 1,
        sampling_topk: int = 1,
        sampling_topp: float = 1,
        return_end_token: bool = False,
        include_prompt_in_result: bool = True,
        return_logits_vocab: bool = False,
        asynchronous: bool = False,
        callback: Callable[[GenerationStepResult], bool] | None = None,
    ) -> list[AsyncGenerationResult]:
        assert sampling_topk == 0 and asynchronous and return_logits_vocab and return_end_token
        assert not include_prompt_in_result
        if self._chance is None:
            self._chance = torch.Generator().manual_seed(self.seeds[-1])
        self.calls.append(start_tokens)
        longest = max(map(len, start_tokens))
        found = []
        for batch, texts in enumerate(start_tokens):
            prompt = [self._ids[text] for text in texts]
            drawn = []
            for hypothesis in range(num_hypotheses):
                rows: list[Any] = []
                tokens: list[int] = []
                score = 0.0
                while len(tokens) < max_length and not (tokens and tokens[-1] in end_token):
                    with torch.no_grad():
                        rows.append(self._model(torch.tensor([prompt + tokens])).logits[0, -1])
                    token, logprob = self._next(rows[-1], sampling_temperature, sampling_topp)
                    tokens.append(token)
                    score += logprob
                    is_last = token in end_token or len(tokens) == max_length
                    step = GenerationStepResult(len(tokens) - 1, batch, hypothesis, token, is_last)
                    if callback is not None and callback(step):
                        break
                padding = [torch.zeros_like(rows[0])] * (longest - len(prompt))
                drawn.append((score, tokens, padding + rows))
            drawn.sort(key=lambda one: -one[0])
            ids = [tokens for _, tokens, _ in drawn]
            sequences = [[self._texts[token] for token in tokens] for tokens in ids]
            found.append(GenerationResult(sequences, ids, [rows for _, _, rows in drawn]))
        return list(map(AsyncGenerationResult, found))

    def _next(self, logits: Any, temperature: float, top_p: float) -> tuple[int, float]:
        if not temperature:
            return int(logits.argmax()), 0.0
        every = torch.log_softmax(logits.double() / temperature, -1)
        likely, order = every.exp().sort(descending=True)
        keep = order[likely.cumsum(-1) - likely < top_p]
        cut = torch.full_like(every, -math.inf)
        cut[keep] = every[keep]
        token = int(torch.multinomial(cut.exp(), 1, generator=self._chance))
        return token, float(every[token])


def module() -> ModuleType:
    """The package, without a generator so far."""
    found: Any = ModuleType("ctranslate2")
    found.__version__ = "stand-in"
    seeds: list[int] = [0]
    found.Generator = type("Generator", (Generator,), {"started": [], "seeds": seeds})
    found.set_random_seed = seeds.append
    found.converters = ModuleType("ctranslate2.converters")
    found.converters.TransformersConverter = TransformersConverter  # type: ignore[attr-defined]  # a module
    return found


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a test keeps its conversions, and no other."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "hir-data" / "ctranslate2"


@pytest.fixture
def ctranslate2(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The stand-in, where ``import ctranslate2`` finds it."""
    found = module()
    monkeypatch.setitem(sys.modules, "ctranslate2", found)
    monkeypatch.setitem(sys.modules, "ctranslate2.converters", found.converters)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # several are slower for a model this small
    yield found
    torch.set_num_threads(threads)


@pytest.fixture(params=["stand-in", "installed"])
def library(request: pytest.FixtureRequest) -> Any:
    """The stand-in, and the package where there is one."""
    if request.param == "stand-in":
        return request.getfixturevalue("ctranslate2")
    if importlib.util.find_spec("ctranslate2") is None:
        pytest.skip("needs the extra 'ctranslate2'")
    return importlib.import_module("ctranslate2")
