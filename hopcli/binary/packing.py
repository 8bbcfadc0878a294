"""Patterns and states of ±1 neurons, packed one bit a neuron.

Bit i of a row is neuron i, least significant bit of the first word first; 1 stands for +1, and the
spare bits of the last word are 0. This is the order of the memory file.
"""

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.arrays import States, Words
from hopcli.errors import HopError

WORD = 64


def words_for(bits: int) -> int:
    """Return the number of 64-bit words that hold so many bits."""
    return -(-bits // WORD)


def pack(states: NDArray) -> Words:
    """Pack rows of ±1, shape (rows, N), into words, shape (rows, ceil(N/64)).

    Everything that is positive becomes a 1: an unknown neuron (0) packs like −1, and `known_bits`
    says which neurons those are.
    """
    rows, neurons = states.shape
    packed = np.zeros((rows, words_for(neurons) * 8), dtype=np.uint8)
    packed[:, : -(-neurons // 8)] = np.packbits(states > 0, axis=1, bitorder="little")
    return packed.view("<u8").astype(np.uint64, copy=False)


def known_bits(states: NDArray) -> Words:
    """Pack which neurons of (rows, N) states are known, that is not 0."""
    return pack(states != 0)


def unpack(words: Words, neurons: int) -> States:
    """Unpack words, shape (rows, ceil(N/64)), into ±1 of int8, shape (rows, N)."""
    octets = np.ascontiguousarray(words, dtype="<u8").view(np.uint8)
    bits = np.unpackbits(octets, axis=1, count=neurons, bitorder="little")
    return 2 * bits.view(np.int8) - 1


def column(words: Words, neuron: int) -> States:
    """Return ξ_μi of all patterns at one neuron, as ±1 of int8, shape (K,)."""
    bits = (words[:, neuron // WORD] >> np.uint64(neuron % WORD)) & np.uint64(1)
    return 2 * bits.astype(np.int8) - 1


def check(words: NDArray, neurons: int) -> None:
    """Check that an array holds packed patterns of N neurons.

    Raises:
        HopError: its type, its shape or a spare bit is wrong.
    """
    width = words_for(neurons)
    if words.dtype != np.uint64 or words.ndim != 2 or words.shape[1] != width:
        raise HopError(
            f"patterns of {words.dtype} and shape {words.shape} were given, but packed patterns of "
            f"{neurons:,} neurons are uint64 of shape (K, {width}); give rows of ±1 to "
            f"BinaryNetwork.of_patterns"
        )
    spare = neurons % WORD
    if spare and (words[:, -1] >> np.uint64(spare)).any():
        raise HopError(
            f"packed patterns with spare bits that are 1 were given, but bits from {neurons:,} on "
            f"are 0; pack rows of ±1 by BinaryNetwork.of_patterns"
        )
