"""Pages of the HTML report for tests: what is in them, and files to make them of."""

import base64
import gzip
import json
import re
from pathlib import Path

from files import native, write

import hir_data as hir

HOSTILE = (
    "</script><script>document.title = 'taken over'</script><style>body { display: none }</style>"
    "<img src=x onerror=\"document.title='taken over'\"> \u202eright to left, 👋🏽, done \0 ]]> -->"
)


def data_of(page: Path) -> dict:
    """What a page shows."""
    text = page.read_text(encoding="utf-8")
    packed = re.search(r'id="data">([^<]*)<', text).group(1)
    return json.loads(gzip.decompress(base64.b64decode(packed)))


def verifications(path: Path, responses: list[str]) -> str:
    """A file of verifications of responses, each to a prompt of its own that is hostile."""
    records = [
        native(number, response, prompt=f"Prompt {number}: {HOSTILE}")
        for number, response in enumerate(responses)
    ]
    rollouts = [
        hir.Rollout(
            instruction=hir.Instruction(
                id=str(record["id"]), prompt=record["prompt"], constraints=record["constraints"]
            ),
            response=record["response"],
        )
        for record in records
    ]
    write(path, [json.loads(each.model_dump_json()) for each in hir.verify(rollouts, workers=0)])
    return str(path)
