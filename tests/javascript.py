"""The page's own modules without the page, in Node or in Chromium."""

import json
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import browser

from hopcli.web.bundle import bundled

NODE = shutil.which("node")
RUNNER = Path(__file__).with_name("page_networks.js")
ASK = "const [cases, done] = arguments; answers(JSON.parse(cases)).then(done, (e) => done(`${e}`));"
READ = 'answers(JSON.parse(require("fs").readFileSync(0, "utf8"))).then(console.log);'


def missing():
    """Why neither is there; None if one is."""
    reason = browser.missing()
    return reason and f"there is no node, and {reason}" if NODE is None else None


def _script():
    return f"{bundled('worker.js')}\n{RUNNER.read_text()}\n"


def in_node(folder):
    """From a list of cases for page_networks.js to a list of answers."""
    place = folder / "networks.js"
    place.write_text(_script() + READ)

    def run(cases):
        ran = subprocess.run(
            [NODE, place], input=json.dumps(cases), capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    return run


def in_chromium(driver, folder):
    """The same in a browser."""
    place = folder / "networks.html"
    place.write_text(f'<!doctype html><meta charset="utf-8"><script>{_script()}</script>')

    def run(cases):
        driver.get(place.as_uri())
        answer = driver.execute_async_script(ASK, json.dumps(cases))
        assert answer.startswith("["), answer
        return json.loads(answer)

    return run


@contextmanager
def networks(folder):
    """In Node if there is one, which is there sooner."""
    if NODE is not None:
        yield in_node(folder)
        return
    with browser.chromium() as driver:
        yield in_chromium(driver, folder)
