"""The most memory that torch holds at once on a processor, from the events of its profiler."""

import gc
from collections.abc import Callable
from typing import Any

from torch.profiler import ProfilerActivity, profile


def peak_of(work: Callable[[], Any]) -> int:
    """The largest sum of allocated bytes while something is done, over what was there before."""
    gc.collect()  # what is freed later would be taken off
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as watched:
        work()
    held = most = 0
    events = [each for each in watched.profiler.kineto_results.events() if each.name() == "[memory]"]
    for event in sorted(events, key=lambda each: each.start_ns()):
        held += event.nbytes()
        most = max(most, held)
    return most
