"""What the page asks for, answered: what engine.js calls an engine, for every visitor at once."""

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hopcli.errors import HopError
from hopcli.formats import cues
from hopcli.web import courses, description
from hopcli.web.courses import AbstractCourse, Cue
from hopcli.web.exhibit import Exhibit
from hopcli.web.frames import pack, unpack
from hopcli.web.settings import Settings, temperature

# Visitors whose run is remembered; who has not gone on for longest is forgotten first.
VISITORS = 64
LONGEST_NAME = 64


@dataclass
class Visitor:
    """One tab. Its lock keeps its steps in order; other tabs never wait for it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    course: AbstractCourse | None = None


@dataclass
class Engine:
    """A memory and its visitors.

    Attributes:
        exhibit: the memory.
        most_pixels: that a picture of a visitor's may have.
        visitors: by the name that their tab gave itself, the one that was active last at the end.
    """

    exhibit: Exhibit
    most_pixels: int
    visitors: OrderedDict[str, Visitor] = field(default_factory=OrderedDict)
    _naming: threading.Lock = field(default_factory=threading.Lock)
    _decoding: threading.Lock = field(default_factory=threading.Lock)
    _describing: threading.Lock = field(default_factory=threading.Lock)
    _alone: threading.Lock = field(default_factory=threading.Lock)
    _described: bytes = b""

    @property
    def answers(self) -> "dict[str, Callable[[bytes], bytes]]":
        """What may be asked, each a function from a message to its answer."""
        return {
            "describe": self.describe,
            "picture": self.picture,
            "decode": self.decode,
            "start": self.start,
            "step": self.step,
        }

    @property
    def longest(self) -> dict[str, int]:
        """Bytes that a question may have."""
        memory, plain = self.exhibit.memory, 2**12
        state = memory.neurons + memory.shape[0] * memory.shape[1]
        return {
            "describe": plain,
            "picture": plain,
            "decode": cues.longest(self.most_pixels),
            "start": plain + state,
            "step": plain,
        }

    def describe(self, message: bytes) -> bytes:
        """The memory, worked out once."""
        with self._describing, self._turn():
            if not self._described:
                self._described = pack(*description.describe(self.exhibit))
        return self._described

    def picture(self, message: bytes) -> bytes:
        """A stored pattern."""
        given, _ = unpack(message)
        return pack(*description.pattern(self.exhibit, _whole(given, "index")))

    def decode(self, message: bytes) -> bytes:
        """A file of the visitor's: one at a time, since each may take much of the machine."""
        memory = self.exhibit.memory
        with self._decoding:
            state = cues.of_content(message, "the file", memory, most=self.most_pixels)
        levels = memory.picture(state)
        known = ~np.isnan(levels)
        pixels = known if known.ndim == 2 else known.all(axis=2)
        values = np.rint(np.where(known, levels, 0) * 255).astype(np.uint8)
        return pack({}, [values.tobytes(), pixels.astype(np.uint8).tobytes()])

    def start(self, message: bytes) -> bytes:
        """A new run in a tab."""
        given, content = unpack(message)
        settings = Settings.of(given.get("settings") or {})
        if settings.clamp == "nothing":
            self.exhibit.check_energy(settings.energy)
        cue = Cue.of(content, self.exhibit.memory)
        visitor = self._visitor(given, new=True)
        with visitor.lock, self._turn():
            visitor.course = courses.begin(self.exhibit, cue, settings)
            return pack(*visitor.course.frame().packed())

    def step(self, message: bytes) -> bytes:
        """Go on in a tab."""
        given, _ = unpack(message)
        visits, heat = _whole(given, "visits"), temperature(given.get("temperature"))
        visitor = self._visitor(given, new=False)
        with visitor.lock, self._turn():
            if visitor.course is None:
                raise HopError("this tab has not started yet; reload the page")
            return pack(*visitor.course.step(visits, heat).packed())

    def _turn(self) -> AbstractContextManager[Any]:
        """Leave to run kernels: with all others, or one at a time where they must not meet."""
        kernels = sys.modules.get("hopcli.kernels.threads")
        # Before they are loaded, steps take a millisecond or so, but any of them may load them.
        may_meet = self.exhibit.is_small if kernels is None else kernels.overlapping()
        return nullcontext() if may_meet else self._alone

    def _visitor(self, given: dict[str, Any], *, new: bool) -> Visitor:
        name = given.get("tab")
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
            raise HopError("a question arrived without the name of its tab; reload the page")
        with self._naming:
            if name not in self.visitors:
                if not new:
                    raise HopError("this tab's run was forgotten, since so many others are open")
                self.visitors[name] = Visitor()
            self.visitors.move_to_end(name)
            if len(self.visitors) > VISITORS:
                self.visitors.popitem(last=False)
            return self.visitors[name]


def _whole(given: dict[str, Any], name: str) -> int:
    value = given.get(name)
    if type(value) is not int or not 0 <= value < 2**53:
        raise HopError(f"{name} {value!r:.40} was given, but it is a whole number from 0 on")
    return value
