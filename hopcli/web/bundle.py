"""The page's modules as one script.

Browsers do not load modules from a file that was opened from the disk, and a page of one file has
nothing beside it to load. The page's modules are written so that they only have to be put one after
another (engine.js says how): their imports are left out, and so is the word `export`.
"""

import re
from importlib import resources
from importlib.resources.abc import Traversable

IMPORT = re.compile(r'^import \{ [\w, ]+ \} from "\./([\w-]+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(
    r"^export (?=(?:async )?(?:function\b|class\b|const\b|let\b))(?!default)", re.MULTILINE
)
TOP_LEVEL = re.compile(
    r"^(?:export )?(?:(?:async )?function\*? (\w+)|class (\w+)|(?:const|let) (\w+|\{.*\}|\[.*\]))",
    re.MULTILINE,
)
LEFT = re.compile(r"^(?:import|export)\b", re.MULTILINE)


def page_folder() -> Traversable:
    """Where the page's files are."""
    return resources.files("hopcli.web") / "page"


def bundled(*names: str) -> str:
    """These modules of the page and all that they import, each after those that it imports.

    Raises:
        ValueError: a module is not written as engine.js says.
    """
    modules: dict[str, str] = {}
    for name in names:
        _gather(name, modules, ())
    owners: dict[str, str] = {}
    for name, source in modules.items():
        for found in TOP_LEVEL.finditer(source):
            declared = next(word for word in found.groups() if word)
            if declared in owners:
                raise ValueError(f"{declared} is a top-level name in {owners[declared]} and {name}")
            owners[declared] = name
    return "\n".join(EXPORT.sub("", IMPORT.sub("", source)) for source in modules.values())


def _gather(name: str, modules: dict[str, str], above: tuple[str, ...]) -> None:
    """Put a module after those that it imports."""
    if name in above:
        raise ValueError(f"modules import each other in a circle: {' → '.join((*above, name))}")
    if name in modules:
        return
    source = (page_folder() / name).read_text(encoding="utf-8")
    for imported in IMPORT.findall(source):
        _gather(imported, modules, (*above, name))
    if LEFT.search(EXPORT.sub("", IMPORT.sub("", source))):
        raise ValueError(f"{name} imports or exports in a form that cannot be put into one script")
    modules[name] = source
