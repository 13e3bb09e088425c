"""Constraints in Chinese, in simplified characters. A word of ``word_count`` is a character there."""

from hir_data.instructions.languages.wordings import Wordings

CHINESE = Wordings(
    code="zh",
    name="Chinese",
    units={
        "word": ("个字", "个字"),
        "sentence": ("句话", "句话"),
        "paragraph": ("个段落", "个段落"),
        "character": ("个字符", "个字符"),
        "bullet": ("个要点", "个要点"),
        "passage": ("处内容", "处内容"),
        "placeholder": ("个占位符", "个占位符"),
    },
    least="至少{n}{unit}",
    most="最多{n}{unit}",
    exactly="恰好{n}{unit}",
    between="{n}到{m}{unit}",
    times=(
        ("至少出现一次", "至少出现两次", "至少出现{n}次"),
        ("最多出现一次", "最多出现两次", "最多出现{n}次"),
    ),
    quotation=("“", "”"),
    word="{listed}这个词",
    words="{listed}这些词",
    listing=("、", "和"),
    phrasings={
        "word_count": ("请写{amount}。", "字数要求：{amount}。"),
        "sentence_count": ("请用{amount}来回答。", "句数要求：{amount}。"),
        "paragraph_count": ("请写{amount}。", "段落数要求：{amount}。"),
        "character_count": ("全文请写{amount}（包括标点）。", "字符数要求：{amount}，标点也算在内。"),
        "contains": ("请在回答中用到{text}这个词。", "回答中要提到{text}。"),
        "starts_with": ("请用{text}开头。", "回答要以{text}开头。"),
        "ends_with": ("请用{text}结尾。", "回答要以{text}结尾。"),
        "keywords:existence": ("请在回答中用上{words}。", "回答中必须出现{words}。"),
        "keywords:frequency": ("请让{text}这个词在回答中{times}。", "{text}这个词在回答中要{times}。"),
        "detectable_format:number_bullet_lists": (
            "请用Markdown列出{amount}（以*或-开头的行）。",
            "回答中要有{amount}，用Markdown格式，每行以*或-开头。",
        ),
        "detectable_format:number_highlighted_sections": (
            "请用Markdown强调{amount}，例如*重点*。",
            "回答中要有{amount}用*星号*标出。",
        ),
        "detectable_content:number_placeholders": (
            "请加入{amount}，用方括号表示，例如[姓名]。",
            "回答中要有{amount}，写在方括号里，例如[日期]。",
        ),
        "json": ("请只用有效的JSON作答。", "整个回答必须是有效的JSON。"),
    },
    keywords=(
        "桥梁", "城堡", "冬天", "市场", "花园", "雨水", "星星",
        "道路", "窗户", "高山", "图书馆", "友谊", "秘密",
        "旅行", "镜子", "寂静", "火焰", "食谱", "回忆", "骏马", "夜晚", "宝藏", "影子", "种子",
    ),
    openings=("首先，", "简单来说，", "其实，", "先说结论："),
    closings=("以上就是全部内容。", "希望对你有帮助。", "下次再见。", "这就是关键所在。"),
    section="",
)  # fmt: skip
