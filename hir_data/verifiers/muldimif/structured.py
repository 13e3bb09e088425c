"""MulDimIF's kinds about JSON and XML."""

from typing import ClassVar

from hir_data.schemas.constraint import Example, Verdict
from hir_data.schemas.registry import register
from hir_data.text.text import Text
from hir_data.verifiers.compare import between, closeness, mean
from hir_data.verifiers.muldimif import elements
from hir_data.verifiers.muldimif.counted import Counted


@register("muldimif:json_depth")
class JsonDepth(Counted):
    """There is JSON, in a block of code or as all of the response, nested to a number of levels."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Give JSON with {amount} of nesting.",
        "The number of levels that your JSON is nested to has to be {range}.",
    )
    example: ClassVar[Example] = Example({"max": 1}, '{"tea": 2}', '{"tea": {"cups": 2}}')
    counted = "level"
    sizes: ClassVar[range] = range(1, 5)

    def found(self, text: Text) -> int:
        return elements.json_depth(text.raw) or 0

    def check(self, text: Text) -> Verdict:
        depth = elements.json_depth(text.raw)
        if depth is None:
            return Verdict(False, "there is no JSON")
        return between(depth, self.min, self.max, "level")


@register("muldimif:xml_attributes")
class XmlAttributes(Counted):
    """Each XML element has a number of attributes; a text without any satisfies this."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Give each XML element {amount}.",
        "The number of attributes of each XML element has to be {range}.",
    )
    example: ClassVar[Example] = Example({"max": 1}, '<tea cups="2"/>', '<tea cups="2" milk="no"/>')
    counted = "attribute"
    sizes: ClassVar[range] = range(1, 6)

    def found(self, text: Text) -> int:
        found = elements.attributes(text.raw) or [0]
        return min(found) if self.max is None else max(found)

    def check(self, text: Text) -> Verdict:
        for found in elements.attributes(text.raw):
            verdict = between(found, self.min, self.max, "attribute")
            if not verdict.satisfied:
                return verdict
        return Verdict(True, "every element fits")

    def nearness(self, text: Text) -> float:
        return mean(closeness(found, self.min, self.max) for found in elements.attributes(text.raw))
