"""The slow, obvious twin of unlearning, copied from the formula, in fractions."""

from fractions import Fraction

import naive


def settled(weights, bias, state, order):
    """Visit the neurons in this order until none changes; s_i ← sign(Σ_j W_ij s_j + b_i)."""
    state = [int(s) for s in state]
    before = None
    while state != before:
        before = list(state)
        for i in order:
            field = sum(w * s for w, s in zip(weights[i], state, strict=True)) + bias[i]
            state[i] = naive.visited((field > 0) - (field < 0), state[i])
    return state


def unlearn(weights, bias, rate, state, order):
    """Settle, and unlearn: W_ij −= (ε/N) s_i s_j for i ≠ j, and b_i −= (ε/N) s_i if there is b."""
    n = len(state)
    end = settled(weights, bias, state, order)
    part = Fraction(str(rate)) / n
    faded = [
        [weights[i][j] - part * end[i] * end[j] if i != j else Fraction(0) for j in range(n)]
        for i in range(n)
    ]
    return faded, [b - part * s for b, s in zip(bias, end, strict=True)], end
