"""An evaluator and a data set for pydantic-evals.

>>> from hir_data.integrations.pydantic_evals import SatisfiesConstraints, constraint_dataset
>>> report = constraint_dataset("prompts.jsonl").evaluate_sync(answer)

Checked in its own environment, with pydantic-evals 2.62.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_evals import Case, Dataset
from pydantic_evals.evaluators import EvaluationReason, Evaluator, EvaluatorContext

from hir_data.errors import RecordError
from hir_data.integrations.grading import GradeFields, GradeOptions, explanation, grade_async
from hir_data.integrations.prompts import read_prompts
from hir_data.rewards.score import Score


@dataclass
class SatisfiesConstraints(Evaluator[Any, Any, Any]):
    """Grades the output of a case by the constraints that its metadata, or this evaluator, names.

    It reports an assertion ``ila``, whether all constraints are satisfied, with the reasons; a score ``cla``,
    the share that is satisfied; and the reward, under the name of its score, where that is another one. What
    could not be determined is left out, and a label ``undetermined`` says why: nothing is False or 0 for want
    of an answer.

    Args:
        constraints: their records; None for ``constraints`` in the metadata of each case.
        score: the reward that is reported besides; ``ila`` and ``cla`` are always there.
        strip_thinking: what follows the reasoning is graded; None to grade all.
        workers: processes that check; None for up to four, 0 for this one.
        timeout: seconds that one check may take, with processes.
        judge_model: the model that decides soft constraints; None for nobody.
        judge_url: its endpoint; OpenAI's own by default.
        judge_cache: the folder of its answers; None to keep none.
        judge_votes: how often it is asked each question; the majority decides.
    """

    constraints: list[dict[str, Any]] | None = None
    score: Score = "ila"
    strip_thinking: str | None = "auto"
    workers: int | None = None
    timeout: float = GradeOptions.timeout
    judge_model: str | None = None
    judge_url: str | None = None
    judge_cache: str | None = None
    judge_votes: int = 1

    async def evaluate(
        self, ctx: EvaluatorContext[Any, Any, Any]
    ) -> dict[str, bool | float | str | EvaluationReason]:
        """What is known of the output of a case.

        Raises:
            RecordError: there are no constraints, or they or the output cannot be read; pydantic-evals
                reports that as a failure of the evaluator.
        """
        constraints = self.constraints
        if constraints is None:
            if not isinstance(ctx.metadata, Mapping) or ctx.metadata.get("constraints") is None:
                raise RecordError("neither the evaluator nor the metadata has any", field="constraints")
            constraints = ctx.metadata["constraints"]
        options = GradeOptions(**{name: getattr(self, name) for name in GradeFields.model_fields})
        scored = await grade_async(_asked(ctx.inputs), ctx.output, constraints, options)
        if scored.error:
            raise RecordError(scored.error)
        reasons = explanation(scored)
        results: dict[str, bool | float | str | EvaluationReason] = {}
        if scored.ila is not None:
            results["ila"] = EvaluationReason(bool(scored.ila), reasons)
        if scored.cla is not None:
            results["cla"] = scored.cla
        if scored.reward is not None and self.score not in ("ila", "cla"):
            results[self.score] = scored.reward
        if None in scored.satisfied:
            unknown = [line for line in reasons.splitlines() if line.startswith("undetermined")]
            results["undetermined"] = "\n".join(unknown)
        return results


def _asked(inputs: Any) -> Any:
    """What was asked, if it can be read as that: inputs of a case may be anything."""
    return inputs if isinstance(inputs, str | list) else None


def constraint_dataset(
    path: Path | str, *, name: str = "constraints", **options: Any
) -> Dataset[Any, Any, dict[str, Any]]:
    """The prompts of a file as a data set of cases, with the evaluator.

    Args:
        path: a file in any format that ``hir-data verify`` reads.
        name: of the data set.
        options: of :class:`SatisfiesConstraints`.

    Raises:
        RecordError: a record is no prompt with constraints.
    """
    cases = [
        Case(name=each.id, inputs=each.conversation, metadata={"constraints": each.constraints})
        for each in read_prompts(path)
    ]
    return Dataset(name=name, cases=cases, evaluators=[SatisfiesConstraints(**options)])
