"""What a similarity is: scores of patterns, and the network that recalls by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hopcli.continuous.neighbourhood import Neighbourhood
    from hopcli.continuous.network import Network, States
    from hopcli.continuous.patterns import AbstractPatterns


class AbstractSimilarity:
    """A score s_μ(x) of each pattern θ_μ for a state x, larger the more alike they are.

    The network that recalls by it has the energy E(x) = −(1/β) log Σ_μ exp(β s_μ(x)): the softmax
    of β s weights the patterns, and the state moves to where `target` puts it.

    A new similarity is a module of this package with a subclass named `MEMBER`. It has to define
    `name`, `summary` and `compare`; all other methods have defaults that work for any similarity.
    One that defines `scores`, by a faster way than some patterns at a time, needs no `compare`.

    Attributes:
        name: by which it is chosen.
        summary: one clause for help.
        advice: what to try if a recall ends in no stored pattern.
        is_sum: whether s is a sum over neurons, so that it shrinks with the share of known ones.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    advice: ClassVar[str] = (
        "The state is a mixture of pictures that β does not tell apart; try a larger `beta`, or a "
        "cue with less damage."
    )
    is_sum: ClassVar[bool] = True

    def compare(self, rows: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute the scores of patterns given as an array.

        Args:
            rows: θ, shape (K, N).
            x: states, shape (…, N); a neuron that is NaN is unknown and left out.

        Returns:
            s, shape (…, K).
        """
        raise NotImplementedError(f"the similarity {self.name} has neither compare nor scores")

    def scores(self, patterns: AbstractPatterns, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute the scores of all stored patterns, some of them at a time.

        Args:
            patterns: K patterns of N neurons.
            x: states, shape (…, N); a neuron that is NaN is unknown and left out.

        Returns:
            s, shape (…, K).
        """
        return patterns.compared_by(self.compare, x)

    def gaps(
        self, patterns: AbstractPatterns, rows: NDArray[np.integer], rank: int
    ) -> NDArray[np.float64]:
        """Compute by how much some patterns' scores for themselves exceed those of all others.

        Args:
            patterns: all patterns.
            rows: indices of those asked about, shape (n,).
            rank: how many of the smallest gaps have to be exact; the others may be given too
                small, but not smaller than these.

        Returns:
            Shape (n,). Copies of a pattern are left out; infinite where there are no others.
        """
        import numpy as np

        gaps = []
        for row, scores in zip(rows, self.scores(patterns, patterns.rows(rows)), strict=True):
            own = scores[row]
            # Scores that differ by rounding errors are those of copies.
            others = scores[scores < own - 1e-9 * max(1.0, abs(own))]
            gaps.append(own - others.max(initial=-np.inf))
        return np.array(gaps)

    def precision(self, patterns: AbstractPatterns) -> float:
        """Return a bound on the relative rounding errors of scores."""
        return patterns.precision

    def target(
        self, patterns: AbstractPatterns, x: NDArray[np.float64], z: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Compute the state that a step of size 1 leads to: by default the mean Σ_μ z_μ θ_μ.

        A step that would raise the energy is shortened, so the energy never rises, whatever the
        target.

        Args:
            patterns: K patterns of N neurons.
            x: state, shape (…, N).
            z: weights of the patterns, shape (…, K), sum 1.

        Returns:
            Shape (…, N).
        """
        return patterns.mix(z)

    def network(self, patterns: AbstractPatterns, beta: float) -> Network:
        """Build the network with features "x" and memories "z" that has the energy E(x)."""
        from hopcli.continuous import named

        return named.by_similarity(patterns, self, beta)

    def neighbourhood(self, patterns: AbstractPatterns, beta: float) -> Neighbourhood:
        """Return the patterns that a recall begins with: by default all.

        Only where a score bounds a distance can far patterns be left out.
        """
        from hopcli.continuous.neighbourhood import Neighbourhood

        return Neighbourhood.whole(patterns)

    def unbiased(self, patterns: AbstractPatterns, cue: NDArray[np.float64]) -> NDArray[np.float64]:
        """Correct a cue for noise that was clipped to [0, 1], if that biases the scores.

        By default the cue itself is returned.
        """
        return cue

    def features(self, picture: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute the internal states of the features that stand for a picture, shape (N,)."""
        return picture

    def picture(
        self, patterns: AbstractPatterns, network: Network, states: States
    ) -> NDArray[np.float64]:
        """Compute the picture that internal states of the network stand for, shape (N,)."""
        return states["x"]

    def page(self) -> dict[str, str | None]:
        """Return the form in which the page of `hop demo` computes it; None if it does not."""
        return {"form": None}

    def notes(self, patterns: AbstractPatterns) -> tuple[str, ...]:
        """Return what a user should know before patterns are recalled by this similarity."""
        return ()
