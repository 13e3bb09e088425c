"""What a loop is going to do, in a few lines."""

from hir_data.models.config import LocalRolloutConfig
from hir_data.schemas.english import number_of
from hir_data.training.loop.run import Loop


def plan(loop: Loop) -> dict[str, str]:
    """Each thing that matters, and what will be done about it."""
    config, prompts, rollout = loop.config, loop.prompts, loop.config.rollout
    evaluate = config.evaluate.completed(rollout)
    rollouts = config.prompts * rollout.n
    most = rollouts * (1 + rollout.redraws)
    further = f", up to {most} with redraws of groups of equal rewards" if rollout.redraws else ""
    total = f" to {config.iterations * most}" if rollout.redraws else ""
    weights = [config.replaying(step, 0).weight for step in range(config.iterations)]
    drawn = f"{_drawing(rollout)}: {number_of(rollouts, 'rollout')}{further}"
    shared = f", {prompts.shared} more are held out" if prompts.shared else ""
    outside = (
        f", {prompts.outside} more are too easy, too hard or of unknown pass rate" if prompts.outside else ""
    )
    evaluations = sum(map(config.evaluates, range(config.iterations + 1)))
    order = "" if config.order == "shuffled" else f", {config.order}"
    stages = 3 * config.iterations + 2 * evaluations
    done = sum(len(one.stages) for one in loop.ledger.iterations[: config.iterations + 1])
    return {
        "model": config.model,
        "instructions": f"{config.instructions}: {len(prompts.training)}{shared}{outside}{order}",
        "held out": f"{config.held_out}: {len(prompts.held_out)}, {_drawing(evaluate)}",
        "iteration": f"{number_of(config.prompts, 'prompt')}, {drawn}",
        "iterations": f"{config.iterations}: {config.iterations * rollouts}{total} rollouts",
        "lambda": ", ".join(f"{weight:.4g}" for weight in weights),
        "replay": f"{config.replay.select}, k {config.replay.k:g}, {config.replay.relabel}",
        "train": _trained(config.train.model_dump(mode="json", exclude_defaults=True)),
        "output": f"{config.output}: {done} of {stages} stages are done",
    }


def _drawing(rollout: LocalRolloutConfig) -> str:
    responses = number_of(rollout.n, "response")
    how = f"temperature {rollout.temperature:g}" if rollout.temperature else "greedy"
    return f"{responses} each, {how}, up to {number_of(rollout.max_new_tokens, 'token')}"


def _trained(settings: dict[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in settings.items()) or "as by default"
