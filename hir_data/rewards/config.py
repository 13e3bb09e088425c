"""How rewards are served over HTTP."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from hir_data.engine.config import CheckConfig
from hir_data.rewards.score import Score
from hir_data.schemas.settings import Flag, PositiveInt, Seconds
from hir_data.text.thinking import check_policy


def _checked_policy(policy: str) -> str:
    check_policy(policy)
    return policy


class ServeConfig(CheckConfig):
    """How rewards are served over HTTP."""

    headings: ClassVar[Mapping[str, str]] = {"host": "Server", "score": "Reward", "workers": "Verification"}

    host: Annotated[str, Flag(metavar="HOST")] = Field(
        "127.0.0.1", description="Address to listen at. The default is reached from this machine only."
    )
    port: Annotated[int, Field(ge=0, le=65535)] = Field(
        8008, description="Port to listen at; 0 for any that is free."
    )
    token_file: Annotated[Path | None, Flag(metavar="FILE")] = Field(
        None,
        description="File with the token that requests have to bring, as bearer or as the password of basic "
        "authentication. Default: HIR_DATA_SERVE_TOKEN of the environment; without it none is required.",
    )
    request_timeout: Annotated[Seconds, Flag(metavar="SECONDS")] = Field(
        60.0,
        description="Time limit of the work for one request; what is not verified then is undetermined. "
        "Waiting for a worker does not count.",
    )
    max_queue: PositiveInt = Field(
        4096,
        description="Maximum number of responses that are waited for; a request for more is answered with "
        "503 and Retry-After.",
    )
    max_body: Annotated[PositiveInt, Flag(metavar="BYTES")] = Field(
        64 << 20, description="Maximum number of bytes of a request's body."
    )
    score: Score = Field(
        "ila", description="What the reward is made of, where a request does not say it itself."
    )
    undetermined: float | None = Field(
        None,
        description="Reward of a response of which too little is known, for clients that want a number. "
        "Default: null.",
    )
    bad_rows: Literal["refuse", "null"] = Field(
        "refuse",
        description="What becomes of a request with a response or constraints that cannot be read: it is "
        "refused with 422, or these have no reward and the others theirs.",
    )
    strip_thinking: Annotated[str, AfterValidator(_checked_policy), Flag(metavar="NAME|OPEN,CLOSE")] = Field(
        "auto",
        description="Verify only what follows the reasoning of a response: in any known dialect (auto), in "
        "the channels of gpt-oss (harmony), in sections of this NAME, or between two markers.",
    )
    keep_thinking: bool = Field(False, description="Verify the whole response, its reasoning too.")
    workers: PositiveInt | None = Field(None, description="Number of worker processes. Default: one per CPU.")
