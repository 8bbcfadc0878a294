"""A network is data: layers, and the synapses that join them by name.

Every layer follows τ dx/dt = −∂E/∂g = I + Σ (forces of its synapses) − x, and with convex
Lagrangians the energy E of the whole never rises (Krotov and Hopfield 2021; Hoover, Chau, Strobelt
and Krotov 2022). Internal states x are passed in and returned; a network holds none.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hopcli.continuous.lagrangians.abstract import AbstractLagrangian
from hopcli.continuous.synapses.abstract import AbstractSynapse
from hopcli.errors import HopError

# The internal states x, each of shape (…, n), by the names of their layers.
States = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Layer:
    """Neurons of one kind.

    Attributes:
        name: unique in its network.
        lagrangian: L, which gives the activations g = ∂L/∂x.
        time_constant: τ, in steps of size 1. A layer with 0 is always
            equilibrated.
        input: I, from outside, of shape (n,) or the same for all.
    """

    name: str
    lagrangian: AbstractLagrangian
    time_constant: float = 1.0
    input: NDArray[np.float64] | float = 0.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.time_constant) and self.time_constant >= 0):
            raise HopError(
                f"layer {self.name!r} was given a time constant of {self.time_constant}, but it "
                f"needs a finite one of at least 0; give 1, or 0 to keep it equilibrated"
            )


@dataclass(frozen=True)
class Connection:
    """A synapse and the names of the layers that it joins, in the order of its activations."""

    synapse: AbstractSynapse
    layers: tuple[str, ...]


@dataclass(frozen=True)
class Network:
    """Layers and their connections.

    Raises:
        HopError: two layers of one name, a connection with an unknown layer, or of a layer
            with itself.
    """

    layers: tuple[Layer, ...]
    connections: tuple[Connection, ...]

    def __post_init__(self) -> None:
        names = Counter(layer.name for layer in self.layers)
        for name, count in names.items():
            if count > 1:
                raise HopError(f"{count} layers are called {name!r}; give each a name of its own")
        for connection in self.connections:
            for name, count in Counter(connection.layers).items():
                if name not in names:
                    raise HopError(
                        f"a connection names the layer {name!r}, but there are only "
                        f"{', '.join(names) or 'no layers'}; add that layer, or name one of these"
                    )
                if count > 1:
                    raise HopError(
                        f"a connection joins the layer {name!r} with itself; "
                        f"name it once, in a connection by Symmetric"
                    )

    def activations(self, states: States) -> dict[str, NDArray[np.float64]]:
        """Compute the activations g, each of shape (…, n), by layer."""
        return {
            layer.name: layer.lagrangian.activation(states[layer.name]) for layer in self.layers
        }

    def energy_parts(self, states: States) -> dict[str, NDArray[np.float64]]:
        """Compute the energy by its parts, each of shape (…,).

        The part of a layer, (x − I)·g − L, has the layer's name; that of synapses, the names of the
        layers joined, as in "x–z".
        """
        g = self.activations(states)
        parts = {
            layer.name: layer.lagrangian.energy(states[layer.name])
            - (layer.input * g[layer.name]).sum(axis=-1)
            for layer in self.layers
        }
        for connection in self.connections:
            name = "–".join(connection.layers)
            energy = connection.synapse.energy(*(g[joined] for joined in connection.layers))
            parts[name] = parts[name] + energy if name in parts else energy
        return parts

    def energy(self, states: States) -> NDArray[np.float64]:
        """Compute the energy E, shape (…,)."""
        return sum(self.energy_parts(states).values(), start=np.zeros(()))

    def forces(self, states: States) -> States:
        """Compute −∂E/∂g = I + Σ (forces of its synapses) − x of each layer."""
        return {name: pull - states[name] for name, pull in self.pulls(states).items()}

    def pulls(self, states: States) -> States:
        """Compute I + Σ (forces of its synapses) of each layer, where its force vanishes."""
        return self._pulls(states, self.connections)

    def equilibrium(self, states: States, name: str) -> NDArray[np.float64]:
        """Compute the x at which a layer's force vanishes, given the other layers.

        It is exact where `is_linear_in` is true, and for the features of an `L2Similarity` whose
        memories add up to 1.
        """
        own = [connection for connection in self.connections if name in connection.layers]
        return self._pulls(states, own)[name]

    def is_linear_in(self, name: str) -> bool:
        """Tell whether the forces on a layer are independent of its own activations."""
        return all(
            joined != name or position not in connection.synapse.curved
            for connection in self.connections
            for position, joined in enumerate(connection.layers)
        )

    def _pulls(self, states: States, connections: Iterable[Connection]) -> States:
        """Compute I + Σ (forces of these synapses) of each layer."""
        g = self.activations(states)
        pulls = {
            layer.name: layer.input + np.zeros_like(states[layer.name]) for layer in self.layers
        }
        for connection in connections:
            forces = connection.synapse.forces(*(g[joined] for joined in connection.layers))
            for joined, force in zip(connection.layers, forces, strict=True):
                pulls[joined] = pulls[joined] + force
        return pulls
