"""Slow, obvious twins of the learning rules and of recall by weights, copied from the formulas."""

import math
from fractions import Fraction

import naive


def hebbian(patterns):
    """W_ij = (1/N) Σ_μ ξ_μi ξ_μj without a diagonal, in fractions."""
    return naive.weights(patterns)


def storkey(patterns):
    """w_ij += (1/N)(ξ_i ξ_j − ξ_i h_ji − h_ij ξ_j), h_ij = Σ_{k≠i,j} w_ik ξ_k by the old w."""
    n = len(patterns[0])
    w = [[Fraction(0)] * n for _ in range(n)]
    for pattern in patterns:
        xi = [int(x) for x in pattern]
        h = [
            [sum(w[i][k] * xi[k] for k in range(n) if k not in (i, j)) for j in range(n)]
            for i in range(n)
        ]
        w = [
            [
                w[i][j] + Fraction(xi[i] * xi[j] - xi[i] * h[j][i] - h[i][j] * xi[j]) / n
                if i != j
                else Fraction(0)
                for j in range(n)
            ]
            for i in range(n)
        ]
    return w


def projection(patterns):
    """The projection on the span, by Gram and Schmidt, in fractions, with its diagonal."""
    n = len(patterns[0])
    w = [[Fraction(0)] * n for _ in range(n)]
    for pattern in patterns:
        xi = [Fraction(int(x)) for x in pattern]
        new = [xi[i] - sum(w[i][j] * xi[j] for j in range(n)) for i in range(n)]
        square = sum(x * x for x in new)
        if square:
            w = [[w[i][j] + new[i] * new[j] / square for j in range(n)] for i in range(n)]
    return w


def perceptron(patterns, margin, sweeps):
    """Counts N W: where ξ_i h_i ≤ κ |w_i|, ξ_i ξ_j is added to w_ij and w_ji."""
    n = len(patterns[0])
    xis = [[int(x) for x in pattern] for pattern in patterns]
    w = [[0] * n for _ in range(n)]
    for sweep in range(1, sweeps + 1):
        lacking = [
            [
                xi[i] * sum(w[i][j] * xi[j] for j in range(n))
                <= margin * sum(x * x for x in w[i]) ** 0.5
                for i in range(n)
            ]
            for xi in xis
        ]
        held = sum(not any(row) for row in lacking)
        if held == len(xis) or sweep == sweeps:
            return w, held, sweep
        for xi, row in zip(xis, lacking, strict=True):
            for i in range(n):
                for j in range(n):
                    if row[i] and i != j:
                        w[i][j] += xi[i] * xi[j]
                        w[j][i] += xi[i] * xi[j]
    return None


def energy(weights, bias, state):
    """−½ Σ_ij W_ij s_i s_j − Σ_i b_i s_i, rounded once."""
    s = [float(x) for x in state]
    pairs = [float(w) * a * b / -2 for row, a in zip(weights, s, strict=True)
             for w, b in zip(row, s, strict=True)]  # fmt: skip
    return math.fsum([*pairs, *(-float(b) * a for b, a in zip(bias, s, strict=True))])


def visit(weights, bias, state, i):
    """What neuron i becomes: the sign of Σ_j W_ij s_j + b_i (an exact sum), or its state."""
    terms = (float(w) * int(s) for w, s in zip(weights[i], state, strict=True))
    field = math.fsum([float(bias[i]), *terms])
    return naive.visited((field > 0) - (field < 0), int(state[i]))
