"""The rules by which submissions are judged: plain data that judges and processes share."""

from dataclasses import dataclass, field

from autograder.sandbox.client import Times
from autograder.sandbox.isolation import LAYERS
from autograder.sandbox.limits import Limits


@dataclass(frozen=True)
class Rules:
    """How submissions are judged.

    Attributes:
        seed: Draws the data of the checks.
        times: How long cells, calls, checks and submissions may take.
        limits: How much memory, disk and so on a worker may use.
        layers: The layers of isolation that a worker applies.
        require_isolation: Whether nothing of a learner runs unless all these layers stand.
    """

    seed: int
    times: Times = field(default_factory=Times)
    limits: Limits = field(default_factory=Limits)
    layers: frozenset[str] = frozenset(LAYERS)
    require_isolation: bool = False
