"""Numbers as people write them: "50", "2,500", "twenty-five", "三十"."""

from collections.abc import Sequence

_ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen""".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
WORDS = {
    **{word: value for value, word in enumerate(_ONES)},
    **{word: 10 * value for value, word in enumerate(_TENS, 2)},
    "dozen": 12,
    "hundred": 100,
    "thousand": 1000,
}
CHINESE = {character: value for value, character in enumerate("零一二三四五六七八九十")} | {
    "两": 2,
    "兩": 2,
    "百": 100,
    "千": 1000,
}


def value_of(words: Sequence[str]) -> int:
    """What number words (of :data:`WORDS` or characters of :data:`CHINESE`) in a row amount to."""
    total = group = 0
    for word in words:
        value = WORDS.get(word, CHINESE.get(word, 0))
        if value == 1000:
            total, group = total + max(group, 1) * value, 0
        elif value == 100 or word in ("十", "dozen"):
            ones = group % 10 if word == "十" else group
            group += max(ones, 1) * value - ones
        else:
            group += value
    return total + group


def continues(before: str, word: str) -> bool:
    """Whether a number word belongs to the number that ends with the one before it: "twenty" "five"."""
    ahead, value = WORDS[before], WORDS[word]
    return value > ahead if value in (12, 100, 1000) else ahead >= 20 and ahead != 12 and value < ahead
