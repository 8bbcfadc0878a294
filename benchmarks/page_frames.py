"""Does the live page, served and exported, show 30 frames a second with 500 pictures of 64×64?

Random pictures, black and white, grey and coloured, in a Chromium without a window (that of the
tests), which draws at most 60 frames a second. While a network runs for some seconds, the page
counts the frames that the screen shows, and the states among them that are new. Black and white
ones run at a temperature, since they would settle too soon; of grey and coloured ones the label is
clamped, again and again.

Usage: python benchmarks/page_frames.py [SECONDS]
"""

import os
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

# As the hop command does, before NumPy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from hopcli.binary import packing
from hopcli.model.page.memory import PageMemory
from hopcli.storage.memory_file import memory_of
from hopcli.web.export import export
from hopcli.web.server import Server

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
import browser

PATTERNS, SIDE = 500, 64
SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
WATCH = """
const [seconds, done] = arguments;
const set = (name, value) => {
  const field = document.getElementById(name);
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
};
const binary = !document.getElementById("energy").closest("label").hidden;
set("speed", binary ? 3 : 7);
if (binary) set("temperature", 30);
else set("clamp", "label");
const time = document.getElementById("when");
let shown = 0, states = 0, first = null, last = null, longest = 0, said = "";
const run = document.getElementById("run");
const tick = (now) => {
  if (run.textContent === "Run") run.click();
  if (first === null) first = now;
  else longest = Math.max(longest, now - last);
  last = now;
  shown += 1;
  const text = time.textContent + document.getElementById("energy-now").textContent;
  if (text !== said) states += 1;
  said = text;
  if (now - first < 1000 * seconds) requestAnimationFrame(tick);
  else done([shown / (now - first) * 1000, states / (now - first) * 1000, longest]);
};
setTimeout(() => requestAnimationFrame(tick), 1000);
"""


def memory(mode: str) -> PageMemory:
    """Make a memory of random pictures with two labels."""
    rng = np.random.default_rng(0)
    shape = (SIDE, SIDE, 3) if mode == "rgb" else (SIDE, SIDE)
    neurons = int(np.prod(shape))
    if mode == "binary":
        patterns = packing.pack(rng.choice(np.array([-1, 1], np.int8), (PATTERNS, neurons)))
    else:
        patterns = rng.integers(256, size=(PATTERNS, neurons), dtype=np.uint8)
    names = [f"{k}.png" for k in range(PATTERNS)]
    stored = memory_of(mode, shape, patterns, names, ["a", "b"] * (PATTERNS // 2))
    return PageMemory(stored, mode, 10**6)


def watched(address: str) -> str:
    """Count the frames that the page at an address shows."""
    with browser.chromium(1440, 1000) as driver:
        driver.get(address)
        driver.execute_async_script(
            "const done = arguments[0]; const wait = () => document.body.dataset.runs ? done()"
            " : setTimeout(wait, 50); wait()"
        )
        shown, states, longest = driver.execute_async_script(WATCH, SECONDS)
    return (
        f"{shown:5.1f} frames a second, {states:5.1f} of them new states; longest {longest:.0f} ms"
    )


def main() -> None:
    """Measure."""
    for mode in ("binary", "gray", "rgb"):
        shown = memory(mode)
        server = Server(shown, 0)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"{mode:6}  served    {watched(server.address)}", flush=True)
        server.shutdown()
        with TemporaryDirectory() as folder:
            path = Path(folder) / "page.html"
            export(shown, path)
            print(f"{mode:6}  exported  {watched(path.as_uri())}", flush=True)


if __name__ == "__main__":
    main()
