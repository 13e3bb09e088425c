"""Samples as rows of tokens: what a model reads, and what it is trained to say."""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from hir_data.errors import RecordError, TrainingError
from hir_data.instructions.feedback import feedback_text, violations, with_feedback
from hir_data.models.chat_template import ChatTemplate, Reply
from hir_data.models.template_text import ChatPrompt
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.replay import ReplaySample
from hir_data.schemas.rollout import Sampling
from hir_data.text.thinking import reasoning_beside
from hir_data.training.settings import TrainConfig
from hir_data.training.turns import EarlierTurns, Key, shared_sequences


@dataclass(frozen=True, slots=True, eq=False)
class TrainingRow:
    """A sample as tokens.

    Attributes:
        id: of the sample.
        group: what rewards are compared within.
        pair: what stays in one step: the id of the rollout, also in its replays.
        replay: whether it is one.
        reward: of the response.
        prompt: tokens of the row's own prompt.
        response: tokens of the response, with the end of sequence where there was one.
        source_prompt: tokens of the prompt that a replay's response was drawn for; only where wanted.
        stored: the log-probabilities that the response was drawn with; only where wanted.
        teacher_prompt: tokens of the prompt with what is wrong with the response, with ``--loss sdpo``; None
            of successes and replays.
        bits: how much the instruction of a replay says; None where nothing was measured.
        credited_to: the id of the row whose advantage this one has; None for one of its own.
        sequence: rows of one name are turns of one conversation, each of which begins with all tokens of the
            one before it; they are read at once. None for a row that is read alone.
    """

    id: str
    group: str
    pair: str
    replay: bool
    reward: float
    prompt: Tensor
    response: Tensor
    source_prompt: Tensor | None = None
    stored: Tensor | None = None
    teacher_prompt: Tensor | None = None
    bits: float | None = None
    credited_to: str | None = None
    sequence: str | None = None

    def __len__(self) -> int:
        return len(self.prompt) + len(self.response)

    @property
    def read_as(self) -> str:
        """What all rows that are read at once have in common."""
        return self.sequence or self.id


@dataclass(slots=True)
class TrainingRows:
    """The rows of a data set, in its order.

    Attributes:
        kept: those that are trained on.
        left_out: how many samples are not, by reason.
        retokenized: how many responses have no tokens of this model, so that their text was taken.
    """

    kept: list[TrainingRow] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    retokenized: int = 0

    @property
    def replays(self) -> Tensor:
        """Which of them are replays."""
        return torch.tensor([row.replay for row in self.kept], dtype=torch.bool)

    def keep(self, wanted: Tensor, reason: str) -> None:
        """Leave out the rows that are not wanted, (N,)."""
        if out := int((~wanted).sum()):
            self.left_out[reason] += out
            self.kept = [row for row, keeps in zip(self.kept, wanted.tolist(), strict=True) if keeps]


class Encoder:
    """Makes rows of samples with the tokenizer of a model.

    Args:
        tokenizer: of the model.
        ends: the tokens that end a response.
        settings: how the model is trained.
        context: tokens that the model reads at most, if that is known.
    """

    def __init__(
        self, tokenizer: Any, ends: Iterable[int], settings: TrainConfig, context: int | None = None
    ) -> None:
        self._template = ChatTemplate(tokenizer, frozenset(ends), allow_templated=settings.allow_templated)
        self._template.check_options(settings.template_option)
        self._settings = settings
        self._limit = min(settings.max_length, context or settings.max_length)
        self._prompt = lru_cache(64)(self._encoded)  # the rollouts of a prompt lie together

    @property
    def ends(self) -> list[int]:
        """The tokens that end a response."""
        return self._template.ends

    def rows(self, samples: Iterable[ReplaySample]) -> TrainingRows:
        """The rows of samples.

        Raises:
            TrainingError: the log-probabilities that the settings ask for are not there.
        """
        rows = TrainingRows()
        if self._settings.turns == "last":
            rows.kept.extend(row for _, row in self._each(samples, rows))
            return rows
        turns, keys = EarlierTurns(self._settings.without_thinking), dict[str, Key]()
        for sample, row in self._each(map(turns.noted, samples), rows):
            for earlier, key in self._earlier(sample, row, turns, rows):
                keys[earlier.id] = key
                rows.kept.append(earlier)
            rows.kept.append(row)
        kept = [row for row in rows.kept if row.id not in keys or not turns.are_responses(keys[row.id])]
        places = shared_sequences([(row.prompt.tolist(), row.response.tolist()) for row in kept])
        rows.kept = [replace(row, sequence=kept[last].id) for row, last in zip(kept, places, strict=True)]
        return rows

    def _each(
        self, samples: Iterable[ReplaySample], rows: TrainingRows
    ) -> Iterator[tuple[ReplaySample, TrainingRow]]:
        prompts: dict[str, Instruction] = {}  # of rollouts, for their replays
        for sample in samples:
            if sample.origin == "rollout":
                prompts[sample.id] = sample.instruction
            if self._settings.origin not in ("all", sample.origin):
                rows.left_out[f"is a {sample.origin}"] += 1
            elif _undetermined(sample, self._settings.reward):
                rows.left_out["its verdicts are undetermined"] += 1
            elif self._settings.reward == "degree" and sample.degree is None:
                raise TrainingError(
                    f"{sample.id}: --reward degree needs to know how far the constraints are satisfied: "
                    "run hir-data verify with --degree, and replay again"
                )
            else:
                try:
                    row, drawn = self._row(sample, prompts)
                except RecordError as error:
                    rows.left_out[error.problem] += 1
                    continue
                if problem := self._problem(row):
                    rows.left_out[problem] += 1
                else:
                    rows.retokenized += not drawn
                    yield sample, row

    def _earlier(
        self, sample: ReplaySample, row: TrainingRow, turns: EarlierTurns, rows: TrainingRows
    ) -> Iterator[tuple[TrainingRow, Key]]:
        """The rows of the assistant messages before the response of a sample, whose own row is ``row``.

        Raises:
            TrainingError: log-probabilities that they were drawn with are asked for.
        """
        for turn in turns.of(sample):
            if isinstance(turn, RecordError):
                rows.left_out[turn.problem] += 1
                continue
            if self._settings.stored_by and not turns.are_responses(turn.key):
                raise TrainingError(
                    f"{sample.id}: message {turn.number} has no log-probabilities: "
                    f"{self._settings.stored_by} cannot take it (--turns last does without)"
                )
            date = sample.sampling.date if sample.sampling else None
            try:
                prompt = self._prompt(turn.instruction, date)
                response = self._template.response(prompt, turn.reply)
            except RecordError as error:
                rows.left_out[f"is an earlier turn: {error.problem}"] += 1
                continue
            own = turn.reward is not None
            earlier = replace(
                row,
                id=f"{sample.id} message {turn.number}",
                group=f"{row.group} message {turn.number}" if own else row.group,
                reward=row.reward if turn.reward is None else turn.reward,
                prompt=_tensor(prompt.tokens),
                response=_tensor(response.tokens),
                stored=None,
                teacher_prompt=None,
                credited_to=None if own else row.id,
            )
            if problem := self._problem(earlier):
                rows.left_out[f"is an earlier turn: {problem}"] += 1
            else:
                yield earlier, turn.key

    def _row(self, sample: ReplaySample, prompts: Mapping[str, Instruction]) -> tuple[TrainingRow, bool]:
        """The row of a sample, and whether its tokens are those that were drawn.

        Raises:
            RecordError: the chat template has no row of it.
        """
        old, replay = self._settings.old_logprobs, sample.origin == "replay"
        needs_stored = old == "stored" or (self._settings.behaviour_correction > 0 and not replay)
        date = sample.sampling.date if sample.sampling else None
        prompt = self._prompt(sample.instruction, date)
        response = self._template.response(prompt, self._reply(sample))
        row = TrainingRow(
            id=sample.id,
            group=sample.group,
            pair=sample.drawn_for,
            replay=replay,
            reward=_reward(sample, self._settings.reward),
            prompt=_tensor(prompt.tokens),
            response=_tensor(response.tokens),
            source_prompt=self._source_prompt(sample, prompts) if replay and old == "paper" else None,
            stored=self._stored(sample, response.stored) if needs_stored else None,
            teacher_prompt=self._teacher_prompt(sample, date) if self._settings.loss == "sdpo" else None,
            bits=sample.instruction_bits if replay else None,
        )
        return row, response.stored

    def _teacher_prompt(self, sample: ReplaySample, date: str | None) -> Tensor | None:
        """The prompt of a failed rollout with the reasons of its verdicts.

        Raises:
            RecordError: the data set does not have them.
        """
        if sample.origin == "replay" or False not in sample.verdicts:
            return None
        if len(sample.reasons) != len(sample.verdicts):
            raise RecordError(
                "its data set does not say what was found, which --loss sdpo needs: replay anew"
            )
        instruction = sample.instruction
        violated = violations(instruction.constraints, sample.verdicts, sample.reasons)
        return _tensor(self._prompt(with_feedback(instruction, feedback_text(violated)), date).tokens)

    def _encoded(self, instruction: Instruction, date: str | None) -> ChatPrompt:
        if self._settings.system:
            instruction = instruction.with_system(self._settings.system)
        arguments = {**self._settings.template_option, **instruction.template_arguments()}
        day = datetime.date.fromisoformat(date) if date else None
        return self._template.prompt(instruction.chat(), arguments, day)

    def _reply(self, sample: ReplaySample) -> Reply:
        sampling = sample.sampling or Sampling()
        complete = sampling.finish_reason != "length"
        if self._settings.without_thinking:
            tokens = sampling.token_ids if sample.original is None else None
            return Reply(sample.response, complete=complete, token_ids=tokens)
        return Reply(
            sample.response, sample.original, reasoning_beside(sample.metadata), complete, sampling.token_ids
        )

    def _source_prompt(self, sample: ReplaySample, prompts: Mapping[str, Instruction]) -> Tensor:
        if sample.drawn_for not in prompts:
            raise TrainingError(
                f"{sample.id}: its source {sample.drawn_for} is not before it in the data set; "
                "--old-logprobs paper needs its prompt"
            )
        date = sample.sampling.date if sample.sampling else None
        return _tensor(self._prompt(prompts[sample.drawn_for], date).tokens)

    def _stored(self, sample: ReplaySample, tokens_match: bool) -> Tensor:
        sampling = sample.sampling or Sampling()
        temperature = sampling.logprobs_temperature or sampling.temperature
        if sample.drawn_for != sample.id:
            problem = f"its log-probabilities are given the prompt of {sample.drawn_for}"
        elif sampling.logprobs is None:
            problem = "it has no log-probabilities"
        elif not tokens_match:
            problem = "its tokens are not those of this model's tokenizer"
        elif temperature is not None and temperature != self._settings.temperature:
            problem = f"its log-probabilities are those at --temperature {temperature:g}"
        else:
            return torch.tensor(sampling.logprobs)
        raise TrainingError(
            f"{sample.id}: {problem}: {self._settings.stored_by} cannot take them "
            + (
                "(--old-logprobs recompute can do without"
                if self._settings.old_logprobs == "stored"
                else "(without that option they are not needed"
            )
            + (", --origin rollout leaves replays out)" if sample.origin == "replay" else ")")
        )

    def _problem(self, row: TrainingRow) -> str:
        """Why a row cannot be trained on; empty if it can."""
        if not len(row.prompt):
            return "its prompt has no tokens"
        if not len(row.response):
            return "its response has no tokens"
        if len(row.prompt) >= self._limit:
            return f"its prompt alone has {self._limit} tokens or more"
        if len(row) > self._limit:
            return f"prompt and response have more than {self._limit} tokens"
        if row.teacher_prompt is not None and len(row.teacher_prompt) + len(row.response) > self._limit:
            return f"response and its prompt with feedback have more than {self._limit} tokens"
        if row.source_prompt is not None and len(row.source_prompt) + len(row.response) > self._limit:
            return f"response and the prompt of its source have more than {self._limit} tokens"
        return ""


def _undetermined(sample: ReplaySample, reward: str) -> bool:
    """Whether the reward of a sample is not known."""
    return None in sample.verdicts and (reward != "ila" or False not in sample.verdicts)


def _reward(sample: ReplaySample, reward: str) -> float:
    rewards = {"ila": sample.reward, "cla": sample.cla, "degree": sample.degree}
    return rewards[reward] or 0.0


def _tensor(tokens: Iterable[int]) -> Tensor:
    return torch.tensor(tuple(tokens), dtype=torch.int32)
