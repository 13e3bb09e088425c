"""Samples as rows of tokens, and rows as the tensors of a micro-batch."""

from typing import Any

import pytest
import trained
from hypothesis import given
from hypothesis import strategies as st
from samples import NO_COMMA, SEA, TEA, TWO, UNDETERMINED, asking, rollout
from tiny_model import torch, transformers

import hir_data as hir
from hir_data.errors import ModelError, TrainingError
from hir_data.models.chat_template import NO_PLACE, NO_REASONING
from hir_data.schemas.rollout import Sampling
from hir_data.training.collator import sequences
from hir_data.training.rows import Encoder, TrainingRows

END = 0
REPLAY = {"origin": "replay", "source_id": "tea/0"}


@pytest.fixture(scope="session")
def tokenizer(model) -> Any:
    return transformers.AutoTokenizer.from_pretrained(model)


def encoded(tokenizer: Any, *samples: Any, context: int | None = None, **options: Any) -> TrainingRows:
    settings = trained.settings(**options)
    return Encoder(tokenizer, [END], settings, context).rows(samples)


def tokens(tokenizer: Any, text: str) -> list[int]:
    return tokenizer(text, add_special_tokens=False)["input_ids"]


def sampled(tokenizer: Any, text: str, end: bool = True, **more: Any) -> Sampling:
    ids = tokens(tokenizer, text) + [END] * end
    return Sampling(**({"token_ids": ids, "logprobs": [-1.0] * len(ids), "temperature": 1.0} | more))


def test_a_prompt_is_that_of_a_conversation(tokenizer):
    (row,) = encoded(tokenizer, rollout("tea/0", TEA, "Tea for two.")).kept
    text = f"<|user|>{TEA.prompt}<|end|><|assistant|>"
    assert row.prompt.tolist() == tokens(tokenizer, text)
    (row,) = encoded(tokenizer, rollout("tea/0", TEA, "Tea."), system="Be brief.").kept
    assert row.prompt.tolist() == tokens(tokenizer, f"<|system|>Be brief.<|end|>{text}")


def test_a_conversation_that_the_template_refuses_is_left_out(model):
    tokenizer = transformers.AutoTokenizer.from_pretrained(model)
    tokenizer.chat_template = "{{ raise_exception('no') }}"
    rows = encoded(tokenizer, rollout("tea/0", TEA, "Tea."))
    assert rows.left_out == {"the chat template refuses the conversation: no": 1}


SAID = st.from_regex(r"[A-Za-z.?!]([A-Za-z .?!\n]{0,20}[A-Za-z.?!])?", fullmatch=True)


@st.composite
def conversations(draw: st.DrawFn) -> list[dict[str, str]]:
    """A system message or none, answered turns, and a last message of the user."""
    turns = draw(st.lists(st.tuples(SAID, SAID), max_size=3))
    messages = [{"role": "system", "content": text} for text in draw(st.lists(SAID, max_size=1))]
    for asked, answer in turns:
        messages += [{"role": "user", "content": asked}, {"role": "assistant", "content": answer}]
    return [*messages, {"role": "user", "content": draw(SAID)}]


@given(messages=conversations(), answer=SAID)
def test_a_row_is_the_whole_conversation_and_the_answer(tokenizer, messages, answer):
    instruction = hir.Instruction(messages=messages, constraints=[NO_COMMA])
    (row,) = encoded(tokenizer, rollout("tea/0", instruction, answer)).kept
    prompt = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    assert row.prompt.tolist() == tokens(tokenizer, prompt)
    assert all(message["content"] in prompt for message in messages)
    assert row.response.tolist() == [*tokens(tokenizer, answer), *tokens(tokenizer, "<|end|>")]


def test_a_row_has_the_whole_conversation(tokenizer):
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "The sea?"},
        {"role": "assistant", "content": "It is."},
        {"role": "user", "content": "The moon?"},
    ]
    instruction = hir.Instruction(messages=messages, constraints=[NO_COMMA])
    (row,) = encoded(tokenizer, rollout("tea/0", instruction, "Tea.")).kept
    said = "".join(f"<|{message['role']}|>{message['content']}<|end|>" for message in messages)
    assert row.prompt.tolist() == tokens(tokenizer, f"{said}<|assistant|>")


def test_reasoning_beside_the_answer_is_trained_on(model):
    tokenizer = transformers.AutoTokenizer.from_pretrained(model)
    tokenizer.chat_template = tokenizer.chat_template.replace(
        "|assistant|>{% endif", "|assistant|><think>\n{% endif"
    )
    beside = rollout("tea/0", TEA, "Tea.", metadata={"reasoning": "the sea"})
    without = rollout("tea/1", TEA, "Tea.")
    rows = encoded(tokenizer, beside, without)
    assert [tokenizer.decode(row.response) for row in rows.kept] == ["the sea\n</think>\n\nTea.<|end|>"]
    assert rows.left_out == {NO_REASONING: 1}


def test_answers_alone(tokenizer):
    inline = rollout("tea/0", TEA, "Tea.", original="<think>the sea</think>Tea.")
    beside = rollout("tea/1", TEA, "Tea.", metadata={"reasoning": "the sea"})
    rows = encoded(tokenizer, inline, beside, without_thinking=True)
    assert [tokenizer.decode(row.response) for row in rows.kept] == ["Tea.<|end|>"] * 2
    rows = encoded(tokenizer, inline, beside)
    assert [tokenizer.decode(row.response) for row in rows.kept] == ["<think>the sea</think>Tea.<|end|>"]
    assert rows.left_out == {NO_PLACE: 1}


def test_template_options_of_the_record_win(model):
    tokenizer = transformers.AutoTokenizer.from_pretrained(model)
    tokenizer.chat_template += "{{ mood }}"
    glad = hir.Instruction(prompt=TEA.prompt, constraints=TEA.constraints, template_options={"mood": "glad"})
    samples = [rollout("tea/0", glad, "Tea."), rollout("tea/1", TEA, "Tea.")]
    rows = encoded(tokenizer, *samples, template_option={"mood": "sad"})
    ends = [tokenizer.decode(row.prompt).rpartition("<|assistant|>")[2] for row in rows.kept]
    assert ends == ["glad", "sad"]
    with pytest.raises(ModelError, match="--template-option mod"):
        encoded(tokenizer, template_option={"mod": "sad"})


def test_drawn_tokens_are_kept_as_they_are(tokenizer):
    ids = [*(token for letter in "the sea" for token in tokens(tokenizer, letter)), END]
    assert ids[:-1] != tokens(tokenizer, "the sea")  # but they say the same
    rows = encoded(tokenizer, rollout("tea/0", TEA, "the sea", sampling=Sampling(token_ids=ids)))
    assert (rows.kept[0].response.tolist(), rows.retokenized) == (ids, 0)


@pytest.mark.parametrize(
    ("sampling", "ended"),
    [
        (None, True),
        (Sampling(finish_reason="stop"), True),
        (Sampling(finish_reason="length"), False),
        (Sampling(token_ids=(5, 6, 7)), True),  # say something else
        (Sampling(token_ids=(5, 99_999)), True),  # of a larger vocabulary
        (Sampling(token_ids=()), True),
    ],
    ids=str,
)
def test_other_text_is_made_into_tokens(sampling, ended, tokenizer):
    rows = encoded(tokenizer, rollout("tea/0", TEA, "Tea, hot.", sampling=sampling))
    assert rows.kept[0].response.tolist() == tokens(tokenizer, "Tea, hot.") + [END] * ended
    assert rows.retokenized == 1


def test_thinking_is_trained_on(tokenizer):
    (row,) = encoded(tokenizer, rollout("tea/0", TEA, "Tea.", original="<think>Hm.</think>Tea.")).kept
    assert row.response.tolist() == [*tokens(tokenizer, "<think>Hm.</think>Tea."), END]


def test_what_is_left_out_is_counted(tokenizer):
    undetermined = rollout("sea/3", SEA, "Who, me?", **UNDETERMINED)
    failed = rollout("sea/4", SEA, "Who, me?", verdicts=(False, None), reward=0, cla=0)
    rows = encoded(tokenizer, undetermined, failed, reward="ila")
    assert [row.id for row in rows.kept] == ["sea/4"]
    assert rows.left_out == {"its verdicts are undetermined": 1}
    rows = encoded(tokenizer, undetermined, failed, reward="cla")
    assert (rows.kept, rows.left_out) == ([], {"its verdicts are undetermined": 2})
    replay = rollout("tea/0/replay", TEA, "Tea.", **REPLAY)
    rows = encoded(tokenizer, failed, replay, origin="replay")
    assert ([row.id for row in rows.kept], rows.left_out) == (["tea/0/replay"], {"is a rollout": 1})
    measured = rollout("tea/0/replay", TEA, "Tea.", instruction_bits=2.5, **REPLAY)
    assert [row.bits for row in encoded(tokenizer, failed, replay, measured).kept] == [None, 2.5]


def test_long_rows_are_left_out_and_never_cut(tokenizer):
    sample = rollout("tea/0", TEA, "Tea for two.")
    (row,) = encoded(tokenizer, sample).kept
    length = len(row)
    assert len(encoded(tokenizer, sample, max_length=length).kept[0]) == length
    for options in ({"max_length": length - 1}, {"context": length - 1}):
        rows = encoded(tokenizer, sample, **options)
        assert rows.left_out == {f"prompt and response have more than {length - 1} tokens": 1}
        assert not rows.kept
    prompt = len(row.prompt)
    rows = encoded(tokenizer, sample, max_length=prompt)
    assert rows.left_out == {f"its prompt alone has {prompt} tokens or more": 1}


def test_the_prompt_of_the_source(tokenizer):
    source = rollout("tea/0", TEA, "Tea for two.")
    replay = rollout("tea/0/replay", asking("Tea?", NO_COMMA, TWO), "Tea for two.", **REPLAY)
    rows = encoded(tokenizer, source, replay, old_logprobs="paper").kept
    assert [row.pair for row in rows] == ["tea/0", "tea/0"]
    assert rows[0].source_prompt is None
    assert rows[1].source_prompt.tolist() == rows[0].prompt.tolist() != rows[1].prompt.tolist()
    with pytest.raises(TrainingError, match="tea/0/replay: its source tea/0 is not before it"):
        encoded(tokenizer, replay, old_logprobs="paper")
    wordy = rollout("tea/0", TEA.model_copy(update={"prompt": "Tea? " * 60}), "Tea for two.")
    rows = encoded(tokenizer, wordy, replay, old_logprobs="paper", max_length=120)
    assert not rows.kept
    assert "response and the prompt of its source have more than 120 tokens" in rows.left_out


@pytest.mark.parametrize(
    ("sampling", "more", "options", "problem"),
    [
        (None, {}, {}, "it has no log-probabilities"),
        ({"logprobs": None}, {}, {}, "it has no log-probabilities"),
        ({"token_ids": None}, {}, {}, "its tokens are not those of this model's tokenizer"),
        ({"token_ids": [5, 6, 7], "logprobs": [-1] * 3}, {}, {}, "its tokens are not those of this model's"),
        ({"temperature": 0.7}, {}, {}, "its log-probabilities are those at --temperature 0.7"),
        (
            {"logprobs_temperature": 1.0},
            {},
            {"temperature": 0.5},
            "its log-probabilities are those at --temperature 1",
        ),
        ({}, REPLAY, {}, "its log-probabilities are given the prompt of tea/0: .* --origin rollout"),
    ],
)
def test_log_probabilities_that_cannot_be_taken(sampling, more, options, problem, tokenizer):
    own = None if sampling is None else sampled(tokenizer, "Tea for two.", **sampling)
    sample = rollout("tea/9", TEA, "Tea for two.", sampling=own, **more)
    with pytest.raises(TrainingError, match=f"^tea/9: {problem}"):
        encoded(tokenizer, sample, old_logprobs="stored", **options)
    assert len(encoded(tokenizer, sample, **options).kept) == 1


def test_log_probabilities_that_can(tokenizer):
    for temperature in (1.0, 0.7):
        sampling = sampled(tokenizer, "Tea for two.", temperature=temperature)
        sample = rollout("tea/0", TEA, "Tea for two.", sampling=sampling)
        (row,) = encoded(tokenizer, sample, old_logprobs="stored", temperature=temperature).kept
        assert row.stored.tolist() == [-1.0] * len(row.response)


def test_a_reward_is_ila_or_cla_or_a_degree(tokenizer):
    sample = rollout("tea/0", TEA, "Tea, perhaps, for two people.")
    assert [encoded(tokenizer, sample, reward=each).kept[0].reward for each in ("ila", "cla")] == [0, 0.5]
    with pytest.raises(hir.TrainingError, match="verify with --degree"):
        encoded(tokenizer, sample, reward="degree")
    known = sample.model_copy(update={"degree": 0.75})
    assert encoded(tokenizer, known, reward="degree").kept[0].reward == 0.75


# Tensors

PAIRS = [(torch.tensor([1, 2, 3]), torch.tensor([4, 5])), (torch.tensor([6]), torch.tensor([7, 8, 9]))]


@pytest.mark.parametrize("free", [False, True])
def test_the_wanted_tokens_are_those_of_the_responses_in_their_order(free):
    read = sequences(PAIRS, padding_free=free)
    assert read.tokens[read.wanted].tolist() == [4, 5, 7, 8, 9]
    assert read.mask.tolist() == [[1, 1, 0], [1, 1, 1]]
    columns = read.inputs["logits_to_keep"]
    ids = read.inputs["input_ids"][:, columns]
    assert ids[read.wanted].tolist() == [3, 4, 6, 7, 8]  # each in front of the token that is wanted


def test_rows_beside_and_behind_each_other():
    padded, behind = (sequences(PAIRS, padding_free=free).inputs for free in (False, True))
    assert padded["input_ids"].tolist() == [[1, 2, 3, 4, 5], [6, 7, 8, 9, 0]]
    assert padded["attention_mask"].tolist() == [[1, 1, 1, 1, 1], [1, 1, 1, 1, 0]]
    assert behind["input_ids"].tolist() == [[1, 2, 3, 4, 5, 6, 7, 8, 9]]
    assert behind["position_ids"].tolist() == [[0, 1, 2, 3, 4, 0, 1, 2, 3]]
    assert behind["logits_to_keep"].tolist() == [2, 3, 5, 6, 7]


@pytest.mark.parametrize("free", [False, True])
def test_no_rows_have_no_tokens(free):
    read = sequences([], padding_free=free)
    assert not read.wanted.any()
    assert read.mask.shape == (1, 0)
    assert read.inputs["input_ids"].numel() > 0
