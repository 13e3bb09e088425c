"""Constraints in Japanese."""

from hir_data.instructions.languages.wordings import Wordings

JAPANESE = Wordings(
    code="ja",
    name="Japanese",
    units={
        "sentence": ("文", "文"),
        "paragraph": ("段落", "段落"),
        "character": ("文字", "文字"),
        "bullet": ("項目", "項目"),
        "passage": ("か所", "か所"),
        "placeholder": ("個", "個"),
    },
    least="{n}{unit}以上",
    most="{n}{unit}以内",
    exactly="ちょうど{n}{unit}",
    between="{n}{unit}以上{m}{unit}以内",
    times=(("1回以上", "2回以上", "{n}回以上"), ("1回まで", "2回まで", "{n}回まで")),
    quotation=("「", "」"),
    word="{listed}という言葉",
    words="{listed}という言葉",
    listing=("、", "と"),
    phrasings={
        "sentence_count": ("{amount}で答えてください。", "文の数は{amount}にしてください。"),
        "paragraph_count": ("{amount}に分けて書いてください。", "段落の数は{amount}にしてください。"),
        "character_count": ("{amount}で書いてください。", "回答の長さは{amount}にしてください。"),
        "contains": ("{text}という言葉を使ってください。", "回答に{text}という言葉を入れてください。"),
        "starts_with": ("{text}で書き始めてください。", "回答の冒頭は{text}にしてください。"),
        "ends_with": ("{text}で締めくくってください。", "回答の最後は{text}にしてください。"),
        "keywords:existence": ("{words}を使ってください。", "回答に{words}を必ず入れてください。"),
        "keywords:frequency": (
            "{text}という言葉を使う回数は{times}にしてください。",
            "回答の中で{text}という言葉が出てくる回数は、{times}としてください。",
        ),
        "detectable_format:number_bullet_lists": (
            "Markdownの箇条書き（*または-で始まる行）を{amount}入れてください。",
            "箇条書きはMarkdownで{amount}にし、各行を*か-で始めてください。",
        ),
        "detectable_format:number_highlighted_sections": (
            "{amount}をMarkdownで*このように*強調してください。",
            "回答の{amount}を*アスタリスク*で囲んで強調してください。",
        ),
        "detectable_content:number_placeholders": (
            "[名前]のような角括弧のプレースホルダーを{amount}入れてください。",
            "[日付]のように角括弧で書いた空欄を{amount}設けてください。",
        ),
        "json": ("有効なJSONだけで答えてください。", "回答全体を有効なJSONにしてください。"),
    },
    keywords=(
        "吊り橋", "お城", "冬景色", "市場", "庭園", "雨音", "星空", "散歩道",
        "窓辺", "山頂", "図書館", "友情",
        "秘密", "旅行", "鏡台", "静けさ", "焚き火", "料理", "思い出", "白馬", "夜明け",
        "宝物", "木陰", "果実",
    ),
    openings=("まず、", "簡単に言うと、", "実は、", "結論から言えば、"),
    closings=("以上です。", "参考になれば幸いです。", "またお会いしましょう。", "そこが大切です。"),
    section="",
)  # fmt: skip
