"""Draws page.png: the live page in a Chromium without a window, recalling a portrait.

Usage: python .pictures/page.py, in an environment with the tests' packages, chromium and
chromedriver.
"""

import sys
import threading
from pathlib import Path

from PIL import Image

import hopcli
from hopcli.model.page.memory import PageMemory
from hopcli.web.server import Server

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))
import browser  # noqa: E402

OWL, STEPS = 3, 4
COLOURS = 256


def main() -> None:
    """Draw it."""
    memory = hopcli.store(HERE.parent / "sample_patterns" / "portraits")
    server = Server(PageMemory.of(memory, "portraits.npz", 10**6), 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with browser.chromium() as driver:
        browser.resize(driver, 1200, 975)
        driver.get(server.address)

        def runs() -> str | None:
            return driver.execute_script("return document.body.dataset.runs")

        def after(act: str) -> None:
            """Do something that begins a new run, and wait for it."""
            before = runs()
            driver.execute_script(act)
            while runs() in (before, None):
                pass

        while runs() is None:
            pass
        # The same random numbers each time.
        driver.execute_script(
            "let s = 1; Math.random = () => (s = (16807 * s) % 2147483647) / 2147483647"
        )
        after(f"document.querySelector('[data-index=\"{OWL}\"]').click()")
        after("document.getElementById('noise').value = 30;"
              "document.getElementById('add-noise').click()")  # fmt: skip
        for step in range(1, STEPS + 1):
            driver.find_element("id", "step").click()
            while driver.execute_script("return document.getElementById('trajectory').max") != str(
                step
            ):
                pass
        height = driver.execute_script("return document.documentElement.scrollHeight")
        browser.resize(driver, 1200, height)
        # Two frames, so that the charts are drawn in their new size.
        driver.execute_async_script(
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done))"
        )
        driver.save_screenshot(HERE / "page.png")
    with Image.open(HERE / "page.png") as image:
        few = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(HERE / "page.png", optimize=True)


if __name__ == "__main__":
    main()
