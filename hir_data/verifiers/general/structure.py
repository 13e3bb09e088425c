"""Forms that programs read: YAML, XML, TOML, CSV, Markdown tables and blocks of code."""

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, Field, model_validator

from hir_data.schemas.claims import Claim, HasElement, WholeFormat
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.registry import register
from hir_data.text import markdown, structured
from hir_data.text.structured import NotParsedError
from hir_data.text.text import Text
from hir_data.verifiers.general.count import Range

SAID_AROUND = 0.9
"""How much nearer a block of code that fits is among other words than alone."""


class Document(Constraint):
    """The whole response is a document in a language that programs read, as it is or in one code fence."""

    no_hindsight = "not to write in it is what nearly every response does"
    language: ClassVar[str]
    """One of :data:`hir_data.text.structured.PARSERS`."""
    name: ClassVar[str]
    """The language as people write it."""

    def check(self, text: Text) -> Verdict:
        fault = structured.fault(markdown.document(text.raw), self.language)
        return Verdict(fault is None, f"not {self.name}: {fault.reason}" if fault else f"is {self.name}")

    def nearness(self, text: Text) -> float:
        """How much of it can be read before the first fault, or nearly that of a block of code in it."""
        whole = self._read_share(markdown.document(text.raw))
        block = markdown.first_block(text.raw, self.language)
        return whole if block is None else max(whole, SAID_AROUND * self._read_share(block))

    def claims(self) -> Sequence[Claim]:
        return [WholeFormat(self.language)]

    def _read_share(self, text: str) -> float:
        try:
            fault = structured.fault(text, self.language)
        except NotParsedError:
            return 0.0
        return 1.0 if fault is None else fault.at / max(len(text), 1)


@register("yaml")
class Yaml(Document):
    """The response is YAML, as it is or in one code fence: a mapping or a list, not plain text.

    No key is twice in a mapping. Aliases are not expanded, and tags make nothing. It is undetermined for what
    is longer than 100,000 characters or nested more than 100 deep.
    """

    phrasings: ClassVar[tuple[str, ...]] = (
        "Answer with valid YAML and nothing else.",
        "Your whole answer has to be YAML, without any text around it.",
    )
    example: ClassVar[Example] = Example({}, "city: Oslo\nsights:\n  - opera\n", "city: Oslo: north\n")
    language = "yaml"
    name = "YAML"


@register("xml")
class Xml(Document):
    """The response is well-formed XML, as it is or in one code fence: one element and what is in it.

    Nothing is fetched. It is undetermined for what declares entities of its own, which are not expanded, or
    is longer than 100,000 characters.
    """

    phrasings: ClassVar[tuple[str, ...]] = (
        "Answer with well-formed XML and nothing else.",
        "Your whole answer has to be one XML document, without any text around it.",
    )
    example: ClassVar[Example] = Example({}, "<city><name>Oslo</name></city>", "<city><name>Oslo</city>")
    language = "xml"
    name = "XML"


@register("toml")
class Toml(Document):
    """The response is TOML, as it is or in one code fence, with at least one key.

    It is undetermined for what is longer than 100,000 characters, nested too deeply, or has more than 100
    dots in a key.
    """

    phrasings: ClassVar[tuple[str, ...]] = (
        "Answer with valid TOML and nothing else.",
        "Your whole answer has to be TOML, without any text around it.",
    )
    example: ClassVar[Example] = Example({}, '[city]\nname = "Oslo"\n', "[city]\nname = Oslo\n")
    language = "toml"
    name = "TOML"


# ---------------------------------------------------------------------------------------------------------
# Code

_NAMES = {
    "c": "C", "cpp": "C++", "csharp": "C#", "css": "CSS", "csv": "CSV", "html": "HTML", "json": "JSON",
    "javascript": "JavaScript", "latex": "LaTeX", "php": "PHP", "powershell": "PowerShell", "sql": "SQL",
    "toml": "TOML", "typescript": "TypeScript", "xml": "XML", "yaml": "YAML",
}  # fmt: skip
_WRITTEN = frozenset("python javascript typescript java rust bash sql cpp csharp ruby html css php".split())
"""Languages in which questions ask for code."""


@register("code_block")
class CodeBlock(Range):
    """There are so many fenced blocks of code, one at least by default.

    With a ``language`` those that are marked with it count, by its usual names ("py" is "python"). With
    ``parses`` each of them has to be sound, too, which can be told of Python (the version that runs this),
    JSON, YAML, TOML and XML.
    """

    language: Annotated[str, Field(min_length=1), AfterValidator(markdown.canonical_language)] | None = None
    parses: bool = False

    phrasings: ClassVar[tuple[str, ...]] = (
        "Include {blocks}{that_parses}.",
        "Your answer should have {blocks}{that_parses}.",
    )
    example: ClassVar[Example] = Example(
        {"language": "python", "parses": True},
        "Try it:\n```py\nprint(2)\n```",
        "Try it:\n```py\nprint(2\n```",
    )
    counted = "block"
    sizes: ClassVar[range] = range(1, 4)
    claims_are_exact = False

    @property
    def blocks(self) -> str:
        """How many blocks, and of which language, in words."""
        name = _NAMES.get(self.language, self.language.capitalize()) if self.language else ""
        of = f"of {name} code" if name else "of code"
        if (self.min, self.max) == (1, None):
            return f"a fenced block {of}"
        last = self.min if self.max is None else self.max
        number = "no" if self.max == 0 else self.range
        return f"{number} fenced block{'' if last == 1 else 's'} {of}"

    @property
    def that_parses(self) -> str:
        """That the code has to be sound, in words."""
        return " without syntax errors" if self.parses else ""

    @classmethod
    def sample(cls, rng: Random, question: str = "") -> Constraint | None:
        """One block of code, in the language that the question names."""
        words = question.replace(",", " ").rstrip(".?!").split()
        languages = sorted(_WRITTEN.intersection(map(markdown.canonical_language, words)))
        language = languages[0] if languages else rng.choice((None, "python"))
        return cls(language=language, parses=language == "python" and rng.random() < 0.5)

    def found(self, text: Text) -> int:
        return len([*self._blocks(text)])

    def check(self, text: Text) -> Verdict:
        blocks = [*self._blocks(text)]
        for place, body in enumerate(blocks if self.parses and self.language else (), 1):
            try:
                fault = structured.fault(body, self.language or "")
            except NotParsedError as error:
                return Verdict(None, f"block {place} {error}", "error")
            if fault is not None:
                return Verdict(False, f"block {place}: {fault.reason}", nearness=fault.at / max(len(body), 1))
        return super().check(text)

    def nearest(self, text: Text) -> Constraint | None:
        """Blocks that need not be sound, in so many as there are."""
        fewer = super().nearest(text) if super().check(text).satisfied is False else self
        return fewer.try_replace(parses=False) if fewer is not None else None

    def flip(self, text: Text) -> Constraint | None:
        """Fewer blocks, where there are some: hardly any text has one."""
        return super().flip(text) if self.found(text) and not self.parses else None

    def stated(self) -> dict[str, Any]:
        named = {"language": _NAMES.get(self.language, self.language)} if self.language else {}
        number = super().stated()
        return {name: value for name, value in number.items() if name == "max" or value != 1} | named

    def claims(self) -> Sequence[Claim]:
        if not self.min:
            return []
        document = self.language in ("json", "yaml", "xml", "toml", "csv")
        return [HasElement("a fenced document" if document else "a block of code", self.language or "")]

    def _blocks(self, text: Text) -> Iterator[str]:
        for fence in markdown.fences(text.raw):
            if self.language is None or fence.language == self.language:
                yield fence.body

    @model_validator(mode="before")
    @classmethod
    def _one_by_default(cls, values: Any) -> Any:
        said = isinstance(values, Mapping) and (values.get("min") is None and values.get("max") is None)
        return {**values, "min": 1} if said else values

    @model_validator(mode="after")
    def _can_be_parsed(self) -> Self:
        if self.parses and self.language not in structured.PARSERS:
            known = ", ".join(structured.PARSERS)
            raise ValueError(f"parses needs a language that can be parsed ({known}), not {self.language!r}")
        return self
