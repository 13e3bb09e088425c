"""M-IFEval's kinds for Japanese."""

from typing import Annotated, ClassVar, Literal

import regex
from pydantic import Field

from hir_data.schemas.constraint import Example, Verdict
from hir_data.schemas.drawing import Choices
from hir_data.schemas.registry import register
from hir_data.text.text import Text
from hir_data.verifiers.compare import between, exactly, share
from hir_data.verifiers.mifeval.amounts import Bound, Mifeval, measured
from hir_data.verifiers.patterns import read_regex

Number = Annotated[int, Field(ge=1), Choices(range(2, 8))]


def sentences(text: str) -> list[str]:
    """The sentences of a Japanese text: what stands between its marks and line breaks, without list marks."""
    pieces = regex.split(r"[。！？!?\n]", text)
    bare = [_CLOSING.sub("", _LIST_MARK.sub("", piece)) for piece in pieces]
    return [piece for piece in bare if regex.search(r"\p{L}", piece)]


_LIST_MARK = regex.compile(r"^\s*+(?:[・*\-•]|\d++[.．)）])\s*+")
_CLOSING_SIGNS = r"[\s」』）)】》”\"*]"
_CLOSING = regex.compile(rf"(?<!{_CLOSING_SIGNS}){_CLOSING_SIGNS}++$")


# ---------------------------------------------------------------------------------------------------------
# Layout


@register("ja:detectable_format:number_bullet_lists")
class JapaneseBullets(Mifeval):
    """Exactly so many lines are bullet points (・, * or -)."""

    num_bullets: Number

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use exactly {num_bullets:bullet point} (lines that start with ・).",
        "The number of bullet points has to be {num_bullets}.",
    )
    example: ClassVar[Example] = Example({"num_bullets": 2}, "・お茶\n・水", "・お茶")

    def check(self, text: Text) -> Verdict:
        found = regex.findall(r"^[^\S\n]*(?:・|[*\-•][^\S\n])[^\S\n]*\S", text.raw, regex.M)
        return exactly(len(found), self.num_bullets, "bullet point")


@register("ja:detectable_format:number_numbered_lists")
class JapaneseNumberedList(Mifeval):
    """Exactly so many lines are items of a numbered list ("1. ...")."""

    num_items: Number

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use exactly {num_items:item} in a numbered list.",
        "The numbered list has to have {num_items:item}.",
    )
    example: ClassVar[Example] = Example({"num_items": 2}, "1. お茶\n2. 水", "1. お茶")

    def check(self, text: Text) -> Verdict:
        found = regex.findall(r"^[^\S\n]*\d+[.．)）、][^\S\n]*\S", text.raw, regex.M)
        return exactly(len(found), self.num_items, "numbered item")


@register("ja:detectable_format:number_highlighted_sections")
class JapaneseHighlights(Mifeval):
    """At least so many passages are highlighted with 《》."""

    num_highlights: Number

    phrasings: ClassVar[tuple[str, ...]] = (
        "Highlight at least {num_highlights:passage} with 《》.",
        "At least {num_highlights:passage} of your answer should stand in 《》.",
    )
    example: ClassVar[Example] = Example({"num_highlights": 1}, "《お茶》を飲む。", "お茶を飲む。")

    def check(self, text: Text) -> Verdict:
        found = regex.findall(r"《[^《》\n]*[^\s《》][^《》\n]*》", text.raw)
        return between(len(found), self.num_highlights, None, "highlighted passage")


@register("ja:detectable_format:multiple_sections")
class JapaneseSections(Mifeval):
    """At least so many sections begin with their number, as "第1章"."""

    section_spliter: Annotated[str, Field(min_length=1), Choices("章項節")]
    num_sections: Number

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write at least {num_sections:section}, each beginning with its number, as 第1{section_spliter}.",
        "Your answer has to have {num_sections:section} or more, headed 第1{section_spliter} and so on.",
    )
    example: ClassVar[Example] = Example(
        {"section_spliter": "章", "num_sections": 2}, "第1章\nお茶\n第2章\n水", "第1章\nお茶"
    )

    def check(self, text: Text) -> Verdict:
        pattern = rf"^[\s#*]*第\s*([0-9０-９一二三四五六七八九十百]+)\s*{regex.escape(self.section_spliter)}"
        found = set(read_regex(pattern, regex.M).findall(text.raw))
        return between(len(found), self.num_sections, None, "section")


@register("ja:detectable_format:nominal_ending")
class NominalEnding(Mifeval):
    """At least so many sentences end with a noun (体言止め).

    A sentence that ends with a Chinese character or in katakana does. Of one in hiragana no more can be told
    than that it ends as verbs and adjectives commonly do, and not with one; where the others decide, the
    verdict is undetermined.
    """

    count: Number

    phrasings: ClassVar[tuple[str, ...]] = (
        "End at least {count:sentence} with a noun.",
        "At least {count:sentence} of your answer should end with a noun (体言止め).",
    )
    example: ClassVar[Example] = Example({"count": 1}, "朝の静かな海。", "海は静かです。")

    def check(self, text: Text) -> Verdict:
        found = sentences(text.raw)
        nouns = sum(regex.search(r"[\p{Han}\p{Katakana}ー]$", one) is not None for one in found)
        others = sum(
            regex.search(r"\p{Hiragana}$", one) is not None and not regex.search(_NO_NOUN, one)
            for one in found
        )
        if nouns < self.count <= nouns + others:
            return Verdict(None, f"{nouns} end with a noun, and it cannot be told of {others}", "error")
        return between(nouns, self.count, None, "sentence that ends with a noun")


_NO_NOUN = (
    r"(?:です|ます|ません|でしょう|ましょう|ない|る|た|だ|ください|なさい|しい"
    r"|ですか|ますか|だよ|ですよ|ですね|ますね|だね)$"
)


@register("ja:startend:sentence_unified_end")
class SentenceUnifiedEnd(Mifeval):
    """Every sentence ends with the same ending."""

    ending: Annotated[str, Field(min_length=1), Choices(["です", "ます", "ました"])]

    phrasings: ClassVar[tuple[str, ...]] = (
        "End every sentence with {ending}.",
        "Each sentence of your answer has to end with {ending}.",
    )
    example: ClassVar[Example] = Example({"ending": "です"}, "海です。山です。", "海です。山があります。")

    def check(self, text: Text) -> Verdict:
        found = sentences(text.raw)
        wrong = next((one for one in found if not one.endswith(self.ending)), None)
        if wrong is not None:
            return Verdict(False, f"{wrong[-20:]!r} does not end with {self.ending}")
        return Verdict(bool(found), f"{len(found)} sentences end so")

    def nearness(self, text: Text) -> float:
        return share(one.endswith(self.ending) for one in sentences(text.raw))


@register("ja:punctuation:no_period")
class NoJapanesePeriod(Mifeval):
    """There is no Japanese full stop (。)."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Do not use the full stop 。.",
        "Your answer must not have a 。 anywhere.",
    )
    example: ClassVar[Example] = Example({}, "海！", "海。")

    def check(self, text: Text) -> Verdict:
        return between(text.raw.count("。") + text.raw.count("｡"), None, 0, "full stop")


# ---------------------------------------------------------------------------------------------------------
# Scripts


@register("ja:letters:kanji")
class Kanji(Mifeval):
    """At least, at most or fewer than so many characters are Chinese ones."""

    relation: Bound
    kanji_limit: Annotated[int, Field(ge=0), Choices(range(30, 101, 10))]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use {relation} {kanji_limit:Chinese character}.",
        "The number of Chinese characters has to be {relation} {kanji_limit}.",
    )
    example: ClassVar[Example] = Example({"relation": "at least", "kanji_limit": 2}, "山と海。", "山とうみ。")

    def check(self, text: Text) -> Verdict:
        found = len(regex.findall(r"\p{Han}", text.raw))
        return measured(found, self.relation, self.kanji_limit, "Chinese character")


@register("ja:letters:furigana")
class Furigana(Mifeval):
    """Every run of Chinese characters has its reading in hiragana behind it, in round brackets."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Add the reading in hiragana in （） behind all Chinese characters.",
        "Each word in Chinese characters has to have its reading in （） behind it.",
    )
    example: ClassVar[Example] = Example({}, "山（やま）を見（み）る。", "山（やま）を見る。")

    def check(self, text: Text) -> Verdict:
        bare = regex.search(r"\p{Han}++(?![（(]\s*[\p{Hiragana}ー・\s]+[）)])", text.raw)
        return Verdict(
            bare is None, f"found {bare[0][:20]!r} without its reading" if bare else "all have one"
        )

    def nearness(self, text: Text) -> float:
        runs = regex.findall(r"\p{Han}++([（(]\s*[\p{Hiragana}ー・\s]+[）)])?", text.raw)
        return share(runs)


class _Script(Mifeval):
    """Whether letters are in a script: in this one only, or not in this one."""

    script: ClassVar[Literal["Hiragana", "Katakana"]]
    only: ClassVar[bool]

    def check(self, text: Text) -> Verdict:
        own = rf"[\p{{{self.script}}}ー]" if self.only else rf"\p{{{self.script}}}"
        wrong = regex.search(rf"(?!{own})\p{{L}}" if self.only else own, text.raw)
        if wrong:
            return Verdict(False, f"found {wrong[0]!r}")
        if self.only and not regex.search(own, text.raw):
            return Verdict(False, f"found no {self.script.lower()}")
        return Verdict(True, f"all is {self.script.lower()}" if self.only else "found none")

    def nearness(self, text: Text) -> float:
        own = regex.compile(rf"[\p{{{self.script}}}ー]")
        inside = [own.match(letter) is not None for letter in regex.findall(r"\p{L}", text.raw)]
        return share(inside) if self.only else share(not one for one in inside)


@register("ja:letters:hiragana_only")
class HiraganaOnly(_Script):
    """All letters are hiragana; digits and marks are free."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use no letters but hiragana.",
        "Your whole answer has to be in hiragana.",
    )
    example: ClassVar[Example] = Example({}, "うみは ひろい。", "海はひろい。")
    script, only = "Hiragana", True


@register("ja:letters:katakana_only")
class KatakanaOnly(_Script):
    """All letters are katakana; digits and marks are free."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use no letters but katakana.",
        "Your whole answer has to be in katakana.",
    )
    example: ClassVar[Example] = Example({}, "ウミハ ヒロイ。", "ウミは ヒロイ。")
    script, only = "Katakana", True


@register("ja:letters:no_hiragana")
class NoHiragana(_Script):
    """No letter is hiragana."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Do not use any hiragana.",
        "There must not be a single hiragana in your answer.",
    )
    example: ClassVar[Example] = Example({}, "東京都港区", "東京の港")
    script, only = "Hiragana", False


@register("ja:letters:no_katakana")
class NoKatakana(_Script):
    """No letter is katakana."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Do not use any katakana.",
        "There must not be a single katakana in your answer.",
    )
    example: ClassVar[Example] = Example({}, "東京の港", "東京タワー")
    script, only = "Katakana", False


@register("ja:letters:kansuuji")
class Kansuuji(Mifeval):
    """All numbers are in Chinese numerals: there are no digits."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write all numbers in Chinese numerals (一, 二, 三).",
        "Your answer must not have digits; its numbers should be Chinese numerals.",
    )
    example: ClassVar[Example] = Example({}, "三人で行く。", "3人で行く。")

    def check(self, text: Text) -> Verdict:
        found = regex.findall(r"\p{Nd}", text.raw)
        return Verdict(not found, f"found {''.join(found[:20])}" if found else "found no digits")
