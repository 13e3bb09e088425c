"""Training runs of a few steps: what becomes of the weights."""

import math
import shutil
import statistics
from pathlib import Path

import pyarrow.parquet
import pytest
from safetensors.torch import load_file
from tiny_model import torch, transformers
from trained import distance, drawn, run, settings, weights, write

from hir_data.errors import ModelError, OutputError, TrainingError
from hir_data.replays import dataset
from hir_data.training import models
from hir_data.training import run as running
from hir_data.training.checkpoints import (
    CheckpointState,
    complete,
    keep_last,
    last_checkpoint,
    remove_cut_off,
)
from hir_data.training.run import train
from hir_data.training.trainer import HirTrainer

ADVANTAGES = ["baseline", "reinforce++", "reinforce++-baseline", "grpo", "dr-grpo", "rloo"]


def logprobs(model, prompt: str, tokens) -> torch.Tensor:
    """Those of a response, by one pass over it alone."""
    before = f"<|user|>{prompt}<|end|><|assistant|>"
    start = transformers.AutoTokenizer.from_pretrained(model.name_or_path)(before)["input_ids"]
    logits = model(torch.tensor([start + list(tokens)])).logits[0, len(start) - 1 : -1]
    return logits.log_softmax(-1).gather(-1, torch.tensor(tokens)[:, None])[:, 0]


def by_hand(model_name: str, data: Path, steps: int = 2, *, old: str = "recompute", level: str = "token"):
    """The weights after some steps of the default loss on the whole data set, one row at a time."""
    samples = list(dataset.read_samples(data))
    prompts = {sample.id: sample.instruction.prompt for sample in samples}
    lengths = [len(sample.sampling.token_ids) for sample in samples]
    rewards: dict[str, list[float]] = {}
    for sample in samples:
        if sample.origin == "rollout":
            rewards.setdefault(sample.group, []).append(sample.cla)
    centred = [sample.cla - sum(rewards[sample.group]) / len(rewards[sample.group]) for sample in samples]
    tokens = [
        value
        for sample, value, length in zip(samples, centred, lengths, strict=True)
        for _ in range(length)
        if sample.origin == "rollout"
    ]
    mean, spread = statistics.fmean(tokens), statistics.stdev(tokens)
    values = [
        2.0 if sample.origin == "replay" else (value - mean) / spread
        for sample, value in zip(samples, centred, strict=True)
    ]
    model = transformers.AutoModelForCausalLM.from_pretrained(model_name, dtype=torch.float32)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    reference = None
    for _ in range(steps):
        now = [logprobs(model, each.instruction.prompt, each.sampling.token_ids) for each in samples]
        if reference is None:
            reference = [each.detach() for each in now]
            before = list(reference)
            if old == "paper":
                with torch.no_grad():
                    before = [
                        logprobs(model, prompts[each.drawn_for], each.sampling.token_ids) for each in samples
                    ]
        loss = 0.0
        for place, value in enumerate(values):
            gap = now[place] - before[place]
            ratio = (gap if level == "token" else gap.mean().expand_as(gap)).exp()
            losses = torch.maximum(-value * ratio, -value * ratio.clamp(0.8, 1.2))
            if value < 0:
                losses = losses.clamp(max=-3 * value)
            away = reference[place] - now[place]
            loss = loss + (losses + 0.02 * (away.exp() - away - 1)).sum()
        optimizer.zero_grad()
        (loss / sum(lengths)).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    return dict(model.named_parameters())


@pytest.mark.parametrize(
    "options", [{}, {"old_logprobs": "paper"}, {"ratio": "sequence"}], ids=["default", "paper", "sequence"]
)
def test_two_steps_are_those_written_by_hand(options, model, data, tmp_path):
    done = run(data, model, tmp_path / "out", batch_size=99, epochs=2, **options)
    assert (done.steps, done.stopped) == (2, None)
    wanted = by_hand(
        model, data, old=options.get("old_logprobs", "recompute"), level=options.get("ratio", "token")
    )
    start = weights(model)
    for name, value in weights(tmp_path / "out").items():
        torch.testing.assert_close(value, wanted[name], atol=2e-6, rtol=1e-4)
    assert distance(model, tmp_path / "out") > 1e-3, start.keys()


@pytest.mark.parametrize(
    ("loss", "advantage"),
    [*(("ppo", each) for each in ADVANTAGES), ("cispo", "grpo"), ("sft", "baseline"), ("sapo", "grpo")],
)
def test_a_step_of_every_loss_and_advantage(loss, advantage, model, data, tmp_path):
    done = run(data, model, tmp_path / "out", loss=loss, advantage=advantage, max_steps=1, reward="cla")
    assert done.steps == 1
    assert all(map(math.isfinite, done.figures.values()))
    assert 1e-5 < distance(model, tmp_path / "out") < 1


@pytest.mark.parametrize("aggregate", ["token-mean", "sequence-mean", "constant"])
def test_accumulation_changes_nothing(aggregate, model, data, tmp_path):
    for size in (1, 8):
        run(data, model, tmp_path / str(size), micro_batch=size, aggregate=aggregate, constant_length=12)
    assert distance(tmp_path / "1", tmp_path / "8") < 1e-6
    assert distance(model, tmp_path / "8") > 1e-3


@pytest.mark.parametrize("options", [{}, {"ratio": "sequence", "aggregate": "sequence-mean"}], ids=str)
def test_padding_free_is_padded(options, model, data, tmp_path):
    for free in (False, True):
        run(data, model, tmp_path / str(free), padding_free=free, **options)
    assert distance(tmp_path / "False", tmp_path / "True") < 1e-5
    assert distance(model, tmp_path / "True") > 1e-3


def test_gradient_checkpointing_changes_nothing(model, data, tmp_path):
    for less in (False, True):
        run(data, model, tmp_path / str(less), gradient_checkpointing=less, max_steps=1)
    assert distance(tmp_path / "False", tmp_path / "True") < 1e-6


@pytest.mark.parametrize("options", [{}, {"lora": 4, "merge": True}, {"old_logprobs": "paper"}], ids=str)
def test_a_resumed_run_ends_where_one_that_went_through_does(options, model, data, tmp_path, monkeypatch):
    options = options | {"epochs": 2, "save_steps": 2, "trainer": {}, "learning_rate": 1e-3}
    through = run(data, model, tmp_path / "through", **options)
    assert through.steps > 4

    class Halt(Exception):
        pass

    def halt(progress):
        if progress.step == 3:
            raise Halt

    chosen = settings(**options)
    with pytest.raises(Halt):
        train(data, model, tmp_path / "halted", chosen, on_progress=halt)
    assert not (tmp_path / "halted" / "model.safetensors").exists()
    steps = []
    again = train(
        data, model, tmp_path / "halted", chosen, resume=True, on_progress=lambda at: steps.append(at.step)
    )
    assert steps == list(range(3, through.steps + 1))
    assert distance(tmp_path / "through", tmp_path / "halted") == 0
    assert outcome(again) == outcome(through)
    assert [logged.step for logged in again.history] == list(range(1, through.steps + 1))
    assert again.history[-1].figures == again.figures


@pytest.mark.parametrize(
    "options",
    [{"log_steps": 3}, {"lora": 4, "trainer": {}, "learning_rate": 2e-3}],
    ids=["weights", "adapter"],
)
def test_an_early_stop_is_gone_on_with(options, model, data, tmp_path, monkeypatch):
    """Killed before the step that goes too far, and after it: the run that goes on ends the same."""
    given = options | {"epochs": 9, "save_steps": 2, "max_kl": 0.01}
    through = run(data, model, tmp_path / "through", **given)
    assert 2 < through.steps < through.plan.steps and through.stopped
    last = sorted((tmp_path / "through").glob("checkpoint-*"))[-1]
    assert last.name == f"checkpoint-{through.steps}"
    update = HirTrainer.before_update
    for steps in (through.steps - 1, through.steps):
        folder = tmp_path / f"killed-after-{steps}"
        with monkeypatch.context() as patched:
            if steps < through.steps:
                patched.setattr(HirTrainer, "before_update", killed_after(update, steps))
            else:
                patched.setattr(running.models, "save", killed)
            with pytest.raises(KeyboardInterrupt):
                run(data, model, folder, **given)
        again = train(data, model, folder, settings(**given), resume=True)
        assert outcome(again) == outcome(through)
        assert contents(folder) == contents(tmp_path / "through")


def killed(*arguments, **options):
    raise KeyboardInterrupt


def killed_after(update, steps):
    def before_update(self):
        update(self) if self.state.global_step < steps else killed()

    return before_update


def outcome(done):
    """What came of a run, but for how long it took."""
    history = [(logged.step, without_speed(logged.figures)) for logged in done.history]
    return done.steps, done.stopped, without_speed(done.figures), history


def without_speed(figures):
    return {name: value for name, value in figures.items() if name != "tokens_per_second"}


def contents(folder: Path):
    """The files of a run, but for what has times in it, or the name of its folder."""
    timed = ("outcome.json", "README.md", "hir_data.json", "trainer_state.json", "training_args.bin")
    return {
        path.relative_to(folder): path.read_bytes() if path.name not in timed else None
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_run_that_is_done_is_not_done_again(model, data, tmp_path, monkeypatch):
    out, given = tmp_path / "out", {"max_steps": 2, "save_steps": 1, "lora": 4}
    done = run(data, model, out, **given)
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in out.rglob("*")}
    with monkeypatch.context() as patched:
        patched.setattr(running.models, "load", None)
        assert train(data, model, out, settings(**given), resume=True) == done
    assert {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in out.rglob("*")} == before
    adapter = {path.name: path.read_bytes() for path in out.glob("adapter*")}
    assert train(data, model, out, settings(merge=True, **given), resume=True) == done
    assert not set(adapter) & {path.name for path in out.iterdir()}
    assert distance(model, out) > 0
    (out / "notes.txt").write_text("mine")
    (out / "config.json").unlink()
    assert train(data, model, out, settings(**given), resume=True) == done
    assert {path.name: path.read_bytes() for path in out.glob("adapter*")} == adapter
    assert (out / "notes.txt").read_text() == "mine" and not (out / "model.safetensors").exists()


def test_another_run_is_not_resumed(model, data, tmp_path):
    run(data, model, tmp_path / "out", max_steps=1)
    with pytest.raises(OutputError, match=r"another run and cannot be resumed: .*--seed was 0, not 1"):
        train(data, model, tmp_path / "out", settings(seed=1), resume=True)
    with pytest.raises(OutputError, match="is there already"):
        run(data, model, tmp_path / "out")
    other = tmp_path / "other"
    shutil.copytree(data, other)
    shard = next(other.glob("shard-*.parquet"))
    table = pyarrow.parquet.read_table(shard)
    pyarrow.parquet.write_table(table, shard, compression="none")  # the manifest is the same
    with pytest.raises(OutputError, match=r"another run and cannot be resumed: .*the data set"):
        train(other, model, tmp_path / "out", settings(max_steps=1, verify_digests=False), resume=True)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    for resume in (False, True):
        with pytest.raises(OutputError, match="there is something else than a run of hir-data train"):
            train(data, model, tmp_path / "mine", settings(), resume=resume)


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of peft, which is used here as it comes
def test_an_adapter_leaves_the_model_as_it_was(model, data, tmp_path):
    from peft import PeftModel

    both = {"lora": 4, "max_steps": 2, "learning_rate": 0.1}
    run(data, model, tmp_path / "adapter", **both)
    run(data, model, tmp_path / "merged", merge=True, **both)
    written = {path.name for path in (tmp_path / "adapter").iterdir()}
    assert {"adapter_model.safetensors", "tokenizer.json", "README.md"} <= written
    assert "model.safetensors" not in written
    base = transformers.AutoModelForCausalLM.from_pretrained(model)
    together = PeftModel.from_pretrained(base, tmp_path / "adapter").merge_and_unload()
    merged = weights(tmp_path / "merged")
    for name, value in together.named_parameters():
        torch.testing.assert_close(value, merged[name], atol=1e-6, rtol=0)
    assert distance(model, tmp_path / "merged") > 1e-4


def test_stored_log_probabilities_are_those_of_the_model_that_drew(model, data, tmp_path):
    run(data, model, tmp_path / "stored", old_logprobs="stored", origin="rollout")
    run(data, model, tmp_path / "recompute", origin="rollout")
    assert distance(tmp_path / "stored", tmp_path / "recompute") < 1e-5
    samples = [sample for sample in dataset.read_samples(data) if sample.origin == "rollout"]
    less_likely = [
        sample.model_copy(
            update={
                "sampling": sample.sampling.model_copy(
                    update={"logprobs": tuple(each - 1 for each in sample.sampling.logprobs)}
                )
            }
        )
        for sample in samples
    ]
    other = write(tmp_path / "data", less_likely)
    done = run(other, model, tmp_path / "other", old_logprobs="stored", max_steps=1)
    assert done.figures["rollout/ratio"] == pytest.approx(math.e, rel=1e-4)
    assert done.figures["kl"] == pytest.approx(0, abs=1e-6)


def test_in_the_mode_of_the_paper_only_replays_have_a_ratio_at_the_start(model, data, tmp_path):
    done = run(data, model, tmp_path / "out", old_logprobs="paper", max_steps=1, batch_size=99)
    assert done.figures["rollout/ratio"] == pytest.approx(1, abs=1e-5)
    assert abs(done.figures["replay/ratio"] - 1) > 0.01
    assert done.figures["replay/clipped"] > 0
    assert done.figures["replay/kl"] == pytest.approx(0, abs=1e-6)


def test_the_figures_are_those_of_the_rows(model, data, tmp_path):
    done = run(data, model, tmp_path / "out", max_steps=1, batch_size=99, replay_cap=0.5)
    samples = list(dataset.read_samples(data))
    replays = [sample for sample in samples if sample.origin == "replay"]
    figures = done.figures
    assert (figures["rollout/rows"], figures["replay/rows"]) == (20, len(replays))
    assert figures["rollout/reward"] == pytest.approx((7 + 13 * 0.5) / 20)
    assert figures["replay/reward"] == 1
    assert figures["replay/mass"] == pytest.approx(0.5 * figures["rollout/mass"], rel=1e-5)
    assert figures["replay_share"] == pytest.approx(1 / 3, rel=1e-5)
    rollouts = [sample.sampling for sample in samples if sample.origin == "rollout"]
    tokens = [len(each.token_ids) for each in rollouts]
    entropy = sum(each.entropy * number for each, number in zip(rollouts, tokens, strict=True)) / sum(tokens)
    assert figures["rollout/entropy"] == pytest.approx(entropy, rel=1e-4)
    assert (done.plan.rows, done.plan.replays) == (len(samples), len(replays))
    assert done.plan.response_tokens == sum(len(each.sampling.token_ids) for each in samples)


def test_a_model_that_goes_too_far_is_stopped(model, data, tmp_path):
    done = run(data, model, tmp_path / "out", epochs=20, learning_rate=0.1, max_kl=0.05)
    assert 1 < done.steps < done.plan.steps
    assert "more than 0.05 (--max-kl)" in done.stopped
    assert "stopped: mean k1" in (tmp_path / "out" / "README.md").read_text()
    weights(tmp_path / "out")


def test_nothing_to_learn(model, data, tmp_path):
    equal = [
        sample.model_copy(update={"reward": 1.0, "cla": 1.0})
        for sample in dataset.read_samples(data)
        if sample.origin == "rollout"
    ]
    done = run(write(tmp_path / "data", equal), model, tmp_path / "out")
    assert (done.steps, done.model) == (0, model)
    assert done.stopped.startswith("nothing to learn")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("where", ["loss", "gradient"])
def test_no_number_stops_before_the_model_is_spoilt(where, model, data, tmp_path, monkeypatch):
    compute = HirTrainer.compute_loss

    def spoilt(self, *arguments, **options):
        loss = compute(self, *arguments, **options)
        if self.state.global_step == 3:
            if where == "loss":
                self._sums[0, 5] = math.nan
            else:
                loss.register_hook(lambda gradient: gradient * math.nan)
        return loss

    monkeypatch.setattr(HirTrainer, "compute_loss", spoilt)
    with pytest.raises(TrainingError, match=f"the {where} of step 4 is no number; .*checkpoint-2"):
        run(data, model, tmp_path / "out", epochs=2, save_steps=2)
    assert all(value.isfinite().all() for value in weights(tmp_path / "out" / "checkpoint-2").values())


def test_out_of_memory_says_what_helps(model, data, tmp_path, monkeypatch):
    def full(*arguments, **options):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB.")

    monkeypatch.setattr(HirTrainer, "compute_loss", full)
    with pytest.raises(
        TrainingError, match=r"--micro-batch down from 4 .*--gradient-checkpointing, --lora 16"
    ):
        run(data, model, tmp_path / "out")


def test_other_errors_are_not_taken_for_it(model, data, tmp_path, monkeypatch):
    def broken(*arguments, **options):
        raise RuntimeError("shapes do not fit")

    monkeypatch.setattr(HirTrainer, "compute_loss", broken)
    with pytest.raises(RuntimeError, match="shapes do not fit"):
        run(data, model, tmp_path / "out")


def test_rows_that_are_too_long_are_left_out(model, data, tmp_path):
    plan = running.plan(data, model, settings())
    done = run(data, model, tmp_path / "out", max_length=plan.longest - 1, batch_size=99)
    assert done.plan.rows < plan.rows
    (reason,) = done.plan.left_out
    assert reason == f"prompt and response have more than {plan.longest - 1} tokens"
    assert done.plan.rows + done.plan.left_out[reason] == plan.rows
    assert done.plan.longest <= plan.longest - 1


def test_adapters_that_fit_nowhere(model, data, tmp_path):
    with pytest.raises(TrainingError, match=r"--lora-targets nowhere: Target modules .*nowhere"):
        run(data, model, tmp_path / "out", lora=4, lora_targets=["nowhere"])


def test_an_adapter_is_no_start(model, data, tmp_path):
    run(data, model, tmp_path / "adapter", lora=4, max_steps=1)
    with pytest.raises(ModelError, match="is an adapter without its model; --merge writes one"):
        run(data, str(tmp_path / "adapter"), tmp_path / "out")


def test_trackers_that_are_not_there(model, data, tmp_path):
    with pytest.raises(TrainingError, match="--report-to nonsense: is not installed, or there is no such"):
        run(data, model, tmp_path / "out", report_to=["nonsense"])


def test_a_checkpoint_that_was_cut_off_is_not_gone_on_with(tmp_path):
    for number in (9, 10, 11, 12):
        (tmp_path / f"checkpoint-{number}").mkdir()
        (tmp_path / f"checkpoint-{number}" / "trainer_state.json").touch()
    (tmp_path / "checkpoint-mine").mkdir()
    for number in (9, 10):
        complete(tmp_path / f"checkpoint-{number}", CheckpointState(step=number, figures={"kl": math.inf}))
    (tmp_path / "checkpoint-12" / "hir_data.json").write_text("{")
    found = last_checkpoint(tmp_path)
    assert found and found.folder == tmp_path / "checkpoint-10"
    assert found.state == CheckpointState(step=10, figures={"kl": math.inf})
    assert last_checkpoint(tmp_path / "checkpoint-10") is None
    remove_cut_off(tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"checkpoint-9", "checkpoint-10", "checkpoint-mine"}
    keep_last(tmp_path, 1)
    assert {path.name for path in tmp_path.iterdir()} == {"checkpoint-10", "checkpoint-mine"}


def test_arguments_that_the_library_refuses(model, data, tmp_path):
    with pytest.raises(TrainingError, match="TrainingArguments refuses the settings"):
        run(data, model, tmp_path / "out", trainer={"no_such_argument": 1})


def test_a_model_without_a_template(tmp_path):
    import tiny_model

    plain = tiny_model.save(tmp_path / "plain", template=False)
    data = write(tmp_path / "data", drawn(plain, ["Tea?", "Sea?"]))
    run(data, plain, tmp_path / "stored", old_logprobs="stored", origin="rollout")
    run(data, plain, tmp_path / "recompute", origin="rollout")
    assert distance(tmp_path / "stored", tmp_path / "recompute") < 1e-5


def test_a_checkpoint_of_logprobs_is_needed_to_resume(model, data, tmp_path):
    run(data, model, tmp_path / "out", max_steps=2, save_steps=1)
    shutil.rmtree(tmp_path / "out" / "checkpoint-2")
    for name in ("start.safetensors", "outcome.json"):
        (tmp_path / "out" / name).unlink()
    with pytest.raises(OutputError, match=r"start\.safetensors: the run cannot be resumed without it"):
        train(data, model, tmp_path / "out", settings(max_steps=2, save_steps=1), resume=True)


def test_trackers_get_the_figures(model, data, tmp_path):
    pytest.importorskip("tensorboard", reason="needs tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run(data, model, tmp_path / "out", max_steps=2, report_to=["tensorboard"])
    (folder,) = {path.parent for path in (tmp_path / "out").rglob("events.out.tfevents*")}
    events = EventAccumulator(str(folder)).Reload()
    tags = set(events.Tags()["scalars"])
    assert {"train/rollout/ratio", "train/replay/kl", "train/loss"} <= tags, tags
    assert len(events.Scalars("train/rollout/ratio")) == 2


def test_rows_of_no_step_are_not_measured(model, data, tmp_path):
    whole = running.plan(data, model, settings())
    plan = running.plan(data, model, settings(max_steps=1))
    assert plan.rows <= 8 < whole.rows
    assert plan.left_out == {"is in none of 1 step": whole.rows - plan.rows}
    run(data, model, tmp_path / "out", max_steps=1)
    found = load_file(tmp_path / "out" / "start.safetensors")
    assert len(found["reference"]) == plan.response_tokens


def test_the_end_token_is_learned_where_it_pads(model, tmp_path):
    """A saved model says in its configuration which token pads, and transformers takes that one as fixed."""
    saved = transformers.AutoModelForCausalLM.from_pretrained(model)
    end = saved.config.pad_token_id = transformers.AutoTokenizer.from_pretrained(model).eos_token_id
    saved.save_pretrained(tmp_path)
    loaded = models.load(str(tmp_path), settings())
    tokens = torch.tensor([[end, (end + 1) % 7, end, (end + 2) % 7]])
    loaded(input_ids=tokens, labels=tokens).loss.backward()
    assert loaded.get_input_embeddings().weight.grad[end].abs().max() > 0
