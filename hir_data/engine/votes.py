"""Several votes on one question: the verdict that they make together, and how far they agree."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hir_data.engine.judge import Question
from hir_data.schemas.constraint import Verdict

Vote = bool | int
"""Whether a text meets a criterion, or its grade."""


def votes_of(verdict: Verdict) -> tuple[Vote | None, ...]:
    """The votes that a verdict stands for; its own where it was not made of several."""
    return verdict.votes or (verdict.satisfied if verdict.grade is None else verdict.grade,)


def majority(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict of several votes on one question.

    Yes or no is what more than half of all votes say, those that could not be read included; else the verdict
    is undetermined. The grade is the median of those that could be read, the lower of the two in the middle,
    if they are more than half.

    Args:
        verdicts: one or more, each a vote, or made of votes of its own.
    """
    if len(verdicts) == 1:
        return verdicts[0]
    ballots = [(vote, verdict.reason) for verdict in verdicts for vote in votes_of(verdict)]
    votes = tuple(vote for vote, _ in ballots)
    cast = [vote for vote in votes if vote is not None]
    if 2 * len(cast) <= len(votes):
        problem = next(reason for vote, reason in ballots if vote is None)
        reason = f"{len(cast)} of {len(votes)} votes can be read: {problem}"
        return Verdict(None, reason, "error", votes=votes)
    if not isinstance(cast[0], bool):
        grade = sorted(cast)[(len(cast) - 1) // 2]
        return Verdict(None, _reason(ballots, grade), votes=votes, grade=grade)
    winner, count = Counter(cast).most_common(1)[0]
    if 2 * count <= len(votes):
        reason = f"no majority: {cast.count(True)} yes and {cast.count(False)} no of {len(votes)} votes"
        return Verdict(None, reason, "error", votes=votes)
    return Verdict(bool(winner), _reason(ballots, winner), votes=votes)


def _reason(ballots: Sequence[tuple[Vote | None, str]], winner: Vote) -> str:
    """How many votes say it, and the reason of the first one that does."""
    said = [reason for vote, reason in ballots if vote == winner]
    return f"{len(said)} of {len(ballots)} votes: {said[0]}"


@dataclass(slots=True)
class Agreement:
    """How far the votes agree, over the questions that had several votes that could be read.

    Yes and no are counted as 1 and 0, grades by their place on the scale from 0 to 1. Sums that add up alike
    in any order.
    """

    questions: int = 0
    undetermined: int = 0
    unanimous: int = 0
    equal: float = 0.0
    disagreement: float = 0.0
    values: Counter[float] = field(default_factory=Counter)

    def add(self, question: Question, verdict: Verdict) -> None:
        """Count the votes on a question."""
        cast = [_value(question, vote) for vote in verdict.votes if vote is not None]
        if len(cast) < 2:
            return
        self.questions += 1
        self.undetermined += verdict.satisfied is None and verdict.grade is None
        most = max(Counter(cast).values())
        self.unanimous += most == len(cast)
        self.equal += most / len(cast)
        self.values.update(cast)
        pairs = sum((one - other) ** 2 for one in cast for other in cast)
        self.disagreement += pairs / (len(cast) - 1)

    @property
    def alpha(self) -> float | None:
        """Krippendorff's alpha: 1 where all votes agree, 0 where they do as if by chance.

        1 - Do / De (Krippendorff 2004, Content Analysis, chapter 11), with squared differences: for yes and
        no the nominal coefficient, for grades the interval one. With n votes in all, Do is the sum over
        questions of the squared differences of all ordered pairs of their votes, each divided by their number
        less 1, over n; De the sum of those of all ordered pairs of votes whatsoever over n (n - 1). None
        where no two votes differ at all, and chance has nothing to say.
        """
        votes = sum(self.values.values())
        expected = sum(
            one_count * other_count * (one - other) ** 2
            for one, one_count in self.values.items()
            for other, other_count in self.values.items()
        )
        return None if not expected else 1 - self.disagreement * (votes - 1) / expected

    def summary(self) -> dict[str, Any]:
        """The figures as JSON."""
        share = self.equal / self.questions if self.questions else None
        alpha = self.alpha
        return {
            "questions": self.questions,
            "unanimous": self.unanimous,
            "undetermined": self.undetermined,
            "share": None if share is None else round(share, 6),
            "alpha": None if alpha is None else round(alpha, 6),
        }


def _value(question: Question, vote: Vote) -> float:
    if question.scale is None:
        return float(vote)
    lowest, highest = question.scale
    return (vote - lowest) / (highest - lowest)


@dataclass(slots=True)
class Agreements:
    """How far the votes agree: on questions of yes or no, and on grades."""

    criteria: Agreement = field(default_factory=Agreement)
    grades: Agreement = field(default_factory=Agreement)

    def add(self, question: Question, verdict: Verdict) -> None:
        """Count the votes on a question."""
        (self.criteria if question.scale is None else self.grades).add(question, verdict)

    def summary(self) -> dict[str, Any]:
        """The figures as JSON: ``agreement``, and ``grade_agreement`` where there are grades."""
        figures = {"agreement": self.criteria, "grade_agreement": self.grades}
        return {name: one.summary() for name, one in figures.items() if one.questions}
