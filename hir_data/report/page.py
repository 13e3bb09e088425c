"""The HTML report: one file that opens from a disk, without a network or a server.

All that comes from data travels as compressed JSON, and the script writes it into the page as text alone. A
content security policy lets only the page's own style and script run, whatever a response says.
"""

import base64
import gzip
import hashlib
import html
import json
from collections.abc import Mapping
from importlib.resources import files
from string import Template
from typing import Any

from hir_data.report.words import GUARDS, OUTCOMES, WORDS, explained_fates
from hir_data.version import __version__

_SCRIPTS = [
    f"{name}.js"
    for name in ("nodes", "charts", "browser", "figures", "answers", "replays", "training", "page")
]


def page(data: Mapping[str, Any], title: str) -> str:
    """The page.

    Args:
        data: what it shows, in lists: ``verified``, ``paired`` and ``replayed`` of
            :mod:`hir_data.report.page_data`, and ``trained`` of :mod:`hir_data.report.training_page`; and
            ``responses`` of :mod:`hir_data.report.answers`.
        title: of the page.
    """
    style, script = _file("page.css"), "\n".join(['"use strict";', *map(_file, _SCRIPTS)])
    words = {"terms": {**WORDS}, "fates": explained_fates(), "outcomes": {**OUTCOMES}, "guards": {**GUARDS}}
    written = json.dumps({**data, "words": words, "version": __version__}, ensure_ascii=True)
    # Without the time, so that equal data give equal pages.
    packed = base64.b64encode(gzip.compress(written.encode(), compresslevel=6, mtime=0)).decode()
    return Template(_file("page.html")).substitute(
        title=html.escape(title),
        style=style,
        script=script,
        data=packed,
        style_digest=_digest(style),
        script_digest=_digest(script),
    )


def _file(name: str) -> str:
    return (files("hir_data.report") / "static" / name).read_text(encoding="utf-8")


def _digest(source: str) -> str:
    """By which a content security policy knows what stands between two tags."""
    return f"sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}"
