"""The live page in a real browser: what a visitor does, and what is to be seen then."""

import re

import browser
import numpy as np
import pytest
from conftest import picture
from page_memories import binary_memory, picture_memory, shown
from processes import awaited
from test_demo import demo, serving

from hopcli.continuous import similarities
from hopcli.web import samples

pytestmark = pytest.mark.skipif(browser.missing() is not None, reason=str(browser.missing()))

R = 17
NAME = "</script><img src=x onerror=document.title='broken'>.png"


@pytest.fixture(scope="module")
def driver():
    with browser.chromium() as driven:
        yield driven


@pytest.fixture(scope="module")
def letters():
    memory = shown(samples.memory().stored, samples.NAME)
    assert memory.stored.name(R) == "letters/R.png"
    with serving(memory) as server:
        server.patterns = memory.levels(np.arange(47))
        yield server


class Visitor:
    """Somebody who looks at the page."""

    def __init__(self, driver):
        self.driver = driver

    def open(self, address):
        # Another page first, so that a new fragment loads the page anew.
        self.driver.get("about:blank")
        self.driver.get(address)
        self.wait("document.getElementById('main').getAttribute('aria-busy') === 'false'")
        self.wait("document.body.dataset.nearest !== undefined")
        self.set("speed", 7)

    def js(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def wait(self, condition):
        awaited(lambda: self.js(f"return {condition}"))

    def text(self, name):
        return self.js("return document.getElementById(arguments[0]).textContent", name)

    def click(self, name):
        self.driver.find_element("id", name).click()

    def begins(self, act, *given):
        """Do something that begins a new run, and wait for it."""
        before = self.js("return document.body.dataset.runs")
        act(*given)
        self.wait(f"document.body.dataset.runs !== '{before}'")

    def choose(self, index):
        script = "document.querySelector(`[data-index='${arguments[0]}']`).click()"
        self.begins(self.js, script, index)

    def set(self, name, value):
        """Choose in a list, write in a field or move a slider."""
        self.js(
            "const field = document.getElementById(arguments[0]); field.value = arguments[1];"
            "field.dispatchEvent(new Event('input', {bubbles: true}));"
            "field.dispatchEvent(new Event('change', {bubbles: true}));",
            name, str(value),
        )  # fmt: skip

    def brush(self, kind):
        self.js("document.querySelector(`[name=brush][value=${arguments[0]}]`).click()", kind)

    def settle(self, outcome="memory"):
        self.click("run")
        self.wait("document.body.dataset.outcome !== ''")
        assert self.js("return document.body.dataset.outcome") == outcome, self.text("sentence")
        self.wait("document.getElementById('run').textContent === 'Run'")

    @property
    def pixels(self):
        """Red, green and blue of the picture, (h, w, 3)."""
        width, height, values = self.js(
            "const c = document.getElementById('picture');"
            "const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
            "return [c.width, c.height, Array.from(d)]"
        )
        return np.array(values, np.uint8).reshape(height, width, 4)[..., :3]

    @property
    def unknown(self):
        """Which pixels are shown as unknown: those that are no grey."""
        pixels = self.pixels
        return (pixels != pixels[..., :1]).any(axis=2)

    def stroke(self, *places):
        """Draw with the mouse, through places in parts of the picture's sides."""
        from selenium.webdriver.common.action_chains import ActionChains

        canvas = self.driver.find_element("id", "picture")
        width, height = canvas.size["width"], canvas.size["height"]
        chain = ActionChains(self.driver, duration=20)
        for number, (x, y) in enumerate(places):
            chain.move_to_element_with_offset(
                canvas, round((x - 0.5) * width), round((y - 0.5) * height)
            )
            if number == 0:
                chain.click_and_hold()
        chain.release().perform()


@pytest.fixture
def visitor(driver):
    browser.resize(driver, 1280, 1000)
    driver.get_log("browser")
    yield Visitor(driver)
    assert [entry["message"] for entry in driver.get_log("browser")] == []


def test_half_of_a_picture_is_erased_with_the_mouse_and_comes_back(visitor, letters):
    visitor.open(letters.address)
    visitor.choose(R)
    assert np.array_equal(visitor.pixels[..., 0].ravel(), letters.patterns[R])
    visitor.brush("erase")
    visitor.set("brush-size", 16)
    visitor.stroke((0.6, 0.05), (0.6, 0.95), (0.8, 0.95), (0.8, 0.05), (0.95, 0.05), (0.95, 0.95))
    unknown = visitor.unknown
    assert unknown[:, 36:].mean() > 0.95
    assert not unknown[:, :24].any()
    visitor.wait("/ unknown\\./.test(document.getElementById('sentence').textContent)")
    visitor.settle()
    assert visitor.text("sentence").startswith("It is letters/R.png (letters): 2 sweeps")
    assert np.array_equal(visitor.pixels[..., 0].ravel(), letters.patterns[R])
    assert visitor.js("return document.querySelector('#nearest .name').textContent") == (
        "letters/R.png"
    )
    assert visitor.js("return document.querySelector('[aria-current]').dataset.index") == str(R)


def test_a_clamped_label_generates_its_picture(visitor, letters):
    visitor.open(letters.address)
    visitor.set("clamp", "label")
    visitor.set("label", 1)
    visitor.begins(visitor.click, "from-noise")
    visitor.wait("/pictograms is clamped/.test(document.getElementById('sentence').textContent)")
    visitor.settle()
    assert "(pictograms)" in visitor.text("sentence")
    index = int(visitor.js("return document.querySelector('[aria-current]').dataset.index"))
    assert index >= 26
    off = np.abs(visitor.pixels[..., 0].ravel() - letters.patterns[index].astype(float))
    assert off.mean() < 2


def test_a_clamped_picture_is_classified(visitor, letters):
    visitor.open(letters.address)
    visitor.choose(30)
    visitor.begins(visitor.click, "hide-half")
    visitor.set("clamp", "picture")
    visitor.wait("/is clamped/.test(document.getElementById('sentence').textContent)")
    before = visitor.pixels
    visitor.settle("spurious")
    assert re.search(r"settled: pictograms, \d\d", visitor.text("sentence"))
    assert np.array_equal(visitor.pixels, before)
    shares = visitor.js(
        "return [...document.querySelectorAll('#labels .value')].map((one) => one.textContent)"
    )
    assert float(shares[1]) > 0.5


def test_names_are_text_and_nothing_else(visitor):
    memory = picture_memory(count=3, labels=["<b>label</b>", "b"])
    object.__setattr__(memory.stored, "names", np.array([NAME, "1.png", "2.png"]))
    with serving(memory) as server:
        visitor.open(server.address)
        visitor.begins(visitor.click, "hide-half")
        visitor.settle()
        assert "<b>label</b>" in visitor.text("sentence")
        shown = visitor.js("return document.querySelector('#gallery .name').textContent")
        assert NAME.endswith(shown)
        assert visitor.js("return document.querySelectorAll('img, b').length") == 0
        assert visitor.driver.title.startswith("hop")


def test_a_link_brings_picture_and_settings_back(visitor, letters):
    visitor.open(letters.address)
    visitor.choose(R)
    visitor.brush("erase")
    visitor.stroke((0.2, 0.2), (0.8, 0.8))
    visitor.begins(visitor.click, "add-noise")
    visitor.set("energy", "poly")
    visitor.set("degree", 7)
    visitor.set("temperature", 30)
    visitor.begins(visitor.set, "seed", 12)
    before = visitor.pixels
    visitor.click("share")
    visitor.wait("location.hash.length > 10")
    link = visitor.driver.current_url
    assert len(link) < 3000
    visitor.open(link)
    visitor.wait("/ unknown\\./.test(document.getElementById('sentence').textContent)")
    assert np.array_equal(visitor.pixels, before)
    values = {name: visitor.js("return document.getElementById(arguments[0]).value", name)
              for name in ("energy", "degree", "seed", "temperature")}  # fmt: skip
    assert values == {"energy": "poly", "degree": "7", "seed": "12", "temperature": "30"}


def test_a_link_that_is_none_is_said_and_the_page_works(visitor, letters):
    visitor.open(f"{letters.address}#1.!!!")
    visitor.wait("/^This link is cut short/.test(document.getElementById('note').textContent)")
    visitor.js("location.hash = '2.abc'")
    visitor.wait("/^This link is not one/.test(document.getElementById('note').textContent)")
    visitor.begins(visitor.click, "hide-half")
    visitor.settle()


def test_a_picture_of_the_visitors_own_is_taken_and_others_refused(visitor, letters, folder):
    picture(folder / "mine.png", np.where(letters.patterns[30] > 0, 1, -1), (64, 64))
    (folder / "none.png").write_bytes(b"no picture")
    visitor.open(letters.address)
    visitor.driver.find_element("id", "file").send_keys(str(folder / "mine.png"))
    visitor.wait("document.body.dataset.nearest.startsWith('pictograms/')")
    assert np.array_equal(visitor.pixels[..., 0].ravel(), letters.patterns[30])
    visitor.choose(0)
    content = (folder / "mine.png").read_bytes()
    visitor.begins(
        visitor.js,
        "const files = new DataTransfer();"
        "files.items.add(new File([Uint8Array.from(arguments[0])], 'mine.png'));"
        "document.body.dispatchEvent(new DragEvent('drop', {dataTransfer: files, bubbles: true}))",
        list(content),
    )
    assert np.array_equal(visitor.pixels[..., 0].ravel(), letters.patterns[30])
    visitor.driver.find_element("id", "file").send_keys(str(folder / "none.png"))
    visitor.wait("/not? a? ?readable picture/.test(document.getElementById('note').textContent)")
    # The browser itself notes the refusal.
    visitor.driver.get_log("browser")


def test_all_is_done_by_keyboard(visitor, letters):
    from selenium.webdriver.common.keys import Keys

    visitor.open(letters.address)
    visitor.choose(R)
    visitor.brush("erase")
    visitor.set("brush-size", 9)
    canvas = visitor.driver.find_element("id", "picture")
    canvas.send_keys(Keys.ARROW_RIGHT)
    assert visitor.text("cursor-said").startswith("column 33, row 33")
    canvas.send_keys(Keys.SPACE, Keys.SHIFT + Keys.ARROW_RIGHT + Keys.NULL, Keys.SPACE)
    canvas.send_keys(Keys.ARROW_DOWN)
    assert visitor.text("cursor-said").startswith("column 41, row 34: unknown")
    assert 100 < visitor.unknown.sum() < 160
    visitor.driver.find_element("id", "run").send_keys(Keys.ENTER)
    visitor.wait("document.body.dataset.outcome === 'memory'")
    visitor.wait("/^It is letters.R/.test(document.getElementById('heard').textContent)")


def test_the_trajectory_is_walked_back_and_gone_on_from_there(visitor, letters):
    visitor.open(letters.address)
    visitor.choose(R)
    visitor.begins(visitor.click, "hide-half")
    visitor.wait("/ unknown\\./.test(document.getElementById('sentence').textContent)")
    cue = visitor.pixels
    visitor.set("speed", 5)
    visitor.settle()
    last = int(visitor.js("return document.getElementById('trajectory').max"))
    assert last == 32
    visitor.set("trajectory", 8)
    visitor.wait("document.getElementById('when').textContent === '0.5 sweeps'")
    assert 500 < visitor.unknown.sum() < 1500
    visitor.set("trajectory", 0)
    visitor.wait("document.getElementById('when').textContent === '0 sweeps'")
    assert np.array_equal(visitor.pixels, cue)
    visitor.set("trajectory", 8)
    visitor.click("step")
    visitor.wait("document.getElementById('trajectory').max === '9'")
    visitor.settle()
    assert visitor.text("sentence").startswith("It is letters/R.png")


def test_heat_melts_a_memory_and_cold_brings_it_back(visitor, letters):
    visitor.open(letters.address)
    visitor.choose(R)
    visitor.set("temperature", 40)
    visitor.click("run")
    value = "Number(document.querySelector('#nearest .value').textContent)"
    visitor.wait(f"{value} < 0.8 && {value} > 0.3")
    assert visitor.js("return document.body.dataset.outcome") == ""
    visitor.set("temperature", 0)
    visitor.wait("document.body.dataset.outcome === 'memory'")


def test_two_tabs_run_at_once(visitor, letters):
    driver = visitor.driver
    visitor.open(letters.address)
    visitor.choose(R)
    visitor.begins(visitor.click, "hide-half")
    first = driver.current_window_handle
    driver.switch_to.new_window("tab")
    try:
        visitor.open(letters.address)
        visitor.choose(30)
        visitor.begins(visitor.click, "hide-half")
        visitor.settle()
        assert "pictograms/" in visitor.text("sentence")
    finally:
        driver.close()
        driver.switch_to.window(first)
    visitor.settle()
    assert "letters/R.png" in visitor.text("sentence")


@pytest.mark.parametrize("mode", ["gray", "rgb"])
def test_grey_and_coloured_pictures_come_back(visitor, mode):
    memory = picture_memory(count=6, shape=(12, 10), mode=mode)
    with serving(memory) as server:
        visitor.open(server.address)
        visitor.choose(4)
        before = visitor.pixels
        visitor.begins(visitor.click, "hide-half")
        visitor.wait("/ unknown\\./.test(document.getElementById('sentence').textContent)")
        assert not np.array_equal(visitor.pixels, before)
        visitor.settle()
        assert visitor.text("sentence").startswith("It is 4.png")
        assert np.abs(visitor.pixels.astype(int) - before).max() <= 2


@pytest.mark.parametrize(
    "memory",
    [binary_memory([[1]]), binary_memory([[1, -1] * 40]), picture_memory(1, (1, 1), labels="")],
    ids=["a neuron", "a row", "a pixel"],
)
def test_the_smallest_memories_are_shown(visitor, memory):
    with serving(memory) as server:
        visitor.open(server.address)
        visitor.settle()


@pytest.mark.parametrize("width", [360, 800, 1440])
def test_nothing_is_wider_than_the_window_and_nothing_moves(visitor, letters, width):
    browser.resize(visitor.driver, width, 1000)
    visitor.open(letters.address)
    visitor.choose(R)
    assert visitor.js(
        "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    visitor.js(
        "window.moved = 0; new PerformanceObserver((list) => list.getEntries().forEach("
        "(entry) => { window.moved += entry.value; })).observe({type: 'layout-shift'})"
    )
    visitor.set("energy", "classical")
    visitor.set("speed", 6)
    visitor.begins(visitor.click, "hide-half")
    visitor.settle("spurious")
    assert visitor.js("return window.moved") == 0


def test_every_control_has_a_name_and_colours_follow_the_system(visitor, letters):
    visitor.open(letters.address)
    tree = visitor.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    roles = {"button", "slider", "combobox", "textbox", "spinbutton", "radio", "application",
             "image", "ColorWell"}  # fmt: skip
    found = [node for node in tree if node.get("role", {}).get("value") in roles]
    assert len(found) > 60
    nameless = [node["role"] for node in found if not node.get("name", {}).get("value")]
    assert nameless == []
    colour = "getComputedStyle(document.documentElement).backgroundColor"
    light = visitor.js(f"return {colour}")
    browser.resize(visitor.driver, 1280, 1000, dark=True)
    assert visitor.js(f"return {colour}") != light


def test_a_file_that_the_browser_cannot_read_is_read_by_hop(visitor, letters, folder):
    content = b"P5 64 64 255\n" + letters.patterns[30].tobytes()
    (folder / "mine.pgm").write_bytes(content)
    visitor.open(letters.address)
    visitor.driver.find_element("id", "file").send_keys(str(folder / "mine.pgm"))
    visitor.wait("document.body.dataset.nearest.startsWith('pictograms/')")
    assert np.array_equal(visitor.pixels[..., 0].ravel(), letters.patterns[30])


def test_similarities_that_the_page_cannot_compute_are_listed_and_not_to_be_chosen(visitor):
    with serving(picture_memory()) as server:
        visitor.open(server.address)
        options = visitor.js(
            "return [...document.querySelectorAll('#similarity option')]"
            ".map((one) => [one.value, one.disabled, one.textContent])"
        )
        assert {name for name, _, _ in options} == set(similarities.names())
        assert ["l2", False, "l2"] in options
        assert all("not in the page" in text for _, disabled, text in options if disabled)


def test_a_server_that_has_gone_is_said(visitor, folder):
    """Networks run in the page and go on; only a file that hop has to read is refused."""
    (folder / "none.png").write_bytes(b"no picture")
    with demo() as (process, address):
        visitor.open(address)
        process.kill()
        process.wait()
        visitor.click("step")
        visitor.wait("document.getElementById('trajectory').max === '1'")
        visitor.driver.find_element("id", "file").send_keys(str(folder / "none.png"))
        visitor.wait("/does not answer/.test(document.getElementById('note').textContent)")
    # The browser itself notes that nobody is there.
    visitor.driver.get_log("browser")
