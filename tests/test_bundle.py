"""The page's modules as one script."""

import re

import pytest

from hopcli.web import bundle
from hopcli.web.bundle import bundled, page_folder


@pytest.fixture
def modules(folder, monkeypatch):
    """Modules of the test's own in the place of the page's."""
    monkeypatch.setattr(bundle, "page_folder", lambda: folder)

    def write(**sources):
        for name, source in sources.items():
            (folder / f"{name}.js").write_text(source)

    return write


def test_modules_come_once_each_after_what_they_import(modules):
    modules(
        a='import { b } from "./b.js";\nimport { c } from "./c.js";\nexport const a = b + c;\n',
        b='import { c } from "./c.js";\nexport function b() {}\n',
        c="export class c {}\n",
    )
    assert bundled("a.js") == "class c {}\n\nfunction b() {}\n\nconst a = b + c;\n"


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ({"a": 'import * as b from "./b.js";\n'}, "import * as b"),
        ({"a": "export default 3;\n"}, "export default 3;"),
        ({"a": "const b = 1;\nexport { b };\n"}, "export { b };"),
        ({"a": 'import { a } from "./a.js";\n'}, "a.js → a.js"),
        (
            {"a": 'import { b } from "./b.js";\nconst x = 1;\n', "b": "let x = 2;\n"},
            "x is declared",
        ),
    ],
)
def test_modules_that_are_written_otherwise_are_refused(modules, sources, said):
    modules(**sources)
    with pytest.raises(ValueError, match=re.escape(said)):
        bundled("a.js")


def test_the_page_has_every_module():
    script = bundled("main.js") + bundled("worker.js")
    for file in page_folder().iterdir():
        if file.name.endswith(".js"):
            first = file.read_text().partition("\n")[0]
            assert first in script, file.name
