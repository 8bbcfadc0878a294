"""Descent: a network runs from a state to where its energy is lowest nearby, and says how it ended.

Layers with a time constant τ move together by x ← x + (step/τ) · force. Layers without one are
equilibrated before the first step and after each. A step that would raise the energy is halved, so
the energies never rise, not even in the last digit.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.network import Layer, Network, States
from hopcli.errors import HopError

# So many halvings leave 10⁻¹² of a step: where none of them lowers the energy, nothing will.
MOST_HALVINGS = 40

# Layers without a time constant that depend on each other are equilibrated in turn, until they move
# by less than this part of the tolerance: what they are short of equilibrium must not hide what a
# step gains. Most take a dozen rounds; near a bifurcation it may be any number.
EQUILIBRIUM_SHARE = 1e-3
MOST_ROUNDS = 1000


class Ended(Enum):
    """How a descent ended; the values are said to people."""

    SETTLED = "settled: no layer moves by more than the tolerance"
    FLAT = "ended where no step lowers the energy in double precision"
    SPENT = "had not settled when its steps were spent"


@dataclass(frozen=True)
class Descent:
    """Where one state led.

    Attributes:
        states: the final internal states, by layer.
        energies: before the first step, layers without a time constant equilibrated, and after
            each step. They never rise.
        steps: how many were made.
        ended: how it ended.
        film: the states that the energies belong to, if they were asked for.
    """

    states: States
    energies: tuple[float, ...]
    steps: int
    ended: Ended
    film: tuple[States, ...]


def descend(
    network: Network,
    states: States,
    *,
    held: Mapping[str, NDArray[np.bool_] | bool] = {},
    step: float = 1.0,
    tolerance: float = 1e-6,
    max_steps: int = 1000,
    film: bool = False,
) -> Descent:
    """Follow the forces until they vanish, the energy falls no more or the steps are spent.

    Args:
        network: what runs.
        states: where each layer starts, shape (n,). A layer without a time constant leaves it
            before the first step, but where such layers depend on each other it counts.
        held: what does not move: True for a layer, or a mask of its neurons, bool of shape (n,).
            The rest of a softmax layer can only follow its forces as far as that lowers the energy.
        step: the largest step, in the unit of the time constants.
        tolerance: the largest force on a neuron that counts as none.
        max_steps: how many steps may be made.
        film: whether to keep the states after each step.

    Raises:
        HopError: states that are missing, unknown or no vectors; an unknown layer that is held; a
            step that is not above 0; a start whose energy is not finite.
    """
    if not (math.isfinite(step) and step > 0):
        raise HopError(f"step = {step} was given, but a step is above 0; give step = 1 or less")
    course = _Course(network, _free(network, states, held), tolerance)
    # A step too bold may overflow. Its energy is then infinite or no number, and it is halved.
    with np.errstate(over="ignore", invalid="ignore"):
        now = course.equilibrated({name: np.asarray(x, np.float64) for name, x in states.items()})
        energies = [float(network.energy(now))]
        if not math.isfinite(energies[0]):
            raise HopError(
                f"the descent was given a start of energy {energies[0]}, but it needs a finite "
                f"one; give smaller states, or a smaller beta or degree"
            )
        frames = [now] if film else []
        size, ended = step, None
        while ended is None:
            movements = course.movements(now)
            if all(np.abs(moved).max() <= tolerance for moved in movements.values()):
                ended = Ended.SETTLED
            elif len(energies) > max_steps:
                ended = Ended.SPENT
            else:
                taken, then, energy = course.downhill(now, movements, energies[-1], size)
                if all(np.array_equal(then[name], now[name]) for name in now):
                    ended = Ended.FLAT
                else:
                    size = taken if taken < size else min(step, 2 * taken)
                    now = then
                    energies.append(energy)
                    if film:
                        frames.append(now)
    return Descent(now, tuple(energies), len(energies) - 1, ended, tuple(frames))


def _free(
    network: Network, states: States, held: Mapping[str, NDArray[np.bool_] | bool]
) -> dict[str, NDArray[np.bool_]]:
    """The neurons that may move, bool of shape (n,), of every layer that has any."""
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
                f"a state of shape {np.shape(x)} was given for {name}, but a descent is of one "
                f"vector a layer; give its neurons in a row, and descend once for each state"
            )
        mask = np.broadcast_to(~np.asarray(held.get(name, False), dtype=bool), np.shape(x))
        if mask.any():
            free[name] = mask
    return free


@dataclass(frozen=True)
class _Course:
    """What stays the same during a descent."""

    network: Network
    free: dict[str, NDArray[np.bool_]]
    tolerance: float

    @property
    def moving(self) -> list[Layer]:
        """The layers that are not wholly held."""
        return [layer for layer in self.network.layers if layer.name in self.free]

    def movements(self, states: States) -> States:
        """τ dx/dt of each layer; 0 where it is held."""
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
    ) -> tuple[float, States, float]:
        """Halve a step until it does not raise the energy; return its size and where it led.

        A step that leaves the energy as it is may cross a plateau. But once a larger step has
        raised it, a smaller one must lower it: else rounding alone tells them apart, and the state
        would crawl about its minimum for ever.
        """
        plateau = True
        for _ in range(MOST_HALVINGS):
            moved = states | {
                layer.name: states[layer.name] + size / layer.time_constant * movements[layer.name]
                for layer in self.moving
                if layer.time_constant > 0
            }
            moved = self.equilibrated(moved)
            reached = float(self.network.energy(moved))
            if reached < energy or (reached == energy and plateau):
                return size, moved, reached
            plateau = False
            size /= 2
        return size, states, energy

    def equilibrated(self, states: States) -> States:
        """Put layers without a time constant where the others put them, in turn until all rest."""
        fast = [layer.name for layer in self.moving if layer.time_constant == 0]
        alone = all(self._is_exact(name) for name in fast) and all(
            len(set(fast) & set(connection.layers)) < 2 for connection in self.network.connections
        )
        for _ in range(1 if alone else MOST_ROUNDS):
            before = states
            for name in fast:
                states = self._equilibrate(states, name)
            moved = max((np.abs(states[name] - before[name]).max() for name in fast), default=0.0)
            # Written so that what is no number stops it too.
            if not moved > EQUILIBRIUM_SHARE * self.tolerance:
                break
        return states

    def _equilibrate(self, states: States, name: str) -> States:
        """Put one layer where the others put it, or as far that way as the energy does not rise."""
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
        """Whether the equilibrium is the layer's lowest energy, however it is reached."""
        return self.network.is_linear_in(name) and bool(self.free[name].all())
