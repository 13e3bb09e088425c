"""Language tags (BCP 47): what the parts of "zh-Hant-TW" say, and the names of languages."""

import re
from typing import NamedTuple


class LanguageTag(NamedTuple):
    """The parts of a tag that say something about a text, each as it is usually written.

    Attributes:
        language: ISO 639, the shortest code there is: "pt".
        script: ISO 15924, such as "Latn"; "" where the tag has none.
        region: ISO 3166 or UN M.49, such as "BR" or "419"; likewise.
    """

    language: str
    script: str = ""
    region: str = ""

    def __str__(self) -> str:
        return "-".join(part for part in self if part)


_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<extended>[a-z]{3}))?(?:-(?P<script>[a-z]{4}))?"
    r"(?:-(?P<region>[a-z]{2}|[0-9]{3}))?(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"  # variants
    r"(?:-[a-wy-z0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"  # extensions, and private use
)


def parse_tag(tag: str) -> LanguageTag:
    """The parts of a tag, in any case and with "-" or "_"; variants and extensions are dropped.

    Raises:
        ValueError: it is no language tag.
    """
    found = _TAG.fullmatch(tag.strip().lower().replace("_", "-"))
    if not found:
        usual = _CODE_OF.get(tag.strip().lower())
        hint = f", use {usual!r}" if usual else ': it is a code such as "en", "pt-BR" or "zh-Hant"'
        raise ValueError(f"no language tag: {tag!r}{hint}")
    code = found["extended"] or found["language"]
    script, region = (found["script"] or "").title(), (found["region"] or "").upper()
    return LanguageTag(_USUAL.get(code, code), script, region)


def _pairs(text: str) -> dict[str, str]:
    return dict(line.strip().split(" ", 1) for line in text.strip().replace(";", "\n").splitlines())


_USUAL = _pairs(
    """
    iw he; in id; mo ro; fil tl; tgl tl; cmn zh; zho zh; chi zh; arb ar; ara ar; eng en; deu de; ger de
    fra fr; fre fr; spa es; ita it; por pt; nld nl; dut nl; rus ru; ukr uk; pol pl; ces cs; cze cs; slk sk
    slo sk; slv sl; hrv hr; srp sr; bos bs; bul bg; mkd mk; mac mk; ron ro; rum ro; hun hu; ell el; gre el
    tur tr; fas fa; per fa; pes fa; heb he; hin hi; ben bn; urd ur; pan pa; guj gu; mar mr; tam ta; tel te
    kan kn; mal ml; nep ne; npi ne; sin si; jpn ja; kor ko; vie vi; tha th; khm km; lao lo; mya my; bur my
    ind id; msa ms; may ms; zsm ms; swe sv; dan da; nor no; nob nb; nno nn; fin fi; est et; ekk et; lav lv
    lvs lv; lit lt; isl is; ice is; gle ga; cym cy; wel cy; eus eu; baq eu; cat ca; glg gl; lat la; epo eo
    afr af; swa sw; swh sw; amh am; som so; hau ha; yor yo; ibo ig; zul zu; xho xh; kat ka; geo ka; hye hy
    arm hy; aze az; kaz kk; uzb uz; uzn uz; kir ky; tgk tg; mon mn; khk mn; sqi sq; alb sq; als sq; bel be
    kur ku; pus ps; ori or; ory or; asm as; mlt mt; ltz lb; fry fy; bre br; mlg mg; kin rw
    """
)
"""Codes that are no longer used, and those of three letters, with the usual ones."""

_NAMES = _pairs(
    """
    ace Acehnese; af Afrikaans; am Amharic; an Aragonese; ar Arabic; ary Moroccan Arabic
    arz Egyptian Arabic; as Assamese; az Azerbaijani; ba Bashkir; bcl Central Bikol; be Belarusian
    bg Bulgarian; bn Bengali; br Breton; bs Bosnian; ca Catalan; crh Crimean Tatar; cs Czech; cy Welsh
    da Danish; de German; dz Dzongkha; el Greek; en English; eo Esperanto; es Spanish; et Estonian
    eu Basque; ext Extremaduran; fa Persian; fi Finnish; fo Faroese; fr French; fuv Nigerian Fulfulde
    fy West Frisian; ga Irish; gcf Guadeloupean Creole; gcr Guianese Creole; gd Scottish Gaelic
    gl Galician; gom Konkani; grc Ancient Greek; gu Gujarati; gug Guarani; guw Gun; ha Hausa
    hbo Biblical Hebrew; he Hebrew; hi Hindi; hr Croatian; ht Haitian Creole; hu Hungarian; hy Armenian
    id Indonesian; ig Igbo; is Icelandic; it Italian; ja Japanese; jv Javanese; ka Georgian; kab Kabyle
    kik Kikuyu; kk Kazakh; km Khmer; kn Kannada; ko Korean; ku Kurdish; ky Kyrgyz; la Latin
    lb Luxembourgish; lg Ganda; lij Ligurian; ln Lingala; lo Lao; lt Lithuanian; ltg Latgalian; lv Latvian
    mg Malagasy; mk Macedonian; ml Malayalam; mn Mongolian; mr Marathi; ms Malay; mt Maltese; my Burmese
    nb Norwegian Bokmål; ne Nepali; nl Dutch; nn Norwegian Nynorsk; no Norwegian; nso Northern Sotho
    oc Occitan; om Oromo; or Odia; pa Punjabi; pcm Nigerian Pidgin; pl Polish; ps Pashto; pt Portuguese
    qu Quechua; ro Romanian; ru Russian; rw Kinyarwanda; sa Sanskrit; sdh Southern Kurdish
    se Northern Sami; si Sinhala; sk Slovak; sl Slovenian; sn Shona; so Somali; sq Albanian; sr Serbian
    st Southern Sotho; sv Swedish; sw Swahili; ta Tamil; te Telugu; tg Tajik; th Thai; tk Turkmen
    tl Tagalog; tr Turkish; tt Tatar; ug Uyghur; uk Ukrainian; ur Urdu; uz Uzbek; uzs Southern Uzbek
    vec Venetian; vi Vietnamese; vo Volapük; wa Walloon; wuu Wu Chinese; xh Xhosa; yo Yoruba; yue Cantonese
    zh Chinese; zh-Hans simplified Chinese; zh-Hant traditional Chinese; zu Zulu
    """
)
_CODE_OF = {name.lower(): code for code, name in _NAMES.items()}
_SCRIPT_NAMES = _pairs(
    "Latn Latin letters; Cyrl Cyrillic letters; Arab Arabic letters; Deva Devanagari; Guru Gurmukhi"
)


def language_name(tag: str) -> str:
    """The name of a language in English, with its script and region where the tag has them."""
    if tag in _NAMES:
        return _NAMES[tag]
    language, script, region = parse_tag(tag)
    known = _NAMES.get(f"{language}-{script}")
    name = known or _NAMES.get(language, language)
    written = "" if known or not script else f" in {_SCRIPT_NAMES.get(script, f'the script {script}')}"
    return f"{name}{f' ({region})' if region else ''}{written}"
