"""What a sentence asks for that the grammar of :mod:`hir_data.formats.grammar.parse` does not know."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from hir_data.schemas.constraint import Constraint, Example, Part, Verdict
from hir_data.schemas.registry import register
from hir_data.text.text import Text
from hir_data.verifiers.compose import Composite, PartCheck
from hir_data.verifiers.soft import Criterion


@register("muldimif:unparsed")
class Unparsed(Composite):
    """A sentence that could not be read as a typed constraint: a judge is asked, where there is one."""

    category: str
    subcategory: str
    sentence: str

    example: ClassVar[Example] = Example(
        {"category": "Content", "subcategory": "Keywords", "sentence": "Name the players."},
        "Ana and Bo.",
        "Nobody.",
    )
    no_hindsight = "what is asked for is not known"

    def inner(self) -> Iterable[Constraint]:
        return (Criterion(criterion=self.sentence),) if self.sentence.strip() else ()

    def parts(self, text: Text) -> list[PartCheck]:
        return [PartCheck("judge", one, text) for one in self.inner()]

    def combine(self, answers: Sequence[Part]) -> Verdict:
        verdict = answers[0].verdict if answers else Verdict(None, "nothing is asked for", "unjudged")
        if verdict.satisfied is not None:
            return verdict
        return Verdict(None, f"the sentence could not be read; {verdict.reason}", verdict.status)

    def clause(self) -> str:
        return Criterion(criterion=self.sentence).clause() if self.sentence.strip() else "do nothing else"
