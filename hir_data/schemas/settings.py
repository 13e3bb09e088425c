"""What the settings of all stages have in common.

A stage has one model of its settings. A field of it says everything about an option once: the default, the
bounds and the help. The command's option, the key in a loop's file, the argument in Python and the page of
the documentation are made from the field.

>>> class Example(Settings):
...     headings = {"limit": "Input"}
...     limit: PositiveInt | None = Field(None, description="Number of records to read. Default: all.")
>>> Example(limit=3).limit
3
"""

import difflib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from hir_data.errors import RecordError

PositiveInt = Annotated[int, Field(ge=1)]
NonNegativeInt = Annotated[int, Field(ge=0)]
PositiveFloat = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NonNegativeFloat = Annotated[float, Field(ge=0, allow_inf_nan=False)]
UpperLimit = Annotated[float, Field(gt=0)]
"""A limit above zero; infinity means no limit."""
Probability = Annotated[float, Field(gt=0, le=1)]
Share = Annotated[float, Field(ge=0, le=1)]
"""A share of a whole, 0 and 1 included."""
Seconds = Annotated[float, Field(ge=0.01, allow_inf_nan=False)]


def _listed(value: Any) -> Any:
    """A single name as a list of names, as files of settings write it."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
"""Several names; one may be given alone."""


class Settings(BaseModel):
    """The settings of a stage; unknown names are errors.

    Attributes:
        headings: the headings of the command's help, each under the name of the first field below it.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    headings: ClassVar[Mapping[str, str]] = {}


S = TypeVar("S", bound=Settings)


@dataclass(frozen=True, slots=True)
class Flag:
    """How the option of a field is written, where that does not follow from the field's name and type.

    Attributes:
        names: the names, such as ``-k``; those of a switch are written ``--on/--off``.
        metavar: what stands for the value in the help.
    """

    names: tuple[str, ...] = ()
    metavar: str | None = None

    @classmethod
    def of(cls, field: FieldInfo) -> Self:
        """What the annotation of a field says."""
        return next((one for one in field.metadata if isinstance(one, cls)), cls())


def flag_name(model: type[Settings], name: str) -> str:
    """The option of a field, as the command line writes it."""
    names = Flag.of(model.model_fields[name]).names if name in model.model_fields else ()
    return names[0].partition("/")[0] if names else f"--{name.replace('_', '-')}"


def value_types(field: FieldInfo) -> list[Any]:
    """The types that a value of a field may have, None aside."""
    annotation = field.annotation
    union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    parts = [
        typing.get_args(part)[0] if typing.get_origin(part) is Annotated else part
        for part in (typing.get_args(annotation) if union else [annotation])
    ]
    return [part for part in parts if part is not type(None)]


def heading(model: type[Settings], name: str) -> str:
    """The heading of the help that a field stands under; empty if its class has none."""
    owner = next(cls for cls in reversed(model.__mro__) if name in getattr(cls, "__annotations__", {}))
    headings, found = getattr(owner, "headings", {}), ""
    for field in model.model_fields:
        found = headings.get(field, found)
        if field == name:
            break
    return found


def make_settings(model: type[S], values: Mapping[str, Any], source: str | None = None) -> S:
    """Settings from a mapping.

    Args:
        model: the settings.
        values: the values by name of field.
        source: the file that the values are from; None for the command line, whose options errors then name.

    Raises:
        RecordError: a name is unknown, or a value is not possible.
    """
    for name in values:
        if name not in model.model_fields:
            near = difflib.get_close_matches(name, model.model_fields, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise RecordError(f"there is no such option{hint}", source, field=name)
    try:
        return model.model_validate(values)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        message = problem["msg"].removeprefix("Value error, ")
        if not problem["loc"]:
            raise RecordError(message, source) from None
        field = ".".join(map(str, problem["loc"]))
        field = field if source else flag_name(model, field)
        raise RecordError(f"{message}, not {problem['input']!r}", source, field=field) from None
