"""The page's modules as one script.

Browsers do not load modules from a file that was opened from the disk. So that the modules only
have to be concatenated, each imports in single lines of the form
`import { a, b } from "./module.js";` at its top, exports by `export` before a declaration, and no
two have a top-level name in common. Imports and the word `export` are left out.
"""

import re
from importlib import resources
from importlib.resources.abc import Traversable

IMPORT = re.compile(r'^import \{ [\w, ]+ \} from "\./([\w-]+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?function\b|class\b|const\b|let\b)", re.MULTILINE)
OTHER = re.compile(r"^(?:import|export)\b", re.MULTILINE)
DECLARED = re.compile(r"^(?:(?:async )?function\*?|class|const|let) (\w+)", re.MULTILINE)


def page_folder() -> Traversable:
    """The folder of the page's files."""
    return resources.files("hopcli.web") / "page"


def bundled(name: str) -> str:
    """Concatenate a module of the page and all that it imports, each after its own imports.

    Raises:
        ValueError: one is not written as described above, or they import each other in a circle.
    """
    modules: dict[str, str] = {}
    _gather(name, modules, ())
    owners: dict[str, str] = {}
    for module, text in modules.items():
        for declared in DECLARED.findall(text):
            if declared in owners:
                raise ValueError(f"{declared} is declared in {owners[declared]} and in {module}")
            owners[declared] = module
    return "\n".join(modules.values())


def _gather(name: str, modules: dict[str, str], above: tuple[str, ...]) -> None:
    """Add a module to `modules` after those that it imports; `above` are its importers."""
    if name in above:
        raise ValueError(f"modules import each other in a circle: {' → '.join((*above, name))}")
    if name in modules:
        return
    source = (page_folder() / name).read_text(encoding="utf-8")
    for imported in IMPORT.findall(source):
        _gather(imported, modules, (*above, name))
    text = EXPORT.sub("", IMPORT.sub("", source))
    if found := OTHER.search(text):
        line = text[found.start() :].partition("\n")[0]
        raise ValueError(f"{name} has a line that cannot be put into one script: {line}")
    modules[name] = text
