"""Language tags are read as BCP 47 has them, and as people write them."""

import pytest

import hir_data as hir
from hir_data.text import identify
from hir_data.text.language_tags import LanguageTag, language_name, parse_tag


@pytest.mark.parametrize(
    ("tag", "parts"),
    [
        ("en", LanguageTag("en")),
        ("EN_us", LanguageTag("en", "", "US")),
        ("zh-hant-tw", LanguageTag("zh", "Hant", "TW")),
        ("es-419", LanguageTag("es", "", "419")),
        ("de-CH-1996", LanguageTag("de", "", "CH")),
        ("de-DE-u-co-phonebk", LanguageTag("de", "", "DE")),
        ("en-x-pirate", LanguageTag("en")),
        ("zh-yue", LanguageTag("yue")),
        ("iw", LanguageTag("he")),
        ("ger", LanguageTag("de")),
    ],
)
def test_a_tag_has_parts(tag: str, parts: LanguageTag):
    assert parse_tag(tag) == parts
    assert parse_tag(str(parts)) == parts


@pytest.mark.parametrize(
    ("tag", "says"),
    [
        ("English", "use 'en'"),
        ("simplified Chinese", "use 'zh-Hans'"),
        ("", "no language tag"),
        ("en-", "no language tag"),
        ("e", "no language tag"),
        ("en US", "no language tag"),
        ("xx", "no language that can be told: 'xx'"),
        ("en-USA", "no language that can be told: 'en-USA'"),
        ("en-Hant", "no script of English that can be told: 'Hant'"),
        ("zh-Latn", "no script of Chinese that can be told: 'Latn'"),
    ],
)
def test_what_is_no_tag_is_an_error_that_helps(tag: str, says: str):
    with pytest.raises(hir.RecordError, match=says):
        hir.parse({"kind": "language", "language": tag})


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("pt-BR", "Portuguese (BR)"),
        ("zh-Hant", "traditional Chinese"),
        ("sr-Latn", "Serbian in Latin letters"),
        ("kk-Arab-CN", "Kazakh (CN) in Arabic letters"),
    ],
)
def test_a_tag_has_a_name(tag: str, name: str):
    assert language_name(tag) == name


def test_each_language_that_can_be_told_has_a_name_and_is_its_own_usual_tag():
    for tag in identify.languages():
        assert language_name(tag) != tag
        assert str(parse_tag(tag)) == tag
