"""Contact sheets of a memory: its patterns, and what was learned from them, as pictures."""

import numpy as np
from numpy.typing import NDArray

from hopcli.binary.boltzmann.machine import Machine
from hopcli.render.blocks import Pixels
from hopcli.render.sheets import Sheet, diverging
from hopcli.storage.learned.boltzmann import Boltzmann
from hopcli.storage.learned.dense import Dense
from hopcli.storage.memory_file import AbstractMemory


def sheets(memory: AbstractMemory, most: int, *, colour: bool) -> list[Sheet]:
    """Return the contact sheets of the patterns and of what was learned from them.

    Args:
        memory: of any mode.
        most: pictures on each sheet at most.
        colour: whether values of either sign are shown as two colours, or as levels of grey.
    """
    found = [Sheet(_title(len(memory), most, "patterns"), _patterns(memory, most))]
    if held := memory.found(Boltzmann):
        machine = held.machine
        legend = ", blue below 0, white 0, orange above" if colour else ""
        title = _title(machine.hidden, most, f"hidden neurons by their weights{legend}")
        rows = evenly(machine.hidden, most).tolist()
        pictures = [(str(row), hidden(machine, row, memory, colour=colour)) for row in rows]
        found.append(Sheet(title, pictures))
    if learned := memory.found(Dense):
        count = len(learned.memories)
        legend = ", blue −1, white 0, orange +1" if colour and memory.mode != "rgb" else ""
        title = _title(count, most, f"memories learned, degree {learned.memories.degree}{legend}")
        found.append(Sheet(title, _memories(learned, memory, most, colour=colour)))
    return found


def hidden(machine: Machine, neuron: int, memory: AbstractMemory, *, colour: bool) -> Pixels:
    """Return the weights of one hidden neuron, relative to its largest, as colours or levels."""
    weights = machine.weights[neuron].reshape(memory.shape)
    weights = weights / max(float(np.abs(weights).max()), 1e-30)
    return diverging(weights) if colour else (weights + 1) / 2


def _title(count: int, most: int, what: str) -> str:
    return f"{most:,} of {count:,} {what}" if count > most else f"{count:,} {what}"


def _patterns(memory: AbstractMemory, most: int) -> list[tuple[str, Pixels]]:
    rows = evenly(len(memory), most)
    some = memory.states(rows)
    return [(memory.name(row), memory.picture(p)) for row, p in zip(rows, some, strict=True)]


def evenly(count: int, most: int) -> NDArray[np.intp]:
    """Return up to `most` indices below `count`, evenly spaced."""
    return np.unique(np.linspace(0, count - 1, min(most, count)).astype(np.intp))


def _memories(
    learned: Dense, memory: AbstractMemory, most: int, *, colour: bool
) -> list[tuple[str, Pixels]]:
    """Return learned memories, each named by its strongest label and sorted by it.

    Those of rgb pictures keep their own colours, with grey for 0.
    """
    memories = learned.memories
    speaks = memories.labels.argmax(axis=1)
    rows = np.argsort(speaks, kind="stable")[evenly(len(memories), most)]
    pictures = memories.pictures[rows].reshape(len(rows), *memory.shape)
    signed = colour and memory.mode != "rgb"
    shown = diverging(pictures) if signed else (pictures + 1) / 2
    return [
        (str(memory.label_names[label]), pixels)
        for label, pixels in zip(speaks[rows], shown, strict=True)
    ]
