"""The language profiles of langdetect (Apache-2.0, Nakatani Shuyo), as arrays of one file.

langdetect has them as 55 JSON files, which take a third of a second to read. ``.ci/language-profiles`` writes
the file, and a test compares it with those of langdetect.
"""

import functools
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FILE = Path(__file__).with_suffix(".npz")
LETTERS = 96
"""How many codes letters have in the tables: 0 for a sign that is in no n-gram, 1 for a space."""
OTHER = b"\xff"
"""The code of a letter that has none there."""


class Profiles(NamedTuple):
    """What langdetect knows: for each n-gram of a text a row of its likelihoods, one a language.

    Attributes:
        languages: the codes of the languages, in the order of the columns.
        ngrams: the n-grams of up to three letters, in the order of the rows.
        likelihoods: (n-grams, languages), float64.
        letters: the letters of the tables from code 1 on; most texts in Latin letters have no others.
        in_ngrams: all letters of all n-grams.
        of_one: the row of a letter by its code, int32; -1 for none.
        of_two: of two, by ``first * LETTERS + second``.
        of_three: of three, in the same way.
        capital: whether a letter is a capital, by its code.
    """

    languages: tuple[str, ...]
    ngrams: tuple[str, ...]
    likelihoods: "NDArray[np.float64]"
    letters: str
    in_ngrams: frozenset[str]
    of_one: "NDArray[np.intc]"
    of_two: "NDArray[np.intc]"
    of_three: "NDArray[np.intc]"
    capital: "NDArray[np.bool_]"


@functools.cache
def load_profiles() -> Profiles:
    """What the file holds."""
    import numpy as np

    with np.load(FILE) as file:
        columns, steps, counts, totals = (file[name] for name in ("columns", "steps", "counts", "totals"))
        names, joined, letters = (
            file[name].tobytes().decode() for name in ("languages", "ngrams", "letters")
        )
    ngrams, languages = tuple(joined.split("\n")), tuple(names.split("\n"))
    sizes = np.fromiter(map(len, ngrams), dtype=np.intc, count=len(ngrams))
    column = np.repeat(np.arange(len(languages)), columns)
    row = np.cumsum(steps) % len(ngrams)
    likelihoods = np.zeros((len(ngrams), len(languages)))
    likelihoods[row, column] = counts / totals[column, sizes[row] - 1]

    table = np.zeros(1 << 16, dtype=np.int64)
    table[[ord(letter) for letter in letters]] = np.arange(1, len(letters) + 1)
    tables = []
    for size in (1, 2, 3):
        (of_size,) = (sizes == size).nonzero()
        signs = np.frombuffer(
            "".join(ngrams[each] for each in of_size.tolist()).encode("utf-32-le"), dtype="<u4"
        )
        codes = table[signs].reshape(-1, size)
        within = codes.all(axis=1)
        rows = np.full(LETTERS**size, -1, dtype=np.intc)
        rows[codes[within] @ LETTERS ** np.arange(size - 1, -1, -1)] = of_size[within]
        tables.append(rows)
    capital = np.zeros(LETTERS, dtype=bool)
    capital[1 : len(letters) + 1] = [letter.isupper() for letter in letters]
    in_ngrams = frozenset(joined) - {"\n"}
    of_one, of_two, of_three = tables
    return Profiles(languages, ngrams, likelihoods, letters, in_ngrams, of_one, of_two, of_three, capital)


def packed(folder: Path) -> "dict[str, NDArray[Any]]":
    """The arrays of the file, from the JSON files of langdetect.

    Args:
        folder: where those are, ``langdetect.detector_factory.PROFILES_DIRECTORY``.

    Returns:
        ``languages``, ``ngrams`` and ``letters`` as UTF-8, lists of them with line breaks between;
        ``columns``, how many n-grams each language has; ``steps``, from the row of one to that of the next,
        modulo their number; ``counts``, how often each occurs; ``totals``, (languages, 3), how many there
        are of each size.
    """
    import numpy as np

    rows: dict[str, int] = {}
    found: list[int] = []
    counts, columns, totals, names = [], [], [], []
    common = Counter[str]()
    for path in sorted(each for each in folder.iterdir() if each.is_file() and each.name[0] != "."):
        profile = json.loads(path.read_text(encoding="utf-8"))
        known = {
            ngram: count for ngram, count in profile["freq"].items() if 1 <= len(ngram) <= 3 and ngram != " "
        }
        cells = sorted((rows.setdefault(ngram, len(rows)), count) for ngram, count in known.items())
        found += [row for row, _ in cells]
        counts += [count for _, count in cells]
        columns.append(len(cells))
        names.append(profile["name"])
        totals.append(profile["n_words"])
        latin = {ngram: count for ngram, count in known.items() if len(ngram) == 1 and ngram < "\u0250"}
        common.update({letter: count / profile["n_words"][0] for letter, count in latin.items()})
    steps = np.mod(np.diff(found, prepend=0), len(rows))
    ascii_letters = [letter for letter in map(chr, range(128)) if letter.isalpha()]
    others = [letter for letter, _ in common.most_common() if not letter.isascii()]
    letters = "".join([" ", *ascii_letters, *others])[: LETTERS - 1]
    said = {"languages": "\n".join(names), "ngrams": "\n".join(rows), "letters": letters}
    return {
        **{name: np.frombuffer(text.encode(), dtype=np.uint8) for name, text in said.items()},
        "columns": np.array(columns, dtype=np.intc),
        "steps": steps.astype(np.intc),
        "counts": np.array(counts, dtype=np.intc),
        "totals": np.array(totals, dtype=np.int64),
    }
