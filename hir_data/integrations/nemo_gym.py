"""A resources server for NeMo Gym, whose ``/verify`` rewards the constraints that a response satisfies.

``hir-data init nemo-gym`` writes one. It reads the rows of NeMo Gym's own server for instruction following,
as ``/verify`` of ``hir-data serve`` does. Checked in its own environment, with nemo-gym 0.4.
"""

from dataclasses import replace

import nemo_gym.reward_profile
from fastapi import HTTPException
from nemo_gym.base_resources_server import (
    BaseResourcesServerConfig,
    BaseVerifyRequest,
    BaseVerifyResponse,
    SimpleResourcesServer,
)
from pydantic import ConfigDict

from hir_data.errors import RecordError
from hir_data.integrations.grading import GradeFields
from hir_data.rewards.protocols import read_verify
from hir_data.rewards.scorer import default_workers

MASK = getattr(nemo_gym.reward_profile, "MASK_SAMPLE_FIELD", None)
"""The field that takes a rollout out of metrics and of the loss; None in versions that have none."""


class ConstraintServerConfig(GradeFields, BaseResourcesServerConfig):
    """How responses are graded, as :class:`hir_data.GradeOptions` says."""


class ConstraintVerifyRequest(BaseVerifyRequest):
    """A row with its response; what states the constraints is beside them."""

    model_config = ConfigDict(extra="allow")


class ConstraintVerifyResponse(BaseVerifyResponse):
    """The row with its reward and the verdicts."""

    model_config = ConfigDict(extra="allow")


class ConstraintResourcesServer(SimpleResourcesServer):
    """The server.

    A reward of which too little is known is no 0: where this version of NeMo Gym can mask a rollout, it is
    masked, and where it cannot the request fails with 503, as it does where a model cannot be reached.
    """

    config: ConstraintServerConfig

    async def verify(self, body: ConstraintVerifyRequest) -> ConstraintVerifyResponse:
        """The row with its reward.

        Raises:
            HTTPException: 422, the row cannot be read; 503, its reward is not known.
        """
        try:
            request = read_verify(body.model_dump(mode="json", exclude_unset=True))
            options = self.config.options()
            options = replace(options, score=request.score or options.score)
        except RecordError as error:
            raise HTTPException(422, str(error)) from None
        (scored,) = await options.scorer(default_workers()).scored_async(request.items)
        if scored.status == "unread":
            raise HTTPException(422, scored.error)
        row = request.answer([scored], lambda one: one.reward)
        if row["reward"] is None:
            if MASK is None:
                raise HTTPException(503, f"the reward is undetermined: {scored.error or scored.satisfied}")
            row |= {"reward": 0.0, MASK: True}
        return ConstraintVerifyResponse(**row)
