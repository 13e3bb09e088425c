"""Which language a text is written in: langdetect's answer, the same one every time.

langdetect draws n-grams at random; unseeded, it changes its mind from run to run. Here every detection
starts from seed 0 with a random generator of its own, over tables of our own: other users of langdetect in
the same process are not touched, and threads do not disturb each other. The algorithm (naive Bayes over
letter n-grams, Shuyo 2010), its constants and its profiles are langdetect's, and so are the answers, those
of ``langdetect.detect`` under ``DetectorFactory.seed = 0``; only the inner loops run in NumPy.
"""

import functools
import math
import os
import random
import re
import threading
from array import array
from typing import TYPE_CHECKING

from hir_data.text.language_profiles import LETTERS, OTHER, Profiles, load_profiles

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# langdetect's constants.
_MAX_CHARACTERS = 10_000
_TRIALS = 7
_ITERATIONS = 1000
_CHECK_EVERY = 5
_RUN = 50  # draws taken at once; a divisor of _ITERATIONS and a multiple of _CHECK_EVERY
_CONVERGED = 0.99999
_LIKELY = 0.1
_ALPHA, _ALPHA_WIDTH = 0.5, 0.05
_BASE_FREQUENCY = 10_000

_USUAL_WORDS = 2048
_BLOCKS = list(range(0, _RUN, _CHECK_EVERY))
_FIRST_BLOCKS = [0, *range(1, _RUN + 1, _CHECK_EVERY)]

_URL = re.compile(r"https?://[-_.?&~;+=/#0-9A-Za-z]{1,2076}")
_MAIL = re.compile(r"[-_.0-9A-Za-z]{1,64}@[-_0-9A-Za-z]{1,255}[-_.0-9A-Za-z]{1,255}")
_LATIN = re.compile("[A-z]")
_NOT_LATIN = re.compile("[^\u0000-\u02ff]")

UNKNOWN = "unknown"


def detect(text: str) -> str | None:
    """The ISO 639-1 code of the text's language (``zh-cn`` and ``zh-tw`` for Chinese).

    :data:`UNKNOWN` where no language is likely; None where the text holds nothing to tell a language by,
    such as digits and punctuation only.
    """
    profiles = _profiles()
    ngrams = _ngrams(_clean(text), profiles)
    if not len(ngrams):
        return None
    probabilities = _posterior(ngrams, profiles.likelihoods)
    best = int(probabilities.argmax())
    return profiles.languages[best] if probabilities[best] > _LIKELY else UNKNOWN


_MOST_LINES = 20
_TELLING = 60  # letters that are enough to tell a language by


def share(text: str, code: str) -> float:
    """The share of a text, in characters, whose lines are in a language by :func:`detect`.

    Of its first twenty lines that hold letters; 0 where there are none.
    """
    lines = [line for line in text.split("\n") if any(map(str.isalpha, line))][:_MOST_LINES]
    fitting = sum(len(line) for line in lines if detect(line) == code)
    return fitting / sum(map(len, lines)) if lines else 0.0


def is_clear(text: str) -> bool:
    """Whether the language of a text is more than a guess: it is long enough, and so says each half of it.

    A letter of a script without an alphabet (Chinese, Japanese) counts for several.
    """
    weight = sum(1 if letter < "\u2e80" else 5 for letter in text if letter.isalpha())
    if weight < _TELLING:
        return False
    middle = text.find(" ", len(text) // 2) if " " in text[len(text) // 2 :] else len(text) // 2
    return detect(text) == detect(text[:middle]) == detect(text[middle:]) != UNKNOWN


def language_codes() -> tuple[str, ...]:
    """Every code that :func:`detect` can answer, sorted."""
    return tuple(sorted(_profiles().languages))


def _clean(text: str) -> str:
    """Without addresses, and without the Latin letters of a text that is mainly in another script."""
    text = _URL.sub(" ", text)
    if "@" in text:  # the pattern looks for one from every letter on
        text = _MAIL.sub(" ", text)
    if text.isascii():
        return text[:_MAX_CHARACTERS]
    from langdetect.utils.ngram import NGram

    text = NGram.normalize_vi(text)[:_MAX_CHARACTERS]
    if len(_LATIN.findall(text)) * 2 < len(_NOT_LATIN.findall(text)):
        return _LATIN.sub("", text)
    return text


def _ngrams(text: str, profiles: Profiles) -> "NDArray[np.intc]":
    """The rows of the text's known 1-, 2- and 3-grams, in the order in which they end.

    Of words alone, with the spaces around them. No n-gram ends at a capital that follows a capital.
    """
    import numpy as np

    coded = _coded(text)
    if OTHER in coded:
        return _ngrams_by_word(text)
    words = b"\1".join(filter(None, coded.split(b"\1")))
    if not words:
        return np.empty(0, dtype=np.intc)
    # What follows the last space has no space behind it.
    letters = np.frombuffer(b"\1%b%b" % (words, b"\1" if coded.endswith(b"\1") else b""), dtype=np.uint8)
    found = np.full((len(letters), 3), -1, dtype=np.intc)
    pairs = letters[:-1] * np.intc(LETTERS) + letters[1:]
    found[:, 0] = profiles.of_one[letters]
    found[1:, 1] = profiles.of_two[pairs]
    found[2:, 2] = profiles.of_three[pairs[:-1] * np.intc(LETTERS) + letters[2:]]
    capital = profiles.capital[letters]
    found[1:][capital[1:] & capital[:-1]] = -1
    known = found.ravel()
    return known[known >= 0]


def _coded(text: str) -> bytes:
    """A text in the letters of which n-grams stand in tables: 1 is a space, 0 a sign of which there are none.

    :data:`OTHER` stands for a letter that has no place in the tables.
    """
    if text.isascii():
        return text.encode().translate(_ascii_codes())
    return text.translate(_codes()).encode("latin-1")


@functools.cache
def _codes() -> dict[int, str]:
    profiles, normal = _profiles(), _normal()

    class Codes(dict[int, str]):
        def __missing__(self, code: int) -> str:
            letter = normal[code]
            self[code] = coded = chr(profiles.letters.find(letter) + 1 or _foreign(letter))
            return coded

    def _foreign(letter: str) -> int:
        return OTHER[0] if letter in profiles.in_ngrams or letter.isupper() else 0

    return Codes()


@functools.cache
def _ascii_codes() -> bytes:
    codes = _codes()
    return bytes(ord(codes[code]) for code in range(128)) + bytes(128)


def _ngrams_by_word(text: str) -> "NDArray[np.intc]":
    """The same for any letters, word by word."""
    import numpy as np

    words = text.translate(_normal()).split(" ")
    last = words.pop()
    found = [_word_ngrams(word + " ") for word in words if word]
    if last:
        found.append(_word_ngrams(last))
    return np.frombuffer(b"".join(found), dtype=np.intc)


@functools.lru_cache(maxsize=1 << 16)
def _word_ngrams(word: str) -> bytes:
    """The rows of one word's n-grams, packed; they may take in the spaces around it."""
    rows = _rows()
    padded = " " + word
    found = array("i")
    for end in range(2, len(padded) + 1):
        if padded[end - 1].isupper() and padded[end - 2].isupper():
            continue
        for start in range(end - 1, max(end - 4, -1), -1):
            row = rows.get(padded[start:end])
            if row is not None:
                found.append(row)
    return found.tobytes()


@functools.cache
def _rows() -> dict[str, int]:
    return {ngram: row for row, ngram in enumerate(_profiles().ngrams)}


@functools.cache
def _normal() -> dict[int, str]:
    """The normalisation of characters by langdetect, each asked for once."""
    from langdetect.utils.ngram import NGram

    class Normal(dict[int, str]):
        def __missing__(self, code: int) -> str:
            self[code] = normal = str(NGram.normalize(chr(code)))
            return normal

    return Normal()


def _posterior(ngrams: "NDArray[np.intc]", likelihoods: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """The probability of each language, or as much of it as decides which is the most likely."""
    words = _random_words()
    mean = _trials(ngrams, likelihoods, words[:_USUAL_WORDS])
    if mean is None:  # a text that no trial can decide draws a thousand times in each
        mean = _trials(ngrams, likelihoods, words)
    assert mean is not None, "there are random words for seven trials of the longest kind"
    return mean


def _trials(
    ngrams: "NDArray[np.intc]", likelihoods: "NDArray[np.float64]", words: "NDArray[np.int64]"
) -> "NDArray[np.float64] | None":
    """The mean of seven trials, each on n-grams drawn until one language is sure; None if words run out.

    Ends early when one language has more than half of the mean: no other can have more in the end.

    langdetect multiplies one drawn n-gram after the other and looks after each fifth. Every detection
    starts from seed 0, so all draw from one stream of random words (:func:`_random_words`): a trial takes a
    run of it at once, multiplies along it, and puts back what it drew in vain.
    """
    import numpy as np

    size, languages = len(ngrams), likelihoods.shape[1]
    draws = words >> (32 - size.bit_length())  # Random.getrandbits
    (accepted,) = (draws < size).nonzero()  # Random.choice draws again where the number is too large
    stream = ngrams[draws[accepted]]
    uniform, mean = np.full(languages, 1.0 / languages), np.zeros(languages)
    position, spare = 0, None
    for _ in range(_TRIALS):
        if spare is None:
            if position + 4 > len(words):
                return None
            deviate, spare = _gauss_pair(words[position : position + 4].tolist())
            position += 4
        else:
            deviate, spare = spare, None
        weight = (_ALPHA + deviate * _ALPHA_WIDTH) / _BASE_FREQUENCY
        first = int(accepted.searchsorted(position))
        probability, drawn = uniform, 0
        while drawn <= _ITERATIONS:
            # langdetect looks after the first draw, and then after each fifth.
            blocks = _FIRST_BLOCKS if drawn == 0 else _BLOCKS
            run = stream[first + drawn : first + drawn + _RUN + (drawn == 0)]
            if len(run) < _RUN + (drawn == 0):
                return None
            factors = likelihoods.take(run, axis=0)
            factors += weight
            looks = np.multiply.reduceat(factors, blocks)
            looks[0] *= probability
            np.multiply.accumulate(looks, out=looks)
            totals = np.add.reduce(looks, axis=1)
            sure = np.maximum.reduce(looks, axis=1) > _CONVERGED * totals
            last = int(sure.argmax())
            is_sure = bool(sure[last])
            last = last if is_sure else len(looks) - 1
            probability = looks[last] / totals[last]
            drawn += last * _CHECK_EVERY + (1 if drawn == 0 else _CHECK_EVERY)
            if is_sure:
                break
        position = int(accepted[first + drawn - 1]) + 1
        mean += probability / _TRIALS
        if np.maximum.reduce(mean) > 0.5:
            break
    return mean


@functools.cache
def _random_words() -> "NDArray[np.int64]":
    """The 32-bit words that the random generator gives after seed 0, more than any detection can use."""
    import numpy as np

    rng = random.Random(0)
    most = _TRIALS * (_ITERATIONS + _RUN + 1)
    # At worst half of the words are rejected; a quarter more makes a shortage a matter of astronomy.
    return np.array([rng.getrandbits(32) for _ in range(most * 5 // 2)], dtype=np.int64)


def _gauss_pair(words: list[int]) -> tuple[float, float]:
    """Two standard normal deviates from four random words, as ``random.Random.gauss`` makes them."""
    first, second = ((a >> 5) * 2**26 + (b >> 6) for a, b in (words[:2], words[2:]))
    angle = first / 2**53 * 2.0 * math.pi
    radius = math.sqrt(-2.0 * math.log(1.0 - second / 2**53))
    return math.cos(angle) * radius, math.sin(angle) * radius


_loading = threading.Lock()


def _unlock() -> None:
    """In a forked process, where the thread that held the lock is not."""
    global _loading
    _loading = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlock)


def _profiles() -> Profiles:
    with _loading:
        return load_profiles()
