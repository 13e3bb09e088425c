"""Learning from feedback, and a reference model that moves."""

from pathlib import Path
from typing import Any

import pytest
import tiny_model
import trained
from tiny_model import torch, transformers
from trained import distance, run, settings, weights

from hir_data.instructions.feedback import feedback_text, violations, with_feedback
from hir_data.replays import dataset
from hir_data.training import run as running
from hir_data.training.objective import policy_loss, token_advantages
from hir_data.training.run import train
from hir_data.training.settings import TrainConfig


@pytest.fixture(scope="module")
def roomy(tmp_path_factory) -> str:
    """The model of the data, which reads prompts with feedback too."""
    return tiny_model.save(tmp_path_factory.mktemp("roomy"), context=512)


@pytest.fixture(scope="module")
def reasoned(data, tmp_path_factory) -> Path:
    """The data set, with the reasons of verdicts."""
    samples = trained.with_reasons(dataset.read_samples(data))
    return trained.write(tmp_path_factory.mktemp("reasoned"), samples)


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_over_all_tokens_the_gradient_is_that_of_the_divergence(share):
    """Each token of a small vocabulary as often as the model says it."""
    torch.manual_seed(0)
    logits, teacher = (
        torch.randn(7, dtype=torch.float64, requires_grad=True),
        torch.randn(7, dtype=torch.float64),
    )
    chosen = settings(loss="sdpo", sdpo_reward_share=share)
    logp, q = logits.log_softmax(-1), teacher.log_softmax(-1)
    rewards = torch.linspace(-1, 1, 7, dtype=torch.float64)
    rows = logp[:, None]
    taught = torch.ones(7, dtype=torch.bool)
    advantages = token_advantages(share * rewards, q[:, None], taught, rows, chosen)
    assert not advantages.requires_grad
    found = policy_loss(rows, rows.detach(), advantages, torch.ones(7, 1), chosen).loss[:, 0]
    (slope,) = torch.autograd.grad((logp.exp().detach() * found).sum(), logits, retain_graph=True)
    divergence = (logp.exp() * (logp - q)).sum()
    wanted = (1 - share) * divergence - share * (logp.exp() * rewards).sum()
    torch.testing.assert_close(slope, torch.autograd.grad(wanted, logits)[0])


def test_rows_without_feedback_keep_their_advantage():
    logp = torch.tensor([[-1.0, -2.0], [-1.0, -3.0]])
    teacher, taught = torch.tensor([[0.0, 0.0], [-2.0, -1.0]]), torch.tensor([False, True])
    found = token_advantages(torch.tensor([2.0, 0.5]), teacher, taught, logp, settings(loss="sdpo"))
    assert found.tolist() == [[2.0, 2.0], [-0.5, 2.5]]
    other = token_advantages(torch.tensor([2.0, 0.5]), teacher, taught, logp, settings())
    assert other.tolist() == [[2.0, 2.0], [0.5, 0.5]]


def by_hand(model_name: str, data: Path) -> dict[str, Any]:
    """The weights after one step on all rollouts, one row at a time."""
    samples = [each for each in dataset.read_samples(data) if each.origin == "rollout"]
    model = transformers.AutoModelForCausalLM.from_pretrained(model_name, dtype=torch.float32)
    tokenizer = transformers.AutoTokenizer.from_pretrained(model_name)

    def logprobs(prompt: str, tokens: list[int]) -> Any:
        start = tokenizer(f"<|user|>{prompt}<|end|><|assistant|>")["input_ids"]
        logits = model(torch.tensor([start + tokens])).logits[0, len(start) - 1 : -1]
        return logits.log_softmax(-1).gather(-1, torch.tensor(tokens)[:, None])[:, 0]

    loss = 0.0
    for sample in samples:
        tokens = list(sample.sampling.token_ids)
        logp = logprobs(sample.instruction.prompt, tokens)
        if False in sample.verdicts:
            told = feedback_text(violations(sample.instruction.constraints, sample.verdicts, sample.reasons))
            with torch.no_grad():
                teacher = logprobs(with_feedback(sample.instruction, told).prompt, tokens)
            loss = loss - ((teacher - logp.detach()) * logp).sum()
    (loss / sum(len(each.sampling.token_ids) for each in samples)).backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    torch.optim.SGD(model.parameters(), lr=0.01).step()
    return dict(model.named_parameters())


def test_a_step_is_the_one_written_by_hand(roomy, reasoned, tmp_path):
    done = run(reasoned, roomy, tmp_path / "out", loss="sdpo", batch_size=99, origin="rollout")
    wanted = by_hand(roomy, reasoned)
    for name, value in weights(tmp_path / "out").items():
        torch.testing.assert_close(value, wanted[name], atol=2e-6, rtol=1e-4)
    assert distance(roomy, tmp_path / "out") > 1e-4
    assert done.plan.without_advantage == 7  # the successes
    assert done.figures["rollout/mass"] > 0


def test_padding_free_is_padded_with_replays_and_rewards(roomy, reasoned, tmp_path):
    common = {"loss": "sdpo", "sdpo_reward_share": 0.5, "kl": 0.1}
    for free in (False, True):
        run(reasoned, roomy, tmp_path / str(free), padding_free=free, **common)
    assert distance(tmp_path / "False", tmp_path / "True") < 1e-5
    assert distance(roomy, tmp_path / "True") > 1e-3


def test_failures_without_reasons_are_left_out_by_name(roomy, data):
    plan = running.plan(data, roomy, settings(loss="sdpo"))
    assert plan.left_out == {
        "its data set does not say what was found, which --loss sdpo needs: replay anew": 13
    }


@pytest.mark.parametrize("loss", ["ppo", "sdpo"])
def test_a_reference_that_moves_is_the_model_before_each_step(loss, roomy, reasoned, tmp_path):
    common = {"loss": loss, "kl": 1.0, "max_steps": 3}
    still = run(reasoned, roomy, tmp_path / "still", **common)
    moved = run(reasoned, roomy, tmp_path / "moved", reference_steps=1, **common)
    kl = [[each.figures["kl"] for each in done.history] for done in (still, moved)]
    assert kl[1] == pytest.approx([0, 0, 0], abs=1e-6)
    assert min(kl[0][1:]) > 1e-5
    assert distance(tmp_path / "still", tmp_path / "moved") > 1e-6


def test_a_resumed_run_has_the_reference_of_its_checkpoint(roomy, reasoned, tmp_path):
    chosen = settings(
        loss="sdpo", kl=0.1, reference_steps=2, epochs=2, save_steps=3, trainer={}, learning_rate=1e-3
    )
    through = train(reasoned, roomy, tmp_path / "through", chosen)
    assert through.steps > 5

    class Halt(Exception):
        pass

    def halt(progress):
        if progress.step == 5:  # the reference was renewed after the checkpoint
            raise Halt

    with pytest.raises(Halt):
        train(reasoned, roomy, tmp_path / "halted", chosen, on_progress=halt)
    train(reasoned, roomy, tmp_path / "halted", chosen, resume=True)
    assert distance(tmp_path / "through", tmp_path / "halted") == 0


# Groups whose rewards are all equal


def test_rollouts_of_equal_rewards_are_left_out_and_their_replays_stay(roomy, data, tmp_path):
    equal = [
        sample.model_copy(update={"cla": 0.5, "reward": 0.0})
        if sample.group == "0" and sample.origin == "rollout"
        else sample
        for sample in dataset.read_samples(data)
    ]
    changed = trained.write(tmp_path / "data", equal)
    keep, skip = (
        running.plan(changed, roomy, settings(equal_groups=which, batch_size=99))
        for which in ("keep", "skip")
    )
    assert skip.left_out == {"is of a prompt whose rewards are all equal (--equal-groups skip)": 4}
    assert (skip.rows, skip.replays, skip.without_advantage) == (keep.rows - 4, keep.replays, 0)
    assert keep.without_advantage == 4


def test_where_all_are_equal_there_is_nothing_to_learn(roomy, data, tmp_path):
    equal = [
        sample.model_copy(update={"reward": 1.0, "cla": 1.0})
        for sample in dataset.read_samples(data)
        if sample.origin == "rollout"
    ]
    done = run(trained.write(tmp_path / "data", equal), roomy, tmp_path / "out", equal_groups="skip")
    assert (done.steps, done.model) == (0, roomy)


def test_the_options_of_the_loss():
    assert (TrainConfig(loss="sdpo").kl, TrainConfig(loss="sdpo", kl=0.1).kl) == (0.0, 0.1)
