"""A restricted Boltzmann machine, learned by contrastive divergence."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hopcli.model.learners.abstract import AbstractLearner, Learned
from hopcli.model.progress import Progress
from hopcli.parameters import Parameter

if TYPE_CHECKING:
    from hopcli.storage.memory_file import Memory
    from hopcli.storage.memory_limit import MemoryLimit

RATE, PERSISTENT_RATE = 0.05, 0.005
# Bytes in memory at once, for each weight (measured: 32) and for each neuron of a pattern.
WEIGHT_BYTES, NEURON_BYTES = 36, 2


class BoltzmannLearner(AbstractLearner):
    """Learns weights between the neurons of a pattern and hidden neurons."""

    name = "boltzmann"
    modes = ("binary",)
    summary = "a restricted Boltzmann machine with hidden neurons"
    parameters = (
        Parameter("hidden", int, 100, "How many hidden neurons there are.", low=1),
        Parameter(
            "persistent", bool, False,
            "Continue the machine's own samples instead of starting at the patterns (PCD): better "
            "at completing unseen cues, worse at holding each pattern.",
        ),
        Parameter("sweeps", int, 100, "Sweeps over the patterns.", low=1, high=10**9),
        Parameter(
            "rate", float, None,
            "Learning rate at first, which falls to 0; by default 0.05, or 0.005 if persistent.",
            low=0, high=1e300, open=True,
        ),
        Parameter(
            "momentum", float, 0.9, "Share of each step that is repeated in the next.",
            low=0, high=0.999,
        ),
    )  # fmt: skip

    def learn(
        self,
        memory: "Memory",
        values: Mapping[str, Any],
        *,
        seed: int,
        limit: "MemoryLimit",
        progress: Progress,
    ) -> Learned:
        """Learn a machine from binary patterns."""
        import numpy as np

        from hopcli.binary.boltzmann.learning import Hyperparameters, learn
        from hopcli.binary.boltzmann.network import fidelity
        from hopcli.storage.learned.boltzmann import Boltzmann
        from hopcli.storage.rule import Rule

        hidden, persistent = values["hidden"], values["persistent"]
        default = PERSISTENT_RATE if persistent else RATE
        rate = default if values["rate"] is None else values["rate"]
        weights = hidden * memory.neurons
        limit.require(
            f"learning {hidden:,} × {memory.neurons:,} weights",
            WEIGHT_BYTES * weights + NEURON_BYTES * memory.neurons * len(memory),
            "fewer `hidden`, or `max_memory={}`",
        )
        machine = learn(
            memory.states(slice(None)),
            Hyperparameters(hidden, values["sweeps"], rate, values["momentum"], persistent),
            np.random.default_rng([seed, 2]),
            lambda share: progress(share, f"{share:.0%}"),
        )
        applied = {n: float(v) for n, v in values.items() if n not in ("hidden", "rate")}
        found = Boltzmann(machine, (Rule("boltzmann", {**applied, "rate": rate}),))
        stable, same = fidelity(machine, memory.patterns)
        restored = same / (len(memory) * memory.neurons)
        text = (
            f"Learned {hidden:,} × {memory.neurons:,} weights from {len(memory):,} patterns by "
            f"{found.title}; {stable:,} of the patterns are fixed points, and {restored:.2%} of "
            f"their neurons come back from their interpretation."
        )
        details = {**values, "rate": rate, "restored": restored}
        return Learned(found, stable / len(memory), text, details)


MEMBER = BoltzmannLearner()
