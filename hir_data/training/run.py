"""A training run from a data set to a model."""

import contextlib
import gc
import os
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch
import transformers
from torch import Tensor, distributed
from transformers.integrations import get_available_reporting_integrations

from hir_data.errors import RecordError, TrainingError
from hir_data.formats.atomic import locked, writing
from hir_data.replays.merge import Folders, check_together, folders_of, read_datasets
from hir_data.runs.versions import versions
from hir_data.schemas.english import number_of
from hir_data.training import models
from hir_data.training.card import write_card
from hir_data.training.checkpoints import last_checkpoint
from hir_data.training.folder import Finished, Identity, begin, check, finish, finished, publish, unnamed
from hir_data.training.memory import device_memory
from hir_data.training.objective import compute_advantages, has_equal_rewards
from hir_data.training.outcome import TrainingOutcome, TrainingProgress, TrainingStage
from hir_data.training.plan import Plan, plan_of
from hir_data.training.rows import Encoder, TrainingRows
from hir_data.training.settings import TrainConfig
from hir_data.training.steps import MicroBatch, Step, micro_batches, plan_steps
from hir_data.training.trainer import HirTrainer

NOTHING_TO_LEARN = "nothing to learn: no response has another reward than was to be expected"

_A_MOMENT = 0.1  # seconds


def plan(data: Folders, model: str, settings: TrainConfig) -> Plan:
    """What a run would do, without loading the weights of the model.

    Raises:
        RecordError: the data set cannot be read.
        TrainingError: it cannot be trained on.
        ModelError: there is no such model.
    """
    return _prepared(data, model, settings).plan


def train(
    data: Folders,
    model: str,
    output: Path,
    settings: TrainConfig,
    *,
    resume: bool = False,
    on_plan: Callable[[Plan], None] = lambda plan: None,
    on_progress: Callable[[TrainingProgress], None] = lambda progress: None,
    on_stage: Callable[[TrainingStage], None] = lambda stage: None,
) -> TrainingOutcome:
    """Train a model on a data set that ``hir-data replay`` wrote, or several; it lies in ``output`` then.

    Args:
        data: the folder of the data set, or those of several that are shards of one.
        model: a folder, or a name on the Hugging Face hub.
        output: the folder of the model, of its checkpoints and of what is known of the run.
        settings: how it is trained.
        resume: go on from the last checkpoint in ``output``, if there is a run; one that is done is left as
            it is.
        on_plan: is called before the model is loaded.
        on_progress: is called every few steps.
        on_stage: is called when each stage begins.

    Raises:
        RecordError: the data set cannot be read.
        TrainingError: it cannot be trained on, or training cannot go on.
        ModelError: the model cannot be loaded.
        OutputError: the output is there already, or what it should continue does not match.
    """
    with locked(output) if _rank() == 0 else contextlib.nullcontext(), _closing_process_group():
        return _train(data, model, output, settings, resume, on_plan, on_progress, on_stage)


def _train(
    data: Folders,
    model: str,
    output: Path,
    settings: TrainConfig,
    resume: bool,
    on_plan: Callable[[Plan], None],
    on_progress: Callable[[TrainingProgress], None],
    on_stage: Callable[[TrainingStage], None],
) -> TrainingOutcome:
    folders = folders_of(data)
    check_together(folders)  # said first, as it takes little time, and so is what can be seen of the output
    identity = Identity.of(folders, model, settings)
    if _rank() == 0:
        check(output, identity, resume=resume)
    on_stage("reading")
    prepared = _prepared(folders, model, settings)
    on_plan(prepared.plan)
    if not prepared.advantages.any() and not any(
        row.teacher_prompt is not None for row in prepared.rows.kept
    ):
        return TrainingOutcome(model=model, plan=prepared.plan, stopped=NOTHING_TO_LEARN)
    if _rank() == 0:
        begin(output, identity, resume=resume)
    done = finished(output, settings) if resume else None
    if done is None:
        _check_fit(prepared.plan, settings)
        on_stage("loading")
        done = _trained(prepared, model, output, settings, resume, on_progress, on_stage)
    return _outcome(output, prepared.plan, done)


def _trained(
    prepared: "_Prepared",
    model: str,
    output: Path,
    settings: TrainConfig,
    resume: bool,
    on_progress: Callable[[TrainingProgress], None],
    on_stage: Callable[[TrainingStage], None],
) -> Finished:
    """Train, and write the model."""
    plan = prepared.plan
    checkpoint = last_checkpoint(output) if resume else None
    share = prepared.share
    if checkpoint and checkpoint.state.stopped:  # there are no further steps
        share = share[: checkpoint.state.step * plan.micro_batches]
    with _out_of_memory(settings, plan):
        arguments = _arguments(output, settings, plan)  # first, as they say how the model is loaded
        trainer = HirTrainer(
            models.load(model, settings),
            arguments,
            rows=prepared.rows.kept,
            batches=share,
            advantages=prepared.advantages,
            settings=settings,
            tokenizer=prepared.tokenizer,
            on_figures=lambda step, figures: on_progress(
                TrainingProgress(step=step, steps=plan.steps, figures=figures)
            ),
            on_stage=on_stage,
            resumed=checkpoint.state if checkpoint else None,
        )
        trainer.train(resume_from_checkpoint=str(checkpoint.folder) if checkpoint else None)
        written = unnamed(output)
        models.save(trainer, prepared.tokenizer, written, model, settings)
    done = Finished(
        merged=settings.merges,
        files=(),
        steps=trainer.state.global_step,
        stopped=trainer.stopped,
        figures=trainer.figures,
        history=tuple(trainer.history),
        versions=dict(versions()),
    )
    if trainer.args.should_save:
        with writing(str(output)):
            done = done.model_copy(update={"files": publish(written, output)})
            write_card(output, model, settings, _outcome(output, plan, done))
            finish(output, done)
    return done


def _outcome(output: Path, plan: Plan, done: Finished) -> TrainingOutcome:
    return TrainingOutcome(
        model=str(output),
        plan=plan,
        steps=done.steps,
        stopped=done.stopped,
        figures=done.figures,
        history=done.history,
    )


@contextlib.contextmanager
def _closing_process_group() -> Generator[None]:
    """Close the group of processes that was opened in here, once this process is through with it.

    Its threads would otherwise run on while the interpreter ends, which can abort a process whose work is
    done. They end with the last reference to the group, and those of a trainer are circular. After an error
    the group is left open: closing it may wait for processes that will not come.

    A thread that lets go of the last tensor it has sent needs the interpreter, which whoever ends the group
    holds while waiting for that thread: the threads have a moment for it before.
    """
    opened_before = distributed.is_available() and distributed.is_initialized()
    yield
    if distributed.is_available() and distributed.is_initialized() and not opened_before:
        time.sleep(_A_MOMENT)
        distributed.destroy_process_group()
        gc.collect()


class _Prepared(NamedTuple):
    """What is known before the weights are loaded: ``share`` is what this process does."""

    tokenizer: Any
    rows: TrainingRows
    advantages: Tensor
    steps: list[Step]
    share: list[MicroBatch]
    plan: Plan


def _prepared(data: Folders, model: str, settings: TrainConfig) -> _Prepared:
    folders = folders_of(data)
    check_together(folders)  # said first, as it takes little time
    config, tokenizer = models.config_of(model, settings), models.tokenizer_of(model, settings)
    ends = models.ends_of(model, config, tokenizer)
    samples = read_datasets(folders, verify_digests=settings.verify_digests)
    rows = Encoder(tokenizer, ends, settings, models.context_of(config)).rows(samples)
    if not rows.kept:
        reasons = "; ".join(f"{number} left out: {reason}" for reason, number in rows.left_out.most_common())
        raise RecordError(
            f"has no row to train on ({reasons or 'it is empty'})", ", ".join(map(str, folders))
        )
    advantages = compute_advantages(rows.kept, settings)
    if settings.equal_groups == "skip":
        equal = has_equal_rewards(rows.kept)
        if equal.all():
            advantages = torch.zeros_like(advantages)
        else:
            rows.keep(~equal, "is of a prompt whose rewards are all equal (--equal-groups skip)")
            advantages = advantages[~equal]
    if settings.loss == "sft" and advantages.any():
        rows.keep(advantages > 0, "is no success, of which --loss sft makes nothing")
        advantages = advantages[advantages > 0]
    steps = plan_steps(rows.kept, settings)
    used = torch.zeros(len(rows.kept), dtype=torch.bool)
    used[sorted({place for step in steps for place in step})] = True
    rows.keep(used, f"is in none of {number_of(len(steps), 'step')}")
    places = (used.cumsum(0) - 1).tolist()
    advantages, steps = advantages[used], [tuple(places[place] for place in step) for step in steps]
    shares, each = micro_batches(steps, rows.kept, settings.micro_batch, _processes())
    share = shares[_rank()]
    told = plan_of(rows, advantages, steps, share, each, config, settings, processes=_processes())
    return _Prepared(tokenizer, rows, advantages, steps, share, told)


def _processes() -> int:
    return int(os.environ.get("WORLD_SIZE", 1))


def _rank() -> int:
    return int(os.environ.get("RANK", 0))


def _arguments(output: Path, settings: TrainConfig, plan: Plan) -> transformers.TrainingArguments:
    newer = "activation_checkpointing" in transformers.TrainingArguments.__dataclass_fields__
    for name in set(settings.report_to) - set(get_available_reporting_integrations()):
        raise TrainingError(f"--report-to {name}: is not installed, or there is no such tracker")
    checkpointing = "activation_checkpointing" if newer else "gradient_checkpointing"
    keeps_less = {checkpointing: True, f"{checkpointing}_kwargs": {"use_reentrant": False}}
    try:
        arguments = transformers.TrainingArguments(
            output_dir=str(output),
            per_device_train_batch_size=1,  # of our micro-batches
            gradient_accumulation_steps=plan.micro_batches,
            num_train_epochs=1,  # all of them are in the plan
            learning_rate=settings.peak_learning_rate,
            lr_scheduler_type=settings.schedule
            if settings.schedule != "constant"
            else "constant_with_warmup",
            warmup_steps=int(settings.warmup * plan.steps),
            weight_decay=settings.weight_decay,
            max_grad_norm=settings.max_grad_norm,
            bf16=models.uses_bfloat16(settings),
            use_cpu=not models.uses_gpu(settings),
            **(keeps_less if settings.gradient_checkpointing else {}),
            seed=settings.seed,
            report_to=list(settings.report_to) or "none",
            logging_steps=settings.log_steps,
            logging_nan_inf_filter=False,
            save_steps=settings.save_steps,
            remove_unused_columns=False,
            disable_tqdm=True,
            **_further(settings),
        )
    except (TypeError, ValueError, ImportError) as error:
        raise TrainingError(f"transformers.TrainingArguments refuses the settings: {error}") from None
    if arguments.n_gpu > 1:
        arguments._n_gpu = 1  # the library would spread each micro-batch over all; that is for processes
    return arguments


def _further(settings: TrainConfig) -> dict[str, Any]:
    """Arguments of the library; with FSDP2 only the first process of a machine loads weights, once."""
    given = dict(settings.trainer)
    if settings.param_dtype == "bfloat16" and _shards(given):
        raise TrainingError(
            "--param-dtype bfloat16: FSDP and DeepSpeed keep float32 parameters and gather them in bfloat16 "
            "themselves (--dtype bfloat16)"
        )
    config = given.get("fsdp_config")
    if given.get("fsdp") and isinstance(config, dict) and config.get("version") in (2, "2"):
        given["fsdp_config"] = {"cpu_ram_efficient_loading": True} | config
    return given


def _shards(given: Mapping[str, Any]) -> bool:
    """Whether parameters are sharded, by the library or by a configuration of accelerate."""
    configured = ("ACCELERATE_USE_FSDP", "ACCELERATE_USE_DEEPSPEED")
    return any(given.get(name) for name in ("fsdp", "deepspeed")) or any(
        os.environ.get(name, "false").lower() == "true" for name in configured
    )


@contextlib.contextmanager
def _out_of_memory(settings: TrainConfig, plan: Plan) -> Generator[None]:
    """Say what to do where there is not enough memory."""
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        told = str(error).lower()
        if isinstance(error, RuntimeError) and "memory" not in told:
            raise
        raise TrainingError(
            f"out of memory (about {plan.memory.total / 2**30:.1f} GiB were expected to do); what helps: "
            + _what_helps(settings)
        ) from None


def _check_fit(plan: Plan, settings: TrainConfig) -> None:
    """Refuse a model that cannot fit, however small a micro-batch is, before it is loaded."""
    memory, there = plan.memory, device_memory(settings)
    least = memory.weights + memory.optimizer + (0 if settings.lora else memory.gradients)
    if least > there:
        raise TrainingError(
            f"weights, gradients and optimizer alone take {least / 2**30:.1f} GiB of {there / 2**30:.1f} on "
            "each device; what helps: " + _what_helps(settings, parameters=True)
        )


def _what_helps(settings: TrainConfig, *, parameters: bool = False) -> str:
    """Options that take less memory; with ``parameters`` only those that take less for the parameters."""
    ways = []
    if not parameters:
        if settings.micro_batch > 1:
            ways.append(f"--micro-batch down from {settings.micro_batch} (the steps stay the same)")
        ways.append("--max-length down")
        ways += [] if settings.gradient_checkpointing else ["--gradient-checkpointing"]
    ways += [] if settings.lora else ["--lora 16"]
    ways += [] if models.uses_bfloat16(settings) else ["--dtype bfloat16"]
    if parameters and not settings.trainer.get("fsdp"):
        ways += ["--trainer fsdp=true --trainer 'fsdp_config={\"version\": 2}' on more devices"]
    elif parameters:
        ways += ["more devices"]
    return ", ".join(ways)
