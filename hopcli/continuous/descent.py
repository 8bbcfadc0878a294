"""Descent: run a network from a state to where its energy is lowest nearby.

Layers with a time constant τ move together by x ← x + (step/τ) · force. Layers without one are
equilibrated before the first step and after each. A step that would raise the energy is halved, so
the energies never rise, not even in the last digit.

A descent stops where no neuron moves by more than the tolerance, or where a step changes the energy
by no more than its rounding errors. Both limits are far above the differences between two orders of
summation, so that the number of steps rarely depends on them, and the final state does not.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.network import Layer, Network, States
from hopcli.continuous.patterns import DOUBLE
from hopcli.errors import HopError, ParameterError

# 40 halvings leave 10⁻¹² of a step: if none of them lowers the energy, no smaller step will.
MOST_HALVINGS = 40

# Layers without a time constant that depend on each other are equilibrated in turn, until they move
# by less than this share of the tolerance, so that what they are short of equilibrium does not hide
# what a step gains. Most take a dozen rounds; near a bifurcation it may be any number.
EQUILIBRIUM_SHARE = 1e-3
MOST_ROUNDS = 1000


class Ended(Enum):
    """How a descent ended; the values are shown to users."""

    SETTLED = "settled: no layer moves by more than the tolerance"
    FLAT = "ended where no step lowers the energy by more than rounding errors"
    SPENT = "had not settled when its steps were spent"


@dataclass(frozen=True)
class Descent:
    """Result of a descent.

    Attributes:
        states: final internal states, by layer.
        energies: before the first step, layers without a time constant equilibrated, and after
            each step. They never rise.
        ended: how the descent ended.
        film: the states that the energies belong to, if they were asked for.
    """

    states: States
    energies: tuple[float, ...]
    ended: Ended
    film: tuple[States, ...]

    @property
    def steps(self) -> int:
        """The number of steps made."""
        return len(self.energies) - 1


def descend(
    network: Network,
    states: States,
    *,
    held: Mapping[str, NDArray[np.bool_] | bool] = {},
    step: float = 1.0,
    tolerance: float = 1e-6,
    precision: float = DOUBLE,
    max_steps: int = 1000,
    film: bool = False,
) -> Descent:
    """Follow the forces until they vanish, the energy falls no more or the steps are spent.

    Args:
        network: the network.
        states: where each layer starts, shape (n,). A layer without a time constant is equilibrated
            before the first step, but where such layers depend on each other its start counts.
        held: what does not move: True for a layer, or a mask of its neurons, bool of shape (n,).
            The rest of a softmax layer can only follow its forces as far as that lowers the energy.
        step: the largest step, in the unit of the time constants.
        tolerance: the largest force on a neuron that counts as none.
        precision: a bound on the relative rounding errors of the energy's parts.
        max_steps: how many steps may be made.
        film: whether to keep the states after each step.

    Raises:
        HopError: states are missing, unknown or not vectors; a layer that is held is unknown; the
            step is not above 0; or the energy of the start is not finite.
    """
    if not (math.isfinite(step) and step > 0):
        raise ParameterError("step", step, "it takes a number above 0", "try `step=1`")
    descent = _Dynamics(network, _free(network, states, held), tolerance, precision)
    # A step too large may overflow. Its energy is then infinite or NaN, and it is halved.
    with np.errstate(over="ignore", invalid="ignore"):
        now = descent.equilibrated({name: np.asarray(x, np.float64) for name, x in states.items()})
        energies = [float(network.energy(now))]
        if not math.isfinite(energies[0]):
            raise HopError(
                f"the descent was given a start of energy {energies[0]}, but it needs a finite "
                f"one; give smaller states, or a smaller `beta` or `degree`"
            )
        frames = [now] if film else []
        size, ended = step, None
        while ended is None:
            movements = descent.movements(now)
            if all(np.abs(moved).max() <= tolerance for moved in movements.values()):
                ended = Ended.SETTLED
            elif len(energies) > max_steps:
                ended = Ended.SPENT
            elif (found := descent.downhill(now, movements, energies[-1], size)) is None:
                ended = Ended.FLAT
            else:
                size = found.size if found.size < size else min(step, 2 * size)
                now = found.states
                energies.append(found.energy)
                if film:
                    frames.append(now)
    return Descent(now, tuple(energies), ended, tuple(frames))


def _free(
    network: Network, states: States, held: Mapping[str, NDArray[np.bool_] | bool]
) -> dict[str, NDArray[np.bool_]]:
    """Return the neurons that may move, bool of shape (n,), of every layer that has any."""
    names = {layer.name for layer in network.layers}
    for given, what in ((states, "states"), (held, "held layers")):
        if unknown := set(given) - names:
            raise HopError(
                f"{what} were given for {', '.join(sorted(unknown))}, but the network has only "
                f"{', '.join(sorted(names))}; name one of these"
            )
    if missing := names - set(states):
        raise HopError(
            f"no state was given for {', '.join(sorted(missing))}, but every layer starts "
            f"somewhere; give zeros if nothing is known"
        )
    free = {}
    for name, x in states.items():
        if np.ndim(x) != 1:
            raise HopError(
                f"a state of shape {np.shape(x)} was given for {name}, but a descent has one "
                f"vector a layer; give its neurons in a row, and descend once for each state"
            )
        mask = np.broadcast_to(~np.asarray(held.get(name, False), dtype=bool), np.shape(x))
        if mask.any():
            free[name] = mask
    return free


@dataclass(frozen=True)
class _Step:
    """A step that was taken: its size, where it led, and the energy there."""

    size: float
    states: States
    energy: float


@dataclass(frozen=True)
class _Dynamics:
    """A network, which of its neurons are free to move (by layer), and the limits of a descent."""

    network: Network
    free: dict[str, NDArray[np.bool_]]
    tolerance: float
    precision: float

    @property
    def moving(self) -> list[Layer]:
        """The layers that are not wholly held."""
        return [layer for layer in self.network.layers if layer.name in self.free]

    def movements(self, states: States) -> States:
        """Compute τ dx/dt of each layer; 0 where it is held."""
        pulls = self.network.pulls(states)
        return {
            layer.name: np.where(
                self.free[layer.name],
                layer.lagrangian.movement(states[layer.name], pulls[layer.name]),
                0.0,
            )
            for layer in self.moving
        }

    def downhill(
        self, states: States, movements: States, energy: float, size: float
    ) -> _Step | None:
        """Halve a step until it does not raise the energy; None if that gains nothing.

        A change of the energy within its rounding errors counts as none. A step that changes the
        energy by nothing may cross a plateau, so it is taken, but only if it moves a neuron by more
        than the square root of the precision, and no larger step has raised the energy: a step
        of that length changes a quadratic energy by its rounding errors.
        """
        plateau = True
        for _ in range(MOST_HALVINGS):
            changes = {
                layer.name: size / layer.time_constant * movements[layer.name]
                for layer in self.moving
                if layer.time_constant > 0
            }
            moved = self.equilibrated(states | {n: states[n] + changes[n] for n in changes})
            parts = self.network.energy_parts(moved).values()
            reached = float(sum(parts, start=np.zeros(())))
            rounding = self.precision * float(sum(map(abs, parts)))
            far = any(np.abs(change).max() > self.precision**0.5 for change in changes.values())
            if energy - reached > rounding or (plateau and far and reached <= energy):
                return _Step(size, moved, reached)
            if abs(reached - energy) <= rounding and not far:
                return None
            plateau = False
            size /= 2
        return None

    def equilibrated(self, states: States) -> States:
        """Equilibrate the layers without a time constant, in turn until none moves."""
        fast = [layer.name for layer in self.moving if layer.time_constant == 0]
        alone = all(self._is_exact(name) for name in fast) and all(
            len(set(fast) & set(connection.layers)) < 2 for connection in self.network.connections
        )
        for _ in range(1 if alone else MOST_ROUNDS):
            before = states
            for name in fast:
                states = self._equilibrate(states, name)
            moved = max((np.abs(states[name] - before[name]).max() for name in fast), default=0.0)
            # The condition is such that NaN ends the loop too.
            if not moved > EQUILIBRIUM_SHARE * self.tolerance:
                break
        return states

    def _equilibrate(self, states: States, name: str) -> States:
        """Equilibrate one layer, or as far as the energy does not rise."""
        x = states[name]
        target = np.where(self.free[name], self.network.equilibrium(states, name), x)
        if self._is_exact(name):
            return states | {name: target}
        energy = self.network.energy(states)
        for _ in range(MOST_HALVINGS):
            moved = states | {name: target}
            if self.network.energy(moved) <= energy:
                return moved
            target = (target + x) / 2
        return states

    def _is_exact(self, name: str) -> bool:
        """Tell whether the layer's energy is lowest at its equilibrium, for free neurons."""
        return self.network.is_linear_in(name) and bool(self.free[name].all())
