"""What all records that are written down have in common."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from hir_data.text.cached import cached_property


class Record(BaseModel):
    """A frozen record that travels light between processes."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True,
        extra="forbid",
        ser_json_bytes="base64",
        ser_json_inf_nan="null",
        ignored_types=(cached_property,),
    )

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), tuple(getattr(self, name) for name in type(self).model_fields))


def _restored(cls: type[Record], values: tuple[Any, ...]) -> Record:
    return cls(**dict(zip(cls.model_fields, values, strict=True)))
