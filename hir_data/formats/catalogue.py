"""All formats that are known. To add one, write it (:mod:`hir_data.formats.format`) and list it here."""

from hir_data.errors import RecordError
from hir_data.formats.checklists import AutoIF, VerIF
from hir_data.formats.fields import JsonObject
from hir_data.formats.format import Format, WritableFormat
from hir_data.formats.ifeval import IFEval
from hir_data.formats.muldimif import MulDimIF
from hir_data.formats.native import Native
from hir_data.formats.nemo_gym import NemoGym
from hir_data.formats.open_instruct import OpenInstruct
from hir_data.formats.rubrics import Rubric
from hir_data.formats.verl import Verl, VerlDump

FORMATS: tuple[Format, ...] = (
    VerlDump(),
    NemoGym(),
    IFEval(),
    Native(),
    MulDimIF(),
    Rubric(),
    OpenInstruct(),
    Verl(),
    VerIF(),
    AutoIF(),
)
"""In the order in which a record is compared with them: it is of the first that fits."""


def format_of(record: JsonObject) -> Format | None:
    """The format that a record is in, or would be if it were whole; None if it is none of them."""
    for each in FORMATS:
        if each.fits(record):
            return each
    return next((each for each in FORMATS if record.get(each.mark) is not None), None)


def format_named(name: str) -> Format:
    """The format of a name.

    Raises:
        RecordError: there is none.
    """
    for each in FORMATS:
        if each.name == name:
            return each
    raise RecordError(f"there is no format {name!r}; there are {', '.join(each.name for each in FORMATS)}")


def target_named(name: str) -> WritableFormat:
    """The format of a name that can be written.

    Raises:
        RecordError: there is none, or records of it can only be read.
    """
    targets = [each for each in FORMATS if isinstance(each, WritableFormat)]
    for each in targets:
        if each.name == name:
            return each
    written = f"there are {', '.join(each.name for each in targets)}"
    if name in (each.name for each in FORMATS):
        raise RecordError(f"records of {name} can only be read, not written; {written}")
    raise RecordError(f"there is no format {name!r} to write; {written}")
