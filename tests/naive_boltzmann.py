"""Boltzmann machines by enumeration: every state of both layers, from the formulas."""

import itertools
import math
from fractions import Fraction

import numpy as np


def states(neurons, values=(-1, 1)):
    """All states of a layer."""
    return list(itertools.product(values, repeat=neurons))


def energy(w, a, c, v, h):
    """E(v, h) = −Σ a_i v_i − Σ_k h_k (c_k + Σ_i w_ki v_i)."""
    total = -sum(a[i] * v[i] for i in range(len(a)))
    for k in range(len(c)):
        total -= h[k] * (c[k] + sum(w[k][i] * v[i] for i in range(len(a))))
    return total


def joint(w, a, c):
    """P(v, h) = exp(−E)/Z, by (v, h)."""
    weights = {
        (v, h): math.exp(-energy(w, a, c, v, h))
        for v in states(len(a))
        for h in states(len(c), (0, 1))
    }
    z = math.fsum(weights.values())
    return {both: weight / z for both, weight in weights.items()}


def visible(w, a, c):
    """P(v), in the order of `states`."""
    p = joint(w, a, c)
    return [math.fsum(p[v, h] for h in states(len(c), (0, 1))) for v in states(len(a))]


def log_likelihood(w, a, c, patterns):
    """The mean of log P(v) over patterns."""
    p = dict(zip(states(len(a)), visible(w, a, c), strict=True))
    return sum(math.log(p[tuple(int(s) for s in v)]) for v in patterns) / len(patterns)


def gradient(w, a, c, patterns):
    """Of the mean log-likelihood, ∂w, ∂a, ∂c: what is expected of patterns, less of the machine."""
    p = joint(w, a, c)
    own = [np.zeros(np.shape(x)) for x in (w, a, c)]
    for (v, h), share in p.items():
        for total, term in zip(own, (np.outer(h, v), v, h), strict=True):
            total += share * np.array(term)
    given = [np.zeros(np.shape(x)) for x in (w, a, c)]
    for pattern in patterns:
        v = tuple(int(s) for s in pattern)
        every = {h: p[v, h] for h in states(len(c), (0, 1))}
        for h, share in every.items():
            share /= math.fsum(every.values())
            for total, term in zip(given, (np.outer(h, v), v, h), strict=True):
                total += share * np.array(term) / len(patterns)
    return [one - other for one, other in zip(given, own, strict=True)]


def settled(machine, cue, clamp):
    """Where a cue settles, and the energy on the way, in fractions."""
    w = [[Fraction(float(x)) for x in row] for row in machine.weights]
    a, c, means = (
        [Fraction(float(x)) for x in row]
        for row in (machine.visible_bias, machine.hidden_bias, machine.means)
    )
    v, h = [int(s) for s in cue], [0] * len(c)
    energies = []
    while True:
        seen = [means[i] if v[i] == 0 else v[i] for i in range(len(v))]
        for k in range(len(c)):
            field = c[k] + sum(w[k][i] * seen[i] for i in range(len(v)))
            h[k] = h[k] if field == 0 else int(field > 0)
        energies.append(energy(w, a, c, seen, h))
        before = list(v)
        for i in range(len(v)):
            field = a[i] + sum(h[k] * w[k][i] for k in range(len(c)))
            if not (clamp and cue[i]):
                v[i] = int(np.sign(field)) if field else (v[i] or 1)
        if v == before:
            return v, [float(e) for e in [*energies, energies[-1]]]
