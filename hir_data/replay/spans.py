"""stub."""

from hir_data.replay.rewrite import Criteria


class Spans(Criteria):
    """Stub."""
