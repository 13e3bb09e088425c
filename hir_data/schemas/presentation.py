r"""How a question and its criteria are written as one prompt.

A presentation is exact: the prompt of some of the criteria is what it would have been without the others.

>>> for name in PRESENTATIONS:
...     print(name, repr(present("Where?", ["Use no commas", "Be brief."], name)), sep=": ")
inline: 'Where? Use no commas. Be brief.'
below: 'Where?\nUse no commas. Be brief.'
numbered: 'Where?\n\nThe output must follow the following rules:\n1. Use no commas\n2. Be brief.'
bullets: 'Where?\n\n- Use no commas\n- Be brief.'
before: 'Use no commas. Be brief.\n\nWhere?'
lines: 'Where?\n\nUse no commas\nBe brief.'
"""

import typing
from collections.abc import Sequence
from typing import Any, Literal

from hir_data.errors import RecordError

Presentation = Literal["inline", "below", "numbered", "bullets", "before", "lines"]

PRESENTATIONS: tuple[Presentation, ...] = typing.get_args(Presentation)
"""Their names, in the order in which data sets number them: the first is also called ``type1``."""

RULES = "The output must follow the following rules:"

_NAMED: dict[Any, Presentation] = {name: name for name in PRESENTATIONS} | {
    f"type{number}": name for number, name in enumerate(PRESENTATIONS, 1)
}


def present(question: str, criteria: Sequence[str], presentation: str) -> str:
    """The prompt that asks a question under some criteria; without any, the question alone.

    - ``inline``: behind the question, as sentences
    - ``below``: the same on a line of their own
    - ``numbered``: rules with numbers, under a heading
    - ``bullets``: one a line, each behind a dash
    - ``before``: before the question, as sentences
    - ``lines``: one a line

    As a sentence, a criterion gets a full stop unless it ends with one of ``, . ? !`` or their full-width
    forms, behind which, as in Chinese and Japanese, there is no space, or with a quotation that ends so in
    „German“ or «Spanish» marks.

    Raises:
        RecordError: there is no presentation of that name.
    """
    name = presentation_named(presentation)
    if not criteria:
        return question
    sentences = _in_a_row([text if text.endswith(_ENDS) else f"{text}." for text in criteria]).strip()
    match name:
        case "inline":
            return _in_a_row([question, sentences])
        case "below":
            return f"{question}\n{sentences}"
        case "numbered":
            rules = (f"{number}. {text}" for number, text in enumerate(criteria, 1))
            return "\n".join([f"{question}\n\n{RULES}", *rules])
        case "bullets":
            return f"{question}\n\n" + "\n".join(f"- {text}" for text in criteria)
        case "before":
            return f"{sentences}\n\n{question}"
        case "lines":
            return f"{question}\n\n" + "\n".join(criteria)


_FULL_WIDTH = ("，", "。", "？", "！")
_QUOTED = tuple(f"{stop}{closing}" for stop in ".?!" for closing in ("“", "»", " »", "\u00a0»"))
"""How a quotation ends a German, Spanish or French sentence; behind English marks data sets have a stop."""
_ENDS = (",", ".", "?", "!", *_FULL_WIDTH, "。」", "。”", *_QUOTED)


def _in_a_row(sentences: Sequence[str]) -> str:
    spaced = (text if text.endswith(_FULL_WIDTH) else f"{text} " for text in sentences[:-1])
    return "".join([*spaced, sentences[-1]])


def presentation_named(name: Any) -> Presentation:
    """The presentation of a name, its own or the one in a data set (``type1`` to ``type6``).

    Raises:
        RecordError: there is none of that name.
    """
    try:
        return _NAMED[name]
    except (KeyError, TypeError):
        known = ", ".join(PRESENTATIONS)
        raise RecordError(
            f"there is no presentation {name!r}; there are {known}, also called type1 to type6"
        ) from None
