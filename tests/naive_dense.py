"""Slow, obvious twins of the learned dense memories, copied from Krotov and Hopfield 2016."""

import math


def rectified(x, degree):
    return max(x, 0.0) ** degree


def output(memories, labels, picture, alpha, degree, beta):
    """c_α = tanh Σ_μ [F(β(−ζ_μα x_α + rest)) − F(β(ζ_μα x_α + rest))], all x = −1.

    The rest is Σ_γ≠α ζ_μγ x_γ + Σ_i ξ_μi v_i.
    """
    total = 0.0
    for xi, zeta in zip(memories, labels, strict=True):
        rest = sum(-z for gamma, z in enumerate(zeta) if gamma != alpha)
        rest += sum(x * v for x, v in zip(xi, picture, strict=True))
        total += rectified(beta * (zeta[alpha] + rest), degree)
        total -= rectified(beta * (-zeta[alpha] + rest), degree)
    return math.tanh(total)


def error(memories, labels, pictures, targets, degree, beta, half_power):
    """Σ over pictures and label neurons of (c − t)^2m."""
    return sum(
        (output(memories, labels, picture, alpha, degree, beta) - t) ** (2 * half_power)
        for picture, target in zip(pictures, targets, strict=True)
        for alpha, t in enumerate(target)
    )
