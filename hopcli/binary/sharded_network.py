"""A binary network whose patterns are in parts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hopcli.binary.dynamics import AbstractDynamics
from hopcli.binary.interactions import AbstractInteraction
from hopcli.binary.networks import AbstractBinaryNetwork, pruning_pays
from hopcli.binary.pruned import PrunedDynamics
from hopcli.binary.sharded import ShardedDynamics
from hopcli.binary.sharded_search import ShardedSearch
from hopcli.errors import HopError
from hopcli.executors import PartitionedExecutor
from hopcli.parts import AbstractPart
from hopcli.results import Recall


@dataclass(frozen=True)
class ShardedNetwork(AbstractBinaryNetwork):
    """Stored patterns in parts, and the interaction by which they act on a state.

    Attributes:
        parts: packed patterns, uint64 of shape (patterns, ceil(N/64)) each, in order.
        neurons: N.
        interaction: F.
        executor: maps functions over the parts.
    """

    parts: Sequence[AbstractPart]
    neurons: int
    interaction: AbstractInteraction
    executor: PartitionedExecutor

    @property
    def patterns(self) -> int:
        """K."""
        return sum(part.patterns for part in self.parts)

    def advice(self, recall: Recall) -> str:
        """Say why a recall ended in no stored pattern, and what to try."""
        return self.interaction.advice(recall, patterns=self.patterns, neurons=self.neurons)

    def builder(self, cues: int, *, sweeps: int | None = None) -> Callable[[], AbstractDynamics]:
        """Choose between passes over all patterns and a search for the nearest.

        Raises:
            HopError: a temperature was asked for, which patterns in parts do not have.
        """
        if sweeps is not None:
            raise HopError(
                "a temperature was given, but the patterns are in parts, which have none; store "
                "them in one file, without `shard_size`"
            )
        return self._made

    def _made(self) -> AbstractDynamics:
        interaction, neurons = self.interaction, self.neurons
        every = ShardedDynamics.of(interaction, neurons, self.parts, self.executor)
        if pruning_pays(interaction, neurons):
            search = ShardedSearch(self.parts, neurons, self.executor)
            return PrunedDynamics.of(interaction, search, neurons, lambda: every)
        return every
