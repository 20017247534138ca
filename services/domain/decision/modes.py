"""The mode gate: matrix and dates, nothing else (handbook 4.2; A-11, A-66 to A-68, A-75)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schemas.policies import Policy
from services.domain.decision.block import Block, seal
from services.domain.decision.values import NO, YES, Tri, any_of


@dataclass(frozen=True, slots=True, eq=False)
class Modes(Block):
    """union: the programmes that justify each mode now. promo: whether any PROMO cell is active;
    opens: whether any cell that opens a referral is; joint_active: whether the column ④ is in
    force."""

    union: Mapping[str, tuple[str, ...]]
    promo: Tri
    opens: Tri
    joint_active: bool

    @property
    def incentive(self) -> tuple[str, ...]:
        """The programmes whose participation earns incentives now."""
        return self.union["INCENTIVE"]


def modes(policy: Policy, counts: tuple[tuple[str, Tri, Tri], ...], day: str) -> Modes:
    """One cell per circle of the known programmes. counts: as in participations.Group."""
    matrix = policy.matrix
    cells: dict[str, dict[str, Any]] = {}
    # By the plan's numbers: the order of names in a file is not part of the policy's hash.
    columns = sorted(matrix.modes, key=lambda mode: matrix.modes[mode].number)
    states: dict[str, dict[str, Tri]] = {mode: {} for mode in columns}
    for programme, anywhere, at_home in counts:
        for mode in matrix.programmes[programme].modes:
            column = matrix.modes[mode]
            counted = anywhere if mode in matrix.other_ministry_modes else at_home
            state: Tri = counted if day >= column.starts_on else NO
            states[mode][programme] = state
            cells[f"MG-{programme}-{mode}"] = {
                "state": state,
                "starts_on": column.starts_on,
                "section": column.section,
            }
    union = {
        mode: tuple(programme for programme, state in found.items() if state == YES)
        for mode, found in states.items()
    }
    raw, digest = seal({"cells": cells, "union": union})
    return Modes(
        raw,
        digest,
        union,
        any_of(states["PROMO"].values()),
        any_of(state for mode in matrix.referral_modes for state in states[mode].values()),
        day >= matrix.modes["JOINT_CONSULT"].starts_on,
    )
