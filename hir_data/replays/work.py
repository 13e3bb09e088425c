"""What is done with a batch of rollouts in each of the two readings, here or in another process."""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from hir_data.engine.checks import CheckMonitor, JudgeAnswers, PendingRollout, ask, questions
from hir_data.engine.judge import Judge
from hir_data.engine.progress import BatchProgress
from hir_data.errors import HirDataError, MissingExtraError, OutputError, RecordError, problem_of
from hir_data.formats.reader import InputRecord, rejection_of
from hir_data.replays import dataset
from hir_data.replays.assess import Assessment, assess
from hir_data.replays.config import ReplayConfig
from hir_data.replays.dataset import Original
from hir_data.replays.index import RolloutRef
from hir_data.replays.information import Background
from hir_data.replays.pipeline import Draft, drafted, original, rewriter_of, verified
from hir_data.replays.rewriting.rewriter import Rewriter, RewriteRefusal
from hir_data.replays.verifications import read_original, read_verification
from hir_data.report.replay_figures import ReplayCounts
from hir_data.schemas.rejected import Rejected
from hir_data.schemas.replay import ReplaySample
from hir_data.schemas.result import Verification

if TYPE_CHECKING:
    import pyarrow


class AssessBatch:
    """The work function of the first reading."""

    def __init__(self, settings: ReplayConfig, rewriter: Rewriter | None, background: Background) -> None:
        self.settings: ReplayConfig = settings
        self.rewriter: Rewriter = rewriter or rewriter_of(settings)
        self.background: Background = background
        self.here: bool = rewriter is not None

    def __call__(self, units: list[InputRecord], progress: BatchProgress) -> list[Assessment | Rejected]:
        """What each rollout of a batch is to replay."""
        seen: list[Assessment | Rejected] = []
        for number, unit in enumerate(units):
            if problem := progress.reading_started(number):
                seen.append(rejection_of(unit, RecordError(f"cannot be read: {problem}")))
                continue
            try:
                seen.append(self._assessed(unit, progress.at(number)))
            except MissingExtraError:  # it would come back with every record
                raise
            except Exception as error:
                seen.append(rejection_of(unit, error))
        progress.idle()
        return seen

    def _assessed(self, unit: InputRecord, watch: CheckMonitor) -> Assessment | Rejected:
        one = read_verification(unit)
        if isinstance(one, Rejected):
            return one
        dataset.check_writable(one.rollout)
        return assess(one, self.settings, self.rewriter, self.background, watch)


class PlacedRecord(NamedTuple):
    """A record of the second reading.

    Attributes:
        record: as it was read.
        place: where its rollout stands.
        explanation: that of a chosen one, packed.
    """

    record: InputRecord
    place: RolloutRef
    explanation: str = ""


class BuildBatch:
    """The work function of the second reading."""

    def __init__(
        self,
        settings: ReplayConfig,
        rewriter: Rewriter | None,
        background: Background,
        judge: Judge | None,
    ) -> None:
        self.settings: ReplayConfig = settings
        self.rewriter: Rewriter = rewriter or rewriter_of(settings)
        self.background: Background = background
        self.judge = judge
        self.here: bool = rewriter is not None or judge is not None
        self.threads: int = getattr(rewriter, "concurrency", 0)

    def __call__(
        self, batch: list[PlacedRecord], progress: BatchProgress
    ) -> tuple["pyarrow.Table", ReplayCounts]:
        """The rows of a batch, and what became of the chosen ones among its rollouts."""
        originals: list[ReplaySample | Original] = []
        chosen: dict[int, tuple[Verification, RolloutRef]] = {}
        for number, (record, place, _) in enumerate(batch):
            if place.score is None and (unchanged := read_original(record, place)):
                originals.append(unchanged)
                continue
            verification = read_verification(record)
            if isinstance(verification, Rejected):
                raise OutputError("the input has changed while it was read")
            originals.append(original(verification, place))
            if place.score is not None:
                chosen[number] = verification, place
        drafts = self._drafts(chosen, [each.explanation for each in batch], progress)
        answers = self._answers(drafts)
        samples: list[ReplaySample | Original] = []
        made = ReplayCounts()
        for number, (_, place, _) in enumerate(batch):
            samples.append(originals[number])
            draft = drafts.get(number)
            if draft is None:
                continue
            sample: ReplaySample | RewriteRefusal = (
                draft
                if isinstance(draft, RewriteRefusal)
                else _verified(draft, *chosen[number], answers.get(number), progress.at(number))
            )
            made.add(place, sample)
            if isinstance(sample, ReplaySample):
                samples.append(sample)
        progress.idle()
        return dataset.table(samples), made

    def _drafts(
        self,
        chosen: dict[int, tuple[Verification, RolloutRef]],
        explanations: list[str],
        progress: BatchProgress,
    ) -> dict[int, Draft | RewriteRefusal]:
        def draft(number: int) -> Draft | RewriteRefusal:
            try:
                return drafted(
                    *chosen[number],
                    self.settings,
                    self.rewriter,
                    self.background,
                    progress.at(number),
                    explanations[number],
                )
            except HirDataError:
                raise
            except Exception as error:  # such as a description that nobody can write
                return RewriteRefusal("the new prompt cannot be written", problem_of(error))

        if not self.threads:
            return {number: draft(number) for number in chosen}
        with ThreadPoolExecutor(self.threads) as pool:
            return dict(zip(chosen, pool.map(draft, chosen), strict=True))

    def _answers(self, drafts: dict[int, Draft | RewriteRefusal]) -> dict[int, JudgeAnswers]:
        """What the judge says of the drafts with soft constraints, asked about the new prompts."""
        if self.judge is None:
            return {}
        soft = {
            number: draft.rollout
            for number, draft in drafts.items()
            if isinstance(draft, Draft) and any(one.soft for one in draft.rollout.instruction.constraints)
        }
        asked = (PendingRollout(rollout, questions(rollout)) for rollout in soft.values())
        return {number: judged.answers for number, judged in zip(soft, ask(asked, self.judge), strict=True)}


def _verified(
    draft: Draft,
    verification: Verification,
    place: RolloutRef,
    answers: JudgeAnswers | None,
    watch: CheckMonitor,
) -> ReplaySample | RewriteRefusal:
    """A replay that can be written to a data set."""
    try:
        sample = verified(draft, verification, place, answers, watch)
        if isinstance(sample, ReplaySample):
            dataset.check_writable(sample)
        return sample
    except HirDataError:
        raise
    except Exception as error:
        return RewriteRefusal("the new prompt cannot be written", problem_of(error))
