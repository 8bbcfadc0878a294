"""The update rule of a neuron in kernels; binary/dynamics.py has it in NumPy."""

from hopcli.kernels.compiling import njit

# The new state of a neuron whose field is too near 0 for floating point to give its sign.
UNDECIDED = 2
# Added to the magnitude of a sum: it keeps table entries that underflowed from deciding anything.
UNDERFLOW = 1e-270
# Sums may be added in any order; infinities and their differences must stay what they are.
ANY_ORDER = {"reassoc", "nsz", "contract"}


@njit
def after_visit(field, own):
    """Return the sign of an exact field; at a tie the neuron's own state, or +1 if unknown."""
    if field > 0:
        return 1
    if field < 0:
        return -1
    return own if own != 0 else 1


@njit
def decided(field, bound, own, exact):
    """Return the state after a visit; UNDECIDED if an inexact field is within its error bound."""
    if exact or abs(field) > bound:
        return after_visit(field, own)
    return UNDECIDED
