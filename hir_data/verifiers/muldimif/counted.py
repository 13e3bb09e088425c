"""Counts of MulDimIF, which are its own: what it calls a word or a sentence nobody else does."""

from collections.abc import Sequence

from hir_data.schemas.claims import Claim
from hir_data.verifiers.general.count import Range


class Counted(Range):
    """A count between two bounds, by a definition of MulDimIF's."""

    claims_are_exact = False
    composable = False

    def claims(self) -> Sequence[Claim]:
        """Nothing that can be compared with the counts of others."""
        return ()
