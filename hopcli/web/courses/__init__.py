"""Courses: runs of a network, a frame at a time, each of one visitor."""

from hopcli.web.courses.abstract import AbstractCourse, Cue
from hopcli.web.courses.binary import BinaryCourse
from hopcli.web.courses.classifying import ClassifyingCourse
from hopcli.web.courses.continuous import AbstractContinuousCourse
from hopcli.web.courses.generating import GeneratingCourse
from hopcli.web.courses.recalling import RecallingCourse
from hopcli.web.exhibit import Exhibit
from hopcli.web.settings import Settings

__all__ = ["AbstractContinuousCourse", "AbstractCourse", "Cue", "begin"]


def begin(exhibit: Exhibit, cue: Cue, settings: Settings) -> AbstractCourse:
    """The course of what is clamped in a memory of this mode."""
    if settings.clamp == "label":
        return GeneratingCourse.begin(exhibit, cue, settings)
    if settings.clamp == "picture":
        return ClassifyingCourse.begin(exhibit, cue, settings)
    return (BinaryCourse if exhibit.is_binary else RecallingCourse).begin(exhibit, cue, settings)
