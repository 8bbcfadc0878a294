"""Slow, obvious twins of the fast code, copied from the formulas."""

import math
from fractions import Fraction

import numpy as np

from hopcli.formats import pictures
from hopcli.formats.binarize import binarize


def overlaps(patterns, state):
    """m_μ = Σ_i ξ_μi s_i, as Python's integers."""
    return (np.asarray(patterns, dtype=np.int64) @ np.asarray(state, dtype=np.int64)).tolist()


def difference(energy, y, degree=None, beta=1.0):
    """F(y + 1) − F(y − 1) as an exact number; exp in fractions, scaled by exp(−β y₀) elsewhere."""
    if energy == "classical":
        degree = 2
    if energy in ("classical", "poly"):
        return (y + 1) ** degree - (y - 1) ** degree
    raise ValueError(energy)


def exp_tie_or_sign(terms, beta):
    """The sign of Σ c exp(βy): equal powers are gathered first, so a tie is a tie of counts."""
    gathered = {}
    for c, y in terms:
        gathered[y] = gathered.get(y, 0) + c
    gathered = {y: c for y, c in gathered.items() if c}
    if not gathered:
        return 0
    top = max(gathered)
    total = sum(c * math.exp(beta * (y - top)) for y, c in gathered.items())
    return (total > 0) - (total < 0)


def field_sign(patterns, state, i, energy, degree=None, beta=1.0):
    """sign Σ_μ [F(ξ_μi + y_μi) − F(−ξ_μi + y_μi)] with y_μi = Σ_{j≠i} ξ_μj s_j."""
    terms = []
    for xi, m in zip(patterns, overlaps(patterns, state), strict=True):
        terms.append((int(xi[i]), m - int(xi[i]) * int(state[i])))
    if energy == "exp":
        return exp_tie_or_sign(terms, beta)
    total = sum(c * difference(energy, y, degree) for c, y in terms)
    return (total > 0) - (total < 0)


def visited(sign, own):
    """The new state: the sign; at a tie the own state, or +1 where that is unknown."""
    if sign != 0:
        return sign
    return own if own != 0 else 1


def sweep(patterns, state, order, **interaction):
    """One asynchronous sweep; returns the new state."""
    state = [int(s) for s in state]
    for i in order:
        state[i] = visited(field_sign(patterns, state, i, **interaction), state[i])
    return state


def step(patterns, state, **interaction):
    """One synchronous step; returns the new state."""
    return [
        visited(field_sign(patterns, state, i, **interaction), int(state[i]))
        for i in range(len(state))
    ]


def weights(patterns):
    """W_ij = (1/N) Σ_μ ξ_μi ξ_μj without a diagonal, in fractions."""
    n = len(patterns[0])
    return [
        [Fraction(product, n) for product in row] for row in products_without_diagonal(patterns)
    ]


def products_without_diagonal(patterns):
    """Σ_μ ξ_μi ξ_μj for i ≠ j, and 0 for i = j, as Python's integers."""
    xi = np.asarray(patterns, dtype=np.int64)
    products = xi.T @ xi
    np.fill_diagonal(products, 0)
    return products.tolist()


def energy(patterns, state, energy, degree=None, beta=1.0):
    """The energy of a state in the contract's scales."""
    n = len(state)
    m = overlaps(patterns, state)
    if energy == "classical":
        products = products_without_diagonal(patterns)
        s = [int(x) for x in state]
        total = sum(products[i][j] * s[i] * s[j] for i in range(n) for j in range(n))
        return float(Fraction(-total, 2 * n))
    if energy == "poly":
        return float(-sum(Fraction(x) ** degree for x in m) / Fraction(n) ** (degree - 1))
    top = max(m)
    return -(beta * top + math.log(sum(math.exp(beta * (x - top)) for x in m)))


def stored(paths, mode, threshold, size):
    """The mode and the patterns that pictures are stored as, one after the other."""
    read = [pictures.on_background(pictures.read(path)) for path in paths]
    if mode == "auto":
        mode = "rgb" if any(picture.coloured for picture in read) else "gray"
        mode = "binary" if all(picture.least_mode == "binary" for picture in read) else mode
    resized = [pictures.resize(picture, size) for picture in read]
    if mode == "binary":
        return mode, [binarize(picture.gray, threshold).ravel() for picture in resized]
    levels = [picture.rgb if mode == "rgb" else picture.gray for picture in resized]
    return mode, [np.rint(255 * each).astype(np.uint8).ravel() for each in levels]


def squared_distances(patterns, x):
    """Σ_i (θ_μi − x_i)² over the known i, in double precision, pattern by pattern."""
    known = ~np.isnan(x)
    return np.array([float((((row - x)[known]) ** 2).sum()) for row in patterns])


def log_sum_exp_step(patterns, x, beta):
    """x ← Σ_μ softmax(−(β/2) d²)_μ θ_μ, and the energy −(1/β) log Σ_μ exp(−(β/2) d²_μ) at x."""
    squares = squared_distances(patterns, x)
    weights = np.exp(-beta / 2 * (squares - squares.min()))
    energy = squares.min() / 2 - np.log(weights.sum()) / beta
    return (weights / weights.sum()) @ patterns, energy


def gap(patterns, state, i, energy, degree=None, beta=1.0):
    """ΔE_i = E(s_i = −1) − E(s_i = +1): classical 2 Σ_j W_ij s_j, others by both energies."""
    n = len(state)
    if energy == "classical":
        others = list(state)
        others[i] = 0
        fields = (
            int(xi[i]) * m for xi, m in zip(patterns, overlaps(patterns, others), strict=True)
        )
        return 2 * sum(fields) / n
    up, down = list(state), list(state)
    up[i], down[i] = 1, -1
    m_up, m_down = overlaps(patterns, up), overlaps(patterns, down)
    if energy == "poly":
        difference = sum(a**degree - b**degree for a, b in zip(m_up, m_down, strict=True))
        return float(Fraction(difference, n ** (degree - 1)))
    logs = (
        beta * max(m) + math.log(sum(math.exp(beta * (each - max(m))) for each in m))
        for m in (m_up, m_down)
    )
    return next(logs) - next(logs)


def logistic(x):
    """1 / (1 + exp(−x))."""
    return 1 / (1 + math.exp(-x)) if x > 0 else math.exp(x) / (1 + math.exp(x))


def thermal_sweep(patterns, state, order, draws, *, temperature, **interaction):
    """Glauber dynamics from uniform draws: s_i = +1 where u < 1/(1 + exp(−ΔE_i/T))."""
    state = [int(s) for s in state]
    for i, u in zip(order, draws, strict=True):
        energy_gap = gap(patterns, state, i, **interaction)
        state[i] = 1 if u < logistic(energy_gap / temperature) else -1
    return state
