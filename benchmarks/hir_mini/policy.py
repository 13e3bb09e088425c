"""A decoder of 0.16 million parameters: its tokens, its sampler, and the training that it starts with."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple

import torch
from torch import Tensor
from transformers import LlamaConfig, LlamaForCausalLM

import hir_data as hir
from benchmarks.hir_mini.language import KINDS, LONGEST, QUESTION, WORDS, instruction
from hir_data.training.loss import token_logprobs

Policy = LlamaForCausalLM

PAD, GO, END = "<pad>", "<go>", "<end>"
VOCABULARY = (
    *(PAD, GO, END, QUESTION, *WORDS, *map(str, range(1, LONGEST + 1))),
    *sorted({word for kind in KINDS for text in kind.phrasings for word in text.split() if "{" not in word}),
)
NUMBER = {word: number for number, word in enumerate(VOCABULARY)}
PROMPT, RESPONSE = 19, LONGEST + 1  # tokens


class Sampled(NamedTuple):
    """Responses of a policy.

    Attributes:
        tokens: (N, RESPONSE), the padding behind the end included.
        logprobs: (N, RESPONSE), of these tokens.
        entropy: (N,), the mean over a response's tokens.
    """

    tokens: Tensor
    logprobs: Tensor
    entropy: Tensor

    def texts(self) -> list[str]:
        """What they say."""
        rows = ([VOCABULARY[token] for token in row] for row in self.tokens.tolist())
        return [" ".join(row[: row.index(END)] if END in row else row) for row in rows]


def prompts_of(instructions: Sequence[hir.Instruction]) -> Tensor:
    """The tokens of prompts (N, PROMPT). They all end in the same place; padding is a token like others."""
    rows = [[*(NUMBER[word] for word in each.prompt.split()), NUMBER[GO]] for each in instructions]
    return torch.tensor([[NUMBER[PAD]] * (PROMPT - len(row)) + row for row in rows])


def responses_of(texts: Sequence[str]) -> Tensor:
    """The tokens of responses (N, RESPONSE)."""
    rows = [[*(NUMBER[word] for word in text.split()), NUMBER[END]] for text in texts]
    return torch.tensor([(row + [NUMBER[PAD]] * RESPONSE)[:RESPONSE] for row in rows])


def mask_of(responses: Tensor) -> Tensor:
    """(N, RESPONSE): 1 up to and with the end of each response."""
    ended = (responses == NUMBER[END]).cumsum(1) - (responses == NUMBER[END]).long()
    return (ended == 0).float()


def new_policy(seed: int) -> Policy:
    """One that knows nothing yet."""
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=80,
        intermediate_size=216,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=64,
        pad_token_id=None,
        tie_word_embeddings=True,
    )
    return LlamaForCausalLM(config)


def logprobs(policy: Policy, prompts: Tensor, asked: Tensor, responses: Tensor) -> Tensor:
    """Those of each response's tokens, (N, RESPONSE), given the prompt (P, PROMPT) that ``asked`` (N,) names.

    A prompt is read once, however many responses it has.
    """
    read = policy(prompts, logits_to_keep=1, use_cache=True)
    cache = read.past_key_values
    cache.batch_select_indices(asked)
    rest = policy(responses[:, :-1], cache=cache, use_cache=True).logits
    return token_logprobs(torch.cat([read.logits[asked], rest], dim=1), responses)


@torch.no_grad()
def sample(policy: Policy, prompts: Tensor, samples: int, chance: torch.Generator | None = None) -> Sampled:
    """So many responses to each prompt, those to one prompt in a row; the likeliest tokens without chance."""
    known = policy(prompts, logits_to_keep=1, use_cache=True)
    cache, logits = known.past_key_values, known.logits[:, -1].repeat_interleave(samples, 0)
    cache.batch_repeat_interleave(samples)
    tokens, known_logs, entropies = [], [], []
    for place in range(RESPONSE):
        logs = logits.log_softmax(-1)
        entropies.append(-(logs.exp() * logs).sum(-1))
        if chance is None:
            tokens.append(logs.argmax(-1))
        else:
            tokens.append(torch.multinomial(logs.exp(), 1, generator=chance).squeeze(1))
        known_logs.append(logs.gather(1, tokens[-1][:, None]).squeeze(1))
        if place + 1 < RESPONSE:
            logits = policy(tokens[-1][:, None], cache=cache, use_cache=True).logits[:, -1]
    drawn = torch.stack(tokens, dim=1)
    mask = mask_of(drawn)
    return Sampled(
        drawn.where(mask.bool(), NUMBER[PAD]),
        torch.stack(known_logs, 1) * mask,
        (torch.stack(entropies, 1) * mask).sum(1) / mask.sum(1),
    )


def pretrain(
    policy: Policy, examples: Sequence[tuple[hir.Instruction, str]], seed: int, *, rows: int, rate: float
) -> Iterator[int]:
    """Learn to write a text that an instruction is true of, step by step, as long as steps are asked for.

    Of each instruction some of the constraints are left out at random, so that short ones are known too.
    """
    rng = Random(f"{seed}:pretraining")
    optimizer = torch.optim.AdamW(policy.parameters(), lr=rate, weight_decay=0.0)
    responses = responses_of([text for _, text in examples])
    step = 0
    while True:
        chosen = [rng.randrange(len(examples)) for _ in range(rows)]
        asked = [shortened(examples[index][0], rng) for index in chosen]
        answers = responses[chosen]
        mask = mask_of(answers)
        loss = -(logprobs(policy, prompts_of(asked), torch.arange(rows), answers) * mask).sum() / mask.sum()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        step += 1
        yield step


def shortened(asked: hir.Instruction, rng: Random) -> hir.Instruction:
    """An instruction with some of its constraints, in another order and other words."""
    return instruction(rng.sample(asked.constraints, rng.randint(1, len(asked.constraints))), rng)
