"""What ``--summary`` writes, command by command; ``hir_data/schemas/summaries`` is made of it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0)]
Proportion = Annotated[float, Field(ge=0, le=1)]


class Figures(BaseModel):
    """Figures with a name each, and no others."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")


class ShareFigures(Figures):
    """A share with its 95% confidence interval."""

    value: Proportion
    low: Proportion
    high: Proportion


class KindFigures(Figures):
    """Verdicts on the constraints of one kind; those with ``loose`` are absent with ``--strict-only``."""

    constraints: Count
    strict: Count = Field(description="How many are satisfied, strictly.")
    loose: Count = Field(0, description="How many are satisfied, loosely.")
    undetermined: Count = Field(description="How many have no strict verdict.")
    undetermined_loose: Count = Field(0, description="How many have no loose verdict.")


class GroupFigures(Figures):
    """Responses and constraints that have one value of a field of metadata in common."""

    rollouts: Count
    ila: Count = Field(description="In how many responses all constraints of the group are satisfied.")
    ila_loose: Count = Field(0, description="The same, loosely.")
    constraints: Count
    strict: Count = Field(description="How many constraints of the group are satisfied.")
    loose: Count = Field(0, description="The same, loosely.")


class PassFigures(Figures):
    """The probability that of k responses to a prompt one at least satisfies all constraints."""

    value: Proportion
    prompts: Count = Field(description="Prompts with k responses or more.")


class SumFigures(Figures):
    """Sums over clusters of size n with s hits each."""

    clusters: Count
    n: Count
    s: Count
    nn: Count
    ss: Count
    ns: Count


class ClusterFigures(Figures):
    """Responses to one prompt that follow each other."""

    prompt: str = Field(description="A digest that tells the prompt from others.")
    rollouts: Count
    constraints: Count
    ila: Count
    cla: Count
    ila_loose: Count
    cla_loose: Count


class PromptSums(Figures):
    """What the shares, their intervals and pass@k are computed from; those of shards add up."""

    ila: SumFigures
    cla: SumFigures
    ila_loose: SumFigures
    cla_loose: SumFigures
    outcomes: dict[str, Count] = Field(
        description='How many prompts have so many responses, and so many that satisfy all: "8:3".'
    )
    first: ClusterFigures | None = Field(description="Of the first prompt, which is not in the sums.")
    last: ClusterFigures | None = Field(description="Of the last prompt, which is not in the sums either.")


class ProvenanceFigures(Figures):
    """How a run came about, by which hir-data merge sees that shards belong together."""

    hir_data: str = Field(description="The version.")
    settings: dict[str, Any] = Field(description="What figures depend on, besides the records.")
    records: list[str] = Field(description="A digest of the records that were read; of each shard.")
    differing: dict[str, list[Any]] = Field({}, description="By field, the values of merged shards.")


class WeightedFigures(Figures):
    """The mean share of the points of rubrics."""

    value: Proportion | None = Field(description="Null where it is known of no response.")
    responses: Count = Field(description="Responses of which the share is known.")
    undetermined: Count = Field(description="Responses of which it is not, for want of a verdict.")
    total: float | None = Field(None, ge=0, description="The sum of the shares.")


class FaultFigures(Figures):
    """Responses that a guard of replay objects to."""

    responses: Count
    share: Proportion


class ThresholdFigures(Figures):
    """A threshold of ``--fail-under``."""

    measure: str = Field(description="As the option names it: ila, cla_loose, pass@4 or a kind.")
    least: Proportion
    value: Proportion | None = Field(description="What was measured; null where nothing was.")
    passed: bool


class ComparedFigures(Figures):
    """A measure before and now."""

    method: Literal["paired", "two-proportion"]
    prompts: Count = Field(0, description="The prompts that both have; where they are compared in pairs.")
    before: Proportion = Field(description="Share that was satisfied; of these prompts, if in pairs.")
    after: Proportion = Field(description="Share that is satisfied now.")
    p_value: Proportion = Field(description="Of the test of one side, that it did not get worse.")
    p_adjusted: Proportion = Field(description="The same, corrected for all measures (Holm).")
    worse: bool = Field(description="Whether p_adjusted is below the significance.")


class BaselineFigures(Figures):
    """A run beside an earlier one (``--baseline``)."""

    source: str
    significance: Proportion
    correction: Literal["holm"]
    measures: dict[str, ComparedFigures] = Field(description="By name: ila_strict, cla_strict, the kinds.")
    worse: list[str] = Field(description="The measures that got significantly worse.")
    only_before: list[str] = Field(description="Measures that the earlier run alone has.")
    only_after: list[str] = Field(description="Measures that this run alone has.")


class VerifySummary(Figures):
    """What ``hir-data verify --summary`` writes."""

    read: Count = Field(description="Responses and bad records: verified and rejected.")
    verified: Count
    rejected: Count
    constraints: Count
    stripped_thinking: Count = Field(description="Responses that had reasoning, in the text or beside it.")
    truncated_thinking: Count = Field(description="Responses that end while thinking.")
    undetermined: Count = Field(description="Constraints without a strict verdict.")
    undetermined_by_status: dict[str, Count]
    undetermined_by_reason: dict[str, Count] = Field(description="At most 50 reasons.")
    ila_strict: ShareFigures | None = Field(description="Null where nothing was verified.")
    cla_strict: ShareFigures | None
    ila_loose: ShareFigures | None = None
    cla_loose: ShareFigures | None = None
    weighted: WeightedFigures | None = Field(None, description="Where constraints have points.")
    kinds: dict[str, KindFigures] = Field(description="Worst first.")
    pass_at_k: dict[str, PassFigures] = Field({}, description="By k; where prompts have several responses.")
    by: dict[str, dict[str, GroupFigures]] = Field({}, description="By field of metadata and its value.")
    faults: dict[str, FaultFigures] = Field({}, description="By guard; with --quality.")
    judge: dict[str, Any] | None = Field(None, description="What a judge was asked; with --judge-model.")
    prompts: PromptSums | None = Field(None, description="What shares over prompts are computed from.")
    provenance: ProvenanceFigures | None = None
    thresholds: list[ThresholdFigures] = Field([], description="With --fail-under.")
    baseline: BaselineFigures | None = Field(None, description="With --baseline.")


class GroupShare(Figures):
    """Groups of rollouts, and their share of all."""

    groups: Count
    share: Proportion | None


class GroupShares(Figures):
    """Groups by their rewards: 0 alone, 1 alone, both."""

    all_zero: GroupShare
    all_one: GroupShare
    mixed: GroupShare


class DiversityFigures(Figures):
    """What the selection measured diversity by."""

    measure: str | None
    candidates_without: Count


class InformationFigures(Figures):
    """How much instructions say, in bits."""

    replays_measured: Count
    mean_bits_of_sources: float | None
    mean_bits_of_replays: float | None
    relabelled_by_bits: dict[str, Count]
    trivial_share: Proportion | None
    replays_an_empty_text_satisfies: Count
    sources_an_empty_text_satisfies: Count
    bits_of_sources: float | None = Field(None, description="The sum that the mean is made of.")
    bits_of_replays: float | None = Field(None, description="The sum that the mean is made of.")


class ReplayKindFigures(Figures):
    """Constraints of one kind in a replay."""

    constraints: Count
    violated: Count
    relabelled: Count


class PromptSources(Figures):
    """How the prompts of replays were written."""

    parts: Count
    text: Count


class ReplaySummary(Figures):
    """What ``hir-data replay --summary`` writes; every candidate is in one of the bins."""

    prompts: Count
    rollouts: Count
    rejected: Count
    constraints: Count
    satisfied: Count | None = Field(None, description="How many constraints are satisfied.")
    ila: Proportion | None
    cla: Proportion | None
    rollouts_by_state: dict[str, Count]
    groups_before: GroupShares
    groups_after: GroupShares
    all_zero_groups_replayed: Proportion | None
    diversity: DiversityFigures
    unfit_by_guard: dict[str, Count]
    candidates: Count
    selected: Count
    replays: Count
    candidates_by_bin: dict[str, Count]
    details: dict[str, str]
    prompts_written_from: PromptSources
    constraints_of_replays: dict[str, Count]
    information: InformationFigures
    kinds: dict[str, ReplayKindFigures]
    judge: dict[str, Any] | None = None
    rewriter_model: dict[str, Any] | None = None
    provenance: ProvenanceFigures | None = None


class ConvertSummary(Figures):
    """What ``hir-data convert --summary`` writes."""

    to: str
    read: Count
    written: Count
    rejected: Count
    lost: dict[str, Count] = Field(description="By field, how many records lack it now; with --lossy.")


class ExportSummary(Figures):
    """What ``hir-data export --summary`` writes."""

    format: str
    samples: Count
    rows: Count
    labels: dict[str, Count] = Field({}, description="By label, where rows have one.")
    left_out: dict[str, Count] = Field(description="By reason, the samples that make no row.")


class ServerFigures(Figures):
    """What one of several servers has done."""

    server: str = Field(description="Its address.")
    responses: Count
    left_out: Count = Field(description="How often it was left out for a while.")
    problem: str | None = Field(description="Why it was left out last.")


class RolloutSummary(Figures):
    """What ``hir-data rollout --summary`` writes."""

    model: str
    read: Count
    rejected: Count
    prompts: Count
    responses: Count
    tokens: Count = Field(description="Tokens of the responses, as far as they are known.")
    cut_off: Count = Field(description="Responses that reached their greatest length.")
    cut_off_share: Proportion | None
    blank: Count = Field(description="Responses without a visible character.")
    entropy: float | None = Field(description="Mean of the responses that have one, in nats a token.")
    with_entropy: Count
    entropies: float | None = Field(None, description="The sum that the mean is made of.")
    seconds: float
    tokens_per_second: float
    servers: list[ServerFigures] | None = Field(None, description="With several servers.")
    provenance: ProvenanceFigures | None = None


class StepFigures(Figures):
    """What was measured in some steps of training."""

    step: Count = Field(description="The last of these steps.")
    figures: dict[str, float] = Field(description="Those of all steps since the entry before.")


class TrainSummary(Figures):
    """What ``hir-data train --summary`` writes."""

    model: str = Field(description="What to go on with.")
    plan: dict[str, Any] = Field(description="What was to be done.")
    steps: Count
    stopped: str | None = Field(description="Why the run ended before its last step; null where it did not.")
    figures: dict[str, float] = Field(description="Those of the last steps.")
    history: list[StepFigures] = Field(description="Those of all steps, as they were logged.")


class IterationFigures(Figures):
    """One iteration of a loop; number 0 is the model that it starts from."""

    iteration: Count
    stages: dict[Literal["rollout", "replay", "train", "answer", "evaluate"], dict[str, Any]]


class LoopSummary(Figures):
    """What ``hir-data loop --summary`` writes."""

    digest: str
    configuration: dict[str, Any]
    iterations: list[IterationFigures]
    versions: dict[str, str] = Field({}, description="Of what matters, when the loop went on the last time.")
    judge: dict[str, Any] | None = None


SUMMARIES: Mapping[str, type[Figures]] = MappingProxyType(
    {
        "verify": VerifySummary,
        "replay": ReplaySummary,
        "rollout": RolloutSummary,
        "convert": ConvertSummary,
        "export": ExportSummary,
        "train": TrainSummary,
        "loop": LoopSummary,
    }
)
"""The summaries by the name of their command."""


def summary_schema(command: str) -> dict[str, Any]:
    """The JSON Schema of the summary of a command."""
    schema = SUMMARIES[command].model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
