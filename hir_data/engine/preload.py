"""Importing this module loads what checks otherwise load on first use.

Worker processes do so before their first check: the clock of a check then measures the check, not the
loading of NLTK or of language profiles.
"""

from hir_data.schemas import registry
from hir_data.text import identify, language, segment
from hir_data.text.text import Text

registry.kinds()
registry.build("json", {"json_schema": True}).check(Text("1"))
for kind in ("format:emoji", "words:odd_even_syllables", "words:start_verb"):
    registry.build(kind, {}).check(Text("To be warm."))
registry.build("yaml", {}).check(Text("a: 1"))
registry.build("code_block", {}).check(Text("```\nx\n```"))
for script in ("simplified", "traditional"):
    registry.build("muldimif:chinese", {"script": script}).check(Text("To be 温."))
language.detect("To be warm.")
identify.identify("To be warm.")
segment.punkt_sentences("To be warm. To be quick.")
