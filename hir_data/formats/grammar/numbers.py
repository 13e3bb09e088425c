"""Numbers as people write them: "50", "2,500", "twenty-five", "one hundred and twenty", "三十"."""

import re

_ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen""".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_GROUPS = {"dozen": 12, "hundred": 100, "thousand": 1000, "百": 100, "千": 1000, "十": 10}
_VALUES = {
    **{word: value for value, word in enumerate(_ONES)},
    **{word: 10 * value for value, word in enumerate(_TENS, 2)},
    **{character: value for value, character in enumerate("零一二三四五六七八九")},
    "两": 2,
    "兩": 2,
}

_SMALL = rf"(?:(?:{'|'.join(_TENS)})(?:[-\s](?:{'|'.join(_ONES[1:10])}))?|{'|'.join(reversed(_ONES))})\b"
ENGLISH = rf"(?:{_SMALL}|\bhundred\b|\bdozen\b)(?:\s(?:hundred|thousand|dozen)\b(?:\s(?:and\s)?{_SMALL})?)*"
"""A pattern for number words, in lower case."""
CHINESE = "[零一二两兩三四五六七八九十百千]+"
"""A pattern for Chinese numbers."""

_PART = re.compile(r"[a-z]+|[\u3400-\u9fff]")


def value_of(number: str) -> int:
    """What a number in digits or in words amounts to."""
    if number[0].isdigit():
        return int(number.replace(",", ""))
    total = group = 0
    for part in _PART.findall(number):
        if part in _GROUPS:
            total, group = total + _GROUPS[part] * (group or 1), 0
        else:
            group += _VALUES.get(part, 0)
    return total + group
