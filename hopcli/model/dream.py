"""`Memory.dream` and `hop dream`: unlearning of spurious minima.

Settle from random states and subtract the state s* that each reaches, W_ij −= (ε/N) s*_i s*_j
(Hopfield, Feinstein and Palmer 1983). The weights of the step at which the patterns were most
stable are kept, since further steps unlearn the patterns as well.
"""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from hopcli.errors import HopError
from hopcli.model.progress import Progress, silent
from hopcli.parameters import SEED, Parameter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hopcli.binary.condition import Condition
    from hopcli.binary.unlearning import UnlearningNetwork, UnlearningResult
    from hopcli.model.memory import Memory
    from hopcli.storage.learned.weights import Weights
    from hopcli.storage.rule import Rule

STEPS = Parameter(
    "steps", int, None,
    "Unlearning steps at most; by default patterns / rate, which is beyond the optimum.",
    low=1, high=10**9,
)  # fmt: skip
RATE = Parameter(
    "rate", float, 0.01,
    "Unlearning rate ε, relative to one pattern's Hebbian weight.", low=1e-6, high=1,
)  # fmt: skip
# Matrices of N × N that are in memory at once.
SQUARES = 5


@dataclass(frozen=True)
class Unlearned:
    """What `Memory.dream` did.

    Attributes:
        rule: by which the weights were learned, with the steps.
        steps: the most unlearning steps that were allowed.
        rate: ε.
        dreamt: the steps that were made.
        best: the step after which the patterns were most stable; 0 if the weights were left alone.
        before: shares of stable patterns, basin and spurious states before the first step.
        after: the same for the weights that were kept.
    """

    rule: str
    steps: int
    rate: float
    dreamt: int
    best: int
    before: "Condition"
    after: "Condition"

    def answer(self) -> dict[str, Any]:
        """Return the result as JSON takes it."""
        return asdict(self)


def dream(
    memory: "Memory",
    *,
    steps: int | None = None,
    rate: float | None = None,
    seed: int = 0,
    progress: Progress = silent,
) -> Unlearned:
    """Unlearn spurious minima until the patterns are most stable.

    Args:
        memory: binary; its weights, or Hebb's, are replaced by those of the best step.
        steps: at most, 1 or more; None for patterns / rate, which is beyond the optimum.
        rate: ε, from 1e-6 to 1, relative to one pattern's Hebbian weight; None for 0.01.
        seed: of the random states.
        progress: told of the share of the steps.

    Raises:
        HopError: the memory is not binary, or its weights take more memory than its limit.
        ParameterError: steps or rate is out of range.
    """
    import numpy as np

    from hopcli.binary import unlearning
    from hopcli.binary.condition import Examination
    from hopcli.storage.learned.weights import Weights
    from hopcli.storage.rule import Rule

    rate = float(RATE.checked(RATE.default if rate is None else rate))
    steps = steps if steps is None else STEPS.checked(steps)
    seed = SEED.checked(seed)
    stored = memory.stored
    if stored.mode != "binary":
        raise HopError(
            f"{memory.title} is {stored.mode}, and only binary patterns have weights to unlearn "
            f"from; store the pictures with `mode=binary`"
        )
    memory.limit.require(
        f"unlearning with {stored.neurons:,} × {stored.neurons:,} weights of {memory.title}",
        8 * SQUARES * (stored.neurons + 1) ** 2,
        "`max_memory={}`, or store the pictures smaller, with `size`",
    )
    stored = stored.whole()
    patterns = stored.states(slice(None))
    learned = stored.found(Weights)
    most = unlearning.default_steps(len(stored), rate) if steps is None else steps
    network = _network(patterns, learned, rate, most)
    states, examined = (np.random.default_rng([seed, part]) for part in (2, 3))
    examination = Examination.of(patterns, examined)
    progress(0.0, "measuring the patterns' stability")
    before = examination.condition(network)
    found = unlearning.unlearn(
        network,
        patterns,
        steps=most,
        every=unlearning.steps_between_checks(len(patterns), rate),
        rng=states,
        on_check=lambda done, stable: progress(done / most, f"{stable:.0%} stable"),
    )
    progress(found.steps / most, "measuring the patterns' stability")
    after = examination.condition(found.network) if found.best else before
    rules = learned.rules if learned else (Rule("hebbian"),)
    title = learned.title if learned else "hebbian"
    if found.best:
        rules = (*rules, Rule("dream", {"steps": found.best, "rate": rate}))
        weights = _weights(found, rules)
        memory.stored, title = stored.having(weights), weights.title
    return Unlearned(title, most, rate, found.steps, found.best, before, after)


def load_kernels() -> None:
    """Load the compiled code of `dream`, or compile it, before anything is measured."""
    from hopcli.binary import unlearning as unlearning


def _network(
    patterns: "NDArray[np.int8]", learned: "Weights | None", rate: float, steps: int
) -> "UnlearningNetwork":
    """Return the network of the learned weights, or of Hebb's."""
    import numpy as np

    from hopcli.binary.rules import hebbian
    from hopcli.binary.unlearning import UnlearningNetwork

    neurons = patterns.shape[1]
    if learned is None:
        matrix, denominator = hebbian.learn(patterns), float(neurons)
    else:
        matrix, denominator = learned.matrix(), learned.denominator
        np.fill_diagonal(matrix, 0)
    matrix *= denominator
    np.rint(matrix, out=matrix)
    return UnlearningNetwork.of(matrix, denominator, neurons=neurons, rate=rate, steps=steps)


def _weights(found: "UnlearningResult", rules: "tuple[Rule, ...]") -> "Weights":
    """Return the weights as a memory keeps them."""
    from hopcli.storage.learned.weights import Weights

    network = found.network
    return Weights.of_matrix(
        network.weights / network.denominator,
        *rules,
        biased=len(network.weights) > network.neurons,
        denominator=network.denominator,
    )
