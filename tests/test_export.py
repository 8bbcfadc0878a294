"""`hop demo --export`: the page in one file."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import browser
import javascript
import numpy as np
import pytest
from conftest import SAMPLES, picture
from page_memories import unpacked
from PIL import Image
from processes import awaited

from hopcli.formats import cues
from hopcli.storage import memory_file
from hopcli.web.export import MAX_MIB

WHY = browser.missing()
needs_browser = pytest.mark.skipif(WHY is not None, reason=WHY or "")
NASTY = "</script><script>alert(1)</script><!--"


class Elements(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


def inside(element, text):
    """The text in all elements of a kind that hold nothing but text."""
    return re.findall(rf"<{element}\b[^>]*>(.*?)</{element}>", text, re.DOTALL)


class Visitor:
    """Somebody with the page open, who waits for what is to come."""

    def __init__(self, driver, path):
        self.driver = driver
        driver.get_log("browser")
        driver.get(path.as_uri())
        self.until("document.body.dataset.nearest")

    def see(self, script):
        return self.driver.execute_script(f"return {script}")

    def until(self, script):
        return awaited(lambda: self.see(script))

    def press(self, name):
        self.driver.find_element("id", name).click()

    def choose(self, name, value):
        self.driver.execute_script(
            "const field = document.getElementById(arguments[0]); field.value = arguments[1];"
            "for (const kind of ['input', 'change']) "
            "field.dispatchEvent(new Event(kind, { bubbles: true }));",
            name,
            value,
        )

    def run(self):
        """Until it has settled; what the sentence says then, and the nearest memory."""
        self.choose("speed", "7")
        self.press("run")
        self.until("document.body.dataset.outcome")
        return self.see("document.body.dataset.outcome"), self.see("document.body.dataset.nearest")

    def console(self):
        return [message["message"] for message in self.driver.get_log("browser")]


@pytest.fixture(scope="module")
def driver():
    with browser.chromium() as opened:
        yield opened


@needs_browser
@pytest.mark.parametrize("samples", ["whole", "portraits"])
def test_half_a_picture_is_recalled_in_a_file_opened_from_the_disk(hop, folder, driver, samples):
    hop("store", SAMPLES / samples)
    hop("demo", "-m", "memory.npz", "--export", "page.html")
    visitor = Visitor(driver, folder / "page.html")
    # Not the first one, which is there when the page opens.
    chosen = "document.querySelectorAll('#gallery button')[5]"
    visitor.until(chosen)
    name = memory_file.load(folder / "memory.npz").name(5)
    driver.execute_script(f"{chosen}.click()")
    visitor.until(f"document.body.dataset.nearest === {json.dumps(name)}")
    visitor.press("hide-half")
    visitor.until("document.getElementById('sentence').textContent.includes('are unknown')")
    assert visitor.run() == ("memory", name)
    assert visitor.see("document.getElementById('sentence').textContent").startswith(
        f"It is {name}"
    )
    assert visitor.console() == []


@needs_browser
def test_an_exported_page_recalls_by_the_weights_that_were_learned(hop, folder, driver):
    """By Hebb's rule it would not come back: the memory is overloaded."""
    rng = np.random.default_rng(0)
    states = rng.choice([-1, 1], (40, 100)).astype(np.int8)
    np.save("rows.npy", states)
    hop("store", "rows.npy")
    chosen = "document.querySelectorAll('#gallery button')[5]"
    outcomes = []
    for learn in (False, True):
        if learn:
            hop("learn", "--rule", "projection")
        hop("demo", "-m", "memory.npz", "--export", "page.html")
        visitor = Visitor(driver, folder / "page.html")
        visitor.choose("energy", "classical")
        driver.execute_script(f"{chosen}.click()")
        visitor.until("document.body.dataset.nearest === 'rows.npy[5]'")
        outcomes.append(visitor.run()[0])
        text = visitor.see("document.querySelector('#energy option:checked').textContent")
        assert ("learned: projection" in text) == learn
    assert outcomes == ["spurious", "memory"]
    assert visitor.console() == []


@needs_browser
def test_a_label_that_is_clamped_makes_a_picture_of_its_own(hop, folder, driver):
    hop("store", SAMPLES / "portraits")
    hop("demo", "--export", "page.html")
    visitor = Visitor(driver, folder / "page.html")
    visitor.press("erase-all")
    visitor.choose("clamp", "label")
    visitor.choose("label", "2")
    outcome, nearest = visitor.run()
    assert outcome == "memory"
    assert nearest.startswith("robots/")
    assert visitor.console() == []


@needs_browser
def test_names_that_look_like_markup_are_harmless(folder, hop, driver):
    states = np.random.default_rng(0).choice([-1, 1], (3, 64)).astype(np.int8)
    for k, name in enumerate(("x", "y", "z")):
        picture(folder / "pictures" / name / f"{k}.png", states[k], (8, 8))
    hop("store", "pictures")
    members = dict(np.load("memory.npz"))
    members |= {
        "names": np.array([NASTY, "<!--", "]]>&amp;\u2028"]),
        "label_names": np.array([NASTY, "<img src=x onerror=alert(2)>", "z"]),
    }
    np.savez("nasty.npz", **{name: members[name] for name in memory_file.MEMBERS})
    hop("demo", "-m", "nasty.npz", "--export", "page.html")
    visitor = Visitor(driver, folder / "page.html")
    assert visitor.see("document.body.dataset.nearest") == NASTY
    assert NASTY in visitor.see("document.getElementById('nearest').textContent")
    assert visitor.see("document.scripts.length") == 3
    assert visitor.see("document.querySelectorAll('img[src=x]').length") == 0
    visitor.press("hide-half")
    assert visitor.run()[0] in ("memory", "spurious")
    assert visitor.console() == []


@needs_browser
def test_a_file_of_the_visitor_becomes_the_picture_and_another_is_refused_in_words(
    hop, folder, driver
):
    hop("store", SAMPLES / "whole")
    hop("demo", "--export", "page.html")
    visitor = Visitor(driver, folder / "page.html")
    (folder / "no.png").write_text("no picture")
    field = driver.find_element("id", "file")
    field.send_keys(str(folder / "no.png"))
    said = visitor.until("document.getElementById('note').textContent")
    assert said == "the file is not a picture that this browser reads; give a PNG or JPEG file"
    field.send_keys(str(SAMPLES / "damaged" / "R-half.png"))
    visitor.until("document.getElementById('sentence').textContent.includes('are unknown')")
    assert visitor.run() == ("memory", "letters/R.png")
    assert visitor.console() == []


@needs_browser
def test_files_of_a_visitor_are_read_as_by_hop(folder, driver):
    """Of another size and in part transparent, to within a level."""
    rng = np.random.default_rng(0)
    smooth = np.add.outer(np.arange(40), 3 * np.arange(50))[..., None] * [1.0, 0.7, 0.4]
    pixels = np.clip(smooth + rng.normal(0, 6, (40, 50, 3)), 0, 255)
    opacity = np.full((40, 50, 1), 255)
    opacity[:, 30:] = 0
    Image.fromarray(np.dstack([pixels, opacity]).astype(np.uint8)).save("cue.png")
    content = (folder / "cue.png").read_bytes()
    page = javascript.in_chromium(driver, folder)
    for mode in ("binary", "gray", "rgb"):
        shape = (16, 20, 3) if mode == "rgb" else (16, 20)
        patterns = np.zeros((1, 960), np.uint8)
        memory = memory_file.memory_of(mode, shape, patterns, ["a"], [None])
        expected = memory.picture(cues.of_content(content, "cue", memory))
        file = base64.b64encode(content).decode()
        about = {"height": 16, "width": 20, "mode": mode, "maxPixels": 2000}
        (found,) = page([{"network": "decode", "file": file, "about": about}])
        known = ~np.isnan(expected) if mode != "rgb" else ~np.isnan(expected).any(axis=2)
        assert 0 < known.sum() < known.size
        assert found["known"] == known.astype(int).ravel().tolist()
        levels = np.array(found["levels"]).reshape(shape)[known]
        assert np.abs(levels - expected[known] * 255).max() < 1.5


def exported(hop, folder, *arguments):
    assert hop("demo", *arguments, "--export", "page.html").code == 0
    return (folder / "page.html").read_text()


def test_the_policy_allows_what_is_in_the_file_and_nothing_else(hop, folder):
    hop("store", SAMPLES / "whole")
    text = exported(hop, folder)
    elements = Elements(text).found
    (policy,) = [
        attributes["content"]
        for tag, attributes in elements
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))

    def digest(text):
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    (script, worker, memory), (style,) = inside("script", text), inside("style", text)
    assert rules == {
        "default-src": "'none'",
        "script-src": digest(script),
        "worker-src": "blob:",
        "style-src": digest(style),
        "img-src": "data:",
        "connect-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert unpacked(base64.b64decode(memory))["about"]["patterns"] == 47
    for tag, attributes in elements:
        assert "style" not in attributes, tag
        for name in ("src", "href"):
            assert attributes.get(name, "data:").startswith("data:"), (tag, attributes)
    assert not re.search(r"https?://(?!www\.w3\.org/)", script + worker + style)


def test_the_same_memory_makes_the_same_bytes(hop, folder):
    hop("store", SAMPLES / "portraits", "-m", "one.npz")
    hop("store", SAMPLES / "portraits", "-m", "folder/", "--shard-size", 5)
    first = exported(hop, folder, "-m", "one.npz")
    assert exported(hop, folder, "-m", "one.npz") == first
    other = exported(hop, folder, "-m", "folder")
    one, two = (unpacked(base64.b64decode(inside("script", page)[2])) for page in (first, other))
    assert (one["about"].pop("name"), two["about"].pop("name")) == ("one.npz", "folder")
    assert repr(one) == repr(two)


def test_without_a_memory_the_sample_patterns_are_exported(hop, folder):
    answer = hop("demo", "--export", "page.html")
    size = (folder / "page.html").stat().st_size
    assert answer.out == f"Wrote page.html, {size:,} bytes; open it in a browser.\n"
    memory = inside("script", (folder / "page.html").read_text())[2]
    assert "letters/A.png" in unpacked(base64.b64decode(memory))["names"]


def test_a_memory_is_never_overwritten(hop, folder):
    hop("store", SAMPLES / "portraits", "-m", "one.npz")
    hop("store", SAMPLES / "portraits", "-m", "folder/")
    places = ("one.npz", "folder/00000.npz", "folder/memory.json")
    before = [(folder / place).read_bytes() for place in places]
    for place in places:
        assert place in hop("demo", "-m", "one.npz", "--export", place).error
    assert "is a memory" in hop("demo", "-m", "one.npz", "--export", "folder").error
    assert "written to a file" in hop("demo", "-m", "one.npz", "--export", "-").error
    assert [(folder / place).read_bytes() for place in places] == before


def test_what_is_too_large_for_one_file_is_refused_in_one_line(hop, folder, monkeypatch):
    assert f"up to {MAX_MIB} MiB" in " ".join(hop("demo", "--help").out.replace("│", "").split())
    monkeypatch.setattr("hopcli.web.export.MAX_MIB", 1)
    for rows, said in ((2**14, "Wrote"), (2**14 + 1, "takes 1 MiB; give a smaller memory")):
        np.save("rows.npy", np.eye(rows, 64, dtype=np.uint8) * 255)
        hop("store", "rows.npy", "--mode", "gray", "--force")
        answer = hop("demo", "--export", f"{rows}.html")
        assert said in answer.out + answer.err
    assert not (folder / f"{2**14 + 1}.html").exists()
    assert answer.error


def test_an_export_that_fails_leaves_what_was_there(hop, folder, monkeypatch):
    hop("store", SAMPLES / "whole")
    text = exported(hop, folder)
    monkeypatch.setattr("hopcli.storage.atomic.os.fsync", fail)
    hop("demo", "--export", "page.html")
    assert (folder / "page.html").read_text() == text
    assert [path.name for path in folder.glob(".*.tmp")] == []


def fail(*_):
    raise OSError(28, "No space left on device")
