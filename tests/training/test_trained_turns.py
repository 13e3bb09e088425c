"""Conversations of several turns: the same update in one sequence as in many rows."""

from itertools import pairwise
from typing import Any

import pytest
import trained
from hypothesis import given
from hypothesis import strategies as st
from samples import NO_COMMA, rollout
from tiny_model import transformers
from typer.testing import CliRunner

import hir_data as hir
from hir_data.cli.main import app
from hir_data.errors import TrainingError
from hir_data.replays import dataset
from hir_data.schemas.replay import ReplaySample
from hir_data.training.objective import compute_advantages
from hir_data.training.rows import Encoder, TrainingRows
from hir_data.training.turns import EarlierTurns, shared_sequences

SAID = ["The sea.", "The moon pulls, and the tide.", "It goes out again."]
ASKED = ["Tea?", "Why is the sea salty?", "And again?"]


def conversation(turns: int, start: str = "", **fields: Any) -> hir.Instruction:
    """So many turns of the user, all but the last answered; ``fields`` are those of the first answer."""
    messages: list[dict[str, Any]] = []
    for number in range(turns):
        messages.append({"role": "user", "content": f"{start}{ASKED[number]}"})
        messages.append({"role": "assistant", "content": SAID[number]} | (fields if number == 0 else {}))
    return hir.Instruction(messages=messages[:-1], constraints=[NO_COMMA])


def answered(
    id: str, instruction: hir.Instruction, reward: float, group: str, text: str = ""
) -> ReplaySample:
    text = text or SAID[instruction.turn - 1]
    return rollout(id, instruction, text, reward=float(reward == 1), cla=reward, group=group)


def by_turn() -> list[ReplaySample]:
    """Two conversations of three turns, each turn with a verdict of its own, and another last turn."""
    samples = [
        answered(f"{start}{turn}", conversation(turn, start), (turn + place) % 3 / 2, f"turn {turn}")
        for place, start in enumerate(("", "Well! "))
        for turn in (1, 2, 3)
    ]
    return [*samples, answered("other", conversation(3), 1, "turn 3", "Out.")]


def encoded(model: str, samples: list[ReplaySample], **options: Any) -> TrainingRows:
    tokenizer = transformers.AutoTokenizer.from_pretrained(model)
    return Encoder(tokenizer, [0], trained.settings(**options)).rows(samples)


@pytest.mark.parametrize("free", [False, True], ids=["padded", "padding-free"])
@pytest.mark.parametrize(
    "options", [{}, {"aggregate": "sequence-mean", "ratio": "sequence", "old_logprobs": "paper"}], ids=str
)
def test_turns_that_are_read_at_once_make_the_update_of_rows(options, free, model, tmp_path):
    data = trained.write(tmp_path / "data", by_turn())
    common = {"padding_free": free, "batch_size": 99, "epochs": 2, "micro_batch": 2, **options}
    apart = trained.run(data, model, tmp_path / "apart", turns="last", **common)
    at_once = trained.run(data, model, tmp_path / "at-once", turns="all", **common)
    assert trained.distance(tmp_path / "apart", tmp_path / "at-once") < 1e-6
    assert trained.distance(model, tmp_path / "at-once") > 5e-4
    assert (apart.plan.rows, apart.plan.sequences, at_once.plan.rows, at_once.plan.sequences) == (7, 7, 7, 3)
    assert at_once.plan.response_tokens == apart.plan.response_tokens
    assert at_once.plan.tokens < 0.7 * apart.plan.tokens
    assert at_once.figures["tokens"] == at_once.plan.tokens
    same = {"loss", "rollout/reward", "kl", "rollout/mass", "entropy"}
    assert {name: at_once.figures[name] for name in same} == pytest.approx(
        {name: apart.figures[name] for name in same}, rel=1e-4
    )


@pytest.mark.parametrize("free", [False, True], ids=["padded", "padding-free"])
@pytest.mark.parametrize("rewards", [None, (0.25, 1.0, 0.5)], ids=["of-the-sample", "of-the-turn"])
def test_earlier_messages_are_rows_of_their_own(rewards, free, model, tmp_path):
    """As if each earlier message were a sample, with the reward of its turn or else that of the response."""
    last = (1.0, 0.0, 0.5)
    starts = ("", "Well! ", "So? ")
    fields = [{} if rewards is None else {"reward": reward} for reward in rewards or last]
    turns = [
        answered(start or "first", conversation(2, start, **own), reward, "last")
        for start, own, reward in zip(starts, fields, last, strict=True)
    ]
    rows = [
        answered(f"{start}1", conversation(1, start), reward, "earlier")
        for start, reward in zip(starts, rewards or last, strict=True)
    ]
    common = {"padding_free": free, "batch_size": 99, "advantage": "baseline", "aggregate": "token-mean"}
    trained.run(trained.write(tmp_path / "rows", [*turns, *rows]), model, tmp_path / "apart", **common)
    data = trained.write(tmp_path / "turns", turns)
    done = trained.run(data, model, tmp_path / "at-once", turns="all", **common)
    assert trained.distance(tmp_path / "apart", tmp_path / "at-once") < 1e-6
    assert trained.distance(model, tmp_path / "at-once") > 5e-4
    assert (done.plan.rows, done.plan.sequences) == (6, 3)


def test_an_earlier_message_has_the_advantage_of_its_sample(model):
    samples = [
        answered("a", conversation(3), 1, "g"),
        answered("b", conversation(3, "Well! "), 0, "g"),
    ]
    rows = encoded(model, samples, turns="all").kept
    assert [row.credited_to for row in rows] == ["a", "a", None, "b", "b", None]
    alone = encoded(model, samples).kept
    for options in ({}, {"advantage": "reinforce++"}, {"loss": "sft"}, {"statistics": "all"}):
        chosen = trained.settings(**options)
        first, second = compute_advantages(alone, chosen).tolist()
        assert compute_advantages(rows, chosen).tolist() == [first] * 3 + [second] * 3


def test_what_is_no_turn_to_train_on_is_counted(model):
    samples = [
        answered("weight", conversation(2, weight=0), 1, "g"),
        answered("reward", conversation(2, "Well! ", reward="high"), 1, "g"),
        answered("boolean", conversation(2, "So? ", reward=True), 1, "g"),
        answered("kept", conversation(2, "Oh? ", weight=1, reward=0.5), 1, "g"),
    ]
    replay = samples[0].model_copy(update={"id": "replay", "origin": "replay", "source_id": "weight"})
    rows = encoded(model, [*samples, replay], turns="all")
    assert [row.id for row in rows.kept if row.id not in {each.id for each in samples}] == [
        "kept message 1",
        "replay",
    ]
    assert rows.left_out == {
        "is an earlier turn of weight 0": 1,
        "is an earlier turn with a reward that is no number from 0 to 1": 2,
    }
    with pytest.raises(TrainingError, match=r"message 1 has no log-probabilities: .*--turns last"):
        drawn = samples[3].sampling or hir.Sampling(token_ids=[5], logprobs=[-1.0], temperature=1.0)
        tokens = encoded(model, samples[3:4]).kept[0].response.tolist()
        drawn = drawn.model_copy(update={"token_ids": tuple(tokens), "logprobs": (-1.0,) * len(tokens)})
        encoded(
            model, [samples[3].model_copy(update={"sampling": drawn})], turns="all", old_logprobs="stored"
        )


def test_messages_that_call_tools_are_no_turns():
    call = [{"type": "function", "function": {"name": "tide", "arguments": "{}"}}]
    (problem,) = EarlierTurns().of(answered("calls", conversation(2, tool_calls=call), 1, "g"))
    assert isinstance(problem, hir.RecordError) and problem.problem == "is an earlier turn that calls tools"


def test_a_turn_that_is_left_out_as_a_sample_is_left_out(model):
    undetermined = {"verdicts": (None,), "reward": 0, "cla": 0}
    first = answered("1", conversation(1), 1, "g").model_copy(update=undetermined)
    rows = encoded(model, [answered("2", conversation(2), 1, "g"), first], turns="all")
    assert [row.id for row in rows.kept] == ["2"]
    assert rows.left_out == {"its verdicts are undetermined": 1}


def test_a_template_that_leaves_reasoning_out_of_the_past_keeps_turns_apart(model):
    tokenizer = transformers.AutoTokenizer.from_pretrained(model)
    thought = answered("1", conversation(1), 1, "g").model_copy(
        update={"original": f"<think>the sea</think>{SAID[0]}"}
    )
    samples = [thought, answered("2", conversation(2), 0, "g")]
    rows = Encoder(tokenizer, [0], trained.settings(turns="all")).rows(samples).kept
    assert [row.read_as for row in rows] == ["1", "2"]


TOKENS = st.lists(st.integers(0, 1), min_size=1, max_size=5)


@given(st.lists(st.tuples(TOKENS, TOKENS), max_size=8))
def test_a_sequence_is_one_row_in_the_next(pairs):
    ends = shared_sequences(pairs)
    whole = [prompt + response for prompt, response in pairs]
    for end in set(ends):
        turns = sorted((at for at, last in enumerate(ends) if last == end), key=lambda at: len(whole[at]))
        assert turns[-1] == end
        for one, other in pairwise(turns):
            assert pairs[other][0][: len(whole[one])] == whole[one]
    fits = [
        (one, other)
        for one in range(len(pairs))
        for other in range(len(pairs))
        if pairs[other][0][: len(whole[one])] == whole[one]
    ]
    assert bool(fits) == (len(set(ends)) < len(ends))


def test_a_row_is_shown_with_all_turns_that_are_trained_on(model, tmp_path):
    data = trained.write(tmp_path / "data", by_turn())
    command = ["train", str(data), "--model", model, "--turns", "all", "--show-row", "2"]
    shown = CliRunner().invoke(app, command)
    assert shown.exit_code == 0, shown.output
    parts = [line.partition(":")[0] for line in shown.output.splitlines() if line.startswith("-- ")]
    assert parts == ["-- prompt", "-- response", "-- end of turn"] * 3
    shown = CliRunner().invoke(app, [*command[:6], "--dry-run"])
    assert "turns of conversations are read in 3" in shown.output


def test_rewards_of_messages_are_kept_in_a_data_set(tmp_path):
    sample = answered("a", conversation(2, reward=0.5, weight=1), 1, "g")
    (read,) = dataset.read_samples(trained.write(tmp_path / "data", [sample]))
    assert read.instruction.messages[1].other.value == {"reward": 0.5, "weight": 1}
