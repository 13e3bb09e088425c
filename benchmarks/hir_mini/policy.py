"""A transformer of 0.1 million parameters that reads an instruction line by line and writes a text.

A line of a prompt is one position: the sum of an embedding of each of its words. Prompt and response go
through the same blocks; a prompt sees itself, a response its prompt and what it has said so far.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

import hir_data as hir
from benchmarks.hir_mini.languages.base import QUESTION, Language
from hir_data.training.loss import token_logprobs

PAD, END = 0, 1
WIDTH, BLOCKS, HEADS = 64, 2, 4


class Codec:
    """Instructions and texts of a language as numbers.

    Args:
        language: whose words and phrasings are known.
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self.length = language.longest + 1  # tokens of a response, with its end
        self._token = {word: number for number, word in enumerate(language.words, 2)}
        said = {
            word
            for kind in language.kinds
            for phrasing in kind.phrasings
            for word in phrasing.split()
            if "{" not in word
        }
        numbers = map(str, range(1, language.longest + 1))
        known = (*language.words, *numbers, *sorted(said | {"do", "not"}))
        self._prompt_word = {word: number for number, word in enumerate(known, 1)}
        self._lines: dict[str, list[int]] = {}

    @property
    def tokens(self) -> int:
        """How many tokens a response is made of."""
        return len(self._token) + 2

    @property
    def prompt_words(self) -> int:
        """How many words a prompt is made of, with the one that stands for none."""
        return len(self._prompt_word) + 1

    def prompts(self, instructions: Sequence[hir.Instruction]) -> Tensor:
        """The words of prompts, (N, lines, slots); a line that is not there has no words."""
        empty = [0] * self.language.slots
        rows = []
        for each in instructions:
            lines = [self._line(line) for line in each.prompt.split("\n") if line and line != QUESTION]
            rows.append(lines + [empty] * (self.language.size - len(lines)))
        return torch.tensor(rows)

    def _line(self, line: str) -> list[int]:
        known = self._lines.get(line)
        if known is None:
            words = [self._prompt_word[word] for word in line.lower().replace(".", "").split()]
            known = self._lines[line] = words + [0] * (self.language.slots - len(words))
        return known

    def responses(self, texts: Sequence[str]) -> Tensor:
        """The tokens of texts, (N, length), each with its end if there is room for it."""
        rows = [[*(self._token[word] for word in text.split()), END] for text in texts]
        return torch.tensor([(row + [PAD] * self.length)[: self.length] for row in rows])

    def texts(self, responses: Tensor) -> list[str]:
        """What responses (N, length) say."""
        words = ("", "", *self.language.words)
        return [
            " ".join(words[token] for token in row[: row.index(END) if END in row else None])
            for row in responses.tolist()
        ]


def mask_of(responses: Tensor) -> Tensor:
    """(N, T): 1 up to and with the end of each response."""
    ends = responses == END
    return (ends.cumsum(1) - ends.long() == 0).float()


class Block(nn.Module):
    """Attention and a layer of neurons behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.before, self.between = nn.RMSNorm(WIDTH), nn.RMSNorm(WIDTH)
        self.project = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.collect = nn.Linear(WIDTH, WIDTH, bias=False)
        self.widen = nn.Linear(WIDTH, 4 * WIDTH, bias=False)
        self.narrow = nn.Linear(4 * WIDTH, WIDTH, bias=False)

    def attend(self, hidden: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values of (N, L, width), each (N, heads, L, width of a head)."""
        rows, length, _ = hidden.shape
        parts = self.project(self.before(hidden)).view(rows, length, 3, HEADS, WIDTH // HEADS)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        return query, key, value

    def finish(self, hidden: Tensor, found: Tensor) -> Tensor:
        """The hidden state (N, L, width) behind this block, of what was attended to (N, heads, L, ...)."""
        hidden = hidden + self.collect(found.transpose(1, 2).reshape(hidden.shape))
        return hidden + self.narrow(functional.gelu(self.widen(self.between(hidden)), approximate="tanh"))


Memory = list[tuple[Tensor, Tensor]]
"""Keys and values of each block, (N, heads, L, width of a head)."""


class Policy(nn.Module):
    """Writes texts.

    Args:
        codec: of its language.
    """

    def __init__(self, codec: Codec) -> None:
        super().__init__()
        self.codec = codec
        slots = codec.language.slots
        self.words = nn.Embedding(codec.prompt_words * slots, WIDTH)
        self.tokens = nn.Embedding(codec.tokens, WIDTH)
        self.places = nn.Embedding(codec.length, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(BLOCKS))
        self.last = nn.RMSNorm(WIDTH)
        self.output = nn.Linear(WIDTH, codec.tokens, bias=False)
        self.register_buffer("slots", torch.arange(slots) * codec.prompt_words, persistent=False)
        for table in (self.words, self.tokens, self.places):
            nn.init.normal_(table.weight, std=0.3)

    def read(self, prompts: Tensor) -> Memory:
        """What prompts (N, lines, slots) leave to be attended to."""
        hidden = self.words(prompts + self.slots).sum(2)
        memory = []
        for block in self.blocks:
            query, key, value = block.attend(hidden)
            memory.append((key, value))
            if block is not self.blocks[-1]:
                hidden = block.finish(hidden, functional.scaled_dot_product_attention(query, key, value))
        return memory

    def write(self, tokens: Tensor, place: int, memory: Memory, mask: Tensor | None) -> tuple[Tensor, Memory]:
        """Logits of what comes behind each of the tokens (N, L), and the memory with these.

        Args:
            tokens: PAD at place 0, where nothing was said yet.
            place: of the first one.
            memory: of everything before them.
            mask: (L, memory + L), what each may see; None for everything.
        """
        hidden = self.tokens(tokens) + self.places.weight[place : place + tokens.shape[1]]
        grown = []
        for block, (keys, values) in zip(self.blocks, memory, strict=True):
            query, key, value = block.attend(hidden)
            keys, values = torch.cat([keys, key], 2), torch.cat([values, value], 2)
            grown.append((keys, values))
            found = functional.scaled_dot_product_attention(query, keys, values, attn_mask=mask)
            hidden = block.finish(hidden, found)
        return self.output(self.last(hidden)), grown


def logprobs(policy: Policy, prompts: Tensor, which: Tensor, responses: Tensor) -> Tensor:
    """Those of each response's tokens, (N, T), given the prompt (P, lines, slots) that ``which`` (N,) names.

    A prompt is read once, however many responses it has.
    """
    memory = [(keys[which], values[which]) for keys, values in policy.read(prompts)]
    length, lines = responses.shape[1], prompts.shape[1]
    said = torch.cat([torch.full_like(responses[:, :1], PAD), responses[:, :-1]], 1)
    mask = torch.ones(length, lines + length, dtype=torch.bool).tril(lines)
    logits, _ = policy.write(said, 0, memory, mask)
    return token_logprobs(logits, responses)


class Sampled(NamedTuple):
    """Responses of a policy.

    Attributes:
        tokens: (N, T), padded behind the end.
        logprobs: (N, T), of these tokens.
        entropy: (N,), the mean over a response's tokens.
    """

    tokens: Tensor
    logprobs: Tensor
    entropy: Tensor


@torch.no_grad()
def sample(policy: Policy, prompts: Tensor, samples: int, chance: torch.Generator) -> Sampled:
    """So many responses to each prompt (P, lines, slots), those to one prompt in a row."""
    memory = [
        (keys.repeat_interleave(samples, 0), values.repeat_interleave(samples, 0))
        for keys, values in policy.read(prompts)
    ]
    token = torch.full((len(prompts) * samples, 1), PAD)
    tokens, known, entropies = [], [], []
    for place in range(policy.codec.length):
        logits, memory = policy.write(token, place, memory, None)
        logs = logits[:, 0].log_softmax(-1)
        entropies.append(-(logs.exp() * logs).sum(-1))
        token = torch.multinomial(logs.exp(), 1, generator=chance)
        tokens.append(token[:, 0])
        known.append(logs.gather(1, token)[:, 0])
    drawn = torch.stack(tokens, 1)
    mask = mask_of(drawn)
    return Sampled(
        drawn.where(mask.bool(), PAD),
        torch.stack(known, 1) * mask,
        (torch.stack(entropies, 1) * mask).sum(1) / mask.sum(1),
    )


def new_policy(language: Language, seed: int) -> Policy:
    """One that knows nothing yet."""
    torch.manual_seed(seed)
    return Policy(Codec(language))
