"""Numbers as English words."""

import functools

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_ORDINALS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
).split()
_TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
_OTHER_WORDS = {
    0: ("no", "not", "none", "never", "without"),
    1: ("a", "an", "the", "once", "single"),
    2: ("twice", "both", "double", "pair", "couple"),
    3: ("thrice", "triple"),
    12: ("dozen",),
    20: ("score",),
}


@functools.cache
def in_words(number: int) -> tuple[str, ...]:
    """How a number can be written out in English."""
    if number < 0:  # from the end: "the last line"
        return ("last",)
    plain = (spelled(number),) if number < 1_000_000 else ()
    ordinal = _ORDINALS[number : number + 1]
    return (*plain, *ordinal, *_OTHER_WORDS.get(number, ()))


def spelled(number: int) -> str:
    """A number below a million in words: "twenty one"."""
    if number < len(_SMALL):
        return _SMALL[number]
    for size, name in ((1000, "thousand"), (100, "hundred")):
        if number >= size:
            rest = f" {spelled(number % size)}" if number % size else ""
            head = name if number // size == 1 else f"{spelled(number // size)} {name}"
            return head + rest
    return _TENS[number // 10] + (f" {_SMALL[number % 10]}" if number % 10 else "")
