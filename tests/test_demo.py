"""`hop demo` without a browser: who may ask, what is refused, and how it ends."""

import http.client
import io
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import zipfile
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from conftest import picture
from hopcli.web.engine import VISITORS, Engine
from hopcli.web.exhibit import STATES as STATES_AT_ONCE
from hopcli.web.frames import pack, unpack
from PIL import Image
from processes import interrupted
from test_courses import PLAIN, binary_exhibit, picture_exhibit

from hopcli.continuous.byte_patterns import SMALL
from hopcli.web.server import Server

ROOT = Path(__file__).parent.parent
STATES = np.random.default_rng(0).choice([-1, 1], (5, 48))


@contextmanager
def serving(exhibit, most_pixels=10_000):
    server = Server(Engine(exhibit, most_pixels), 0)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def server():
    with serving(binary_exhibit(STATES, list("ababa"))) as served:
        yield served


def asked(server, method, path, body=b"", **headers):
    """(status, headers, content) of an answer."""
    host = f"127.0.0.1:{server.server_port}"
    given = {"Host": host, "Origin": f"http://{host}", "Content_Length": str(len(body))} | headers
    with closing(http.client.HTTPConnection(host)) as connection:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in given.items():
            if value is not None:
                connection.putheader(name.replace("_", "-"), value)
        connection.endheaders(body or None)
        response = connection.getresponse()
        return response.status, response.headers, response.read()


def post(server, question, plain, *parts):
    """(JSON, bytes behind it) that the page gets."""
    body = pack(plain, list(parts)) if isinstance(plain, dict) else plain
    _, _, content = asked(server, "POST", f"/{server.token}/{question}", body)
    return unpack(content)


def start(server, tab="a", state=STATES[0], **given):
    levels = np.where(state > 0, 255, 0).astype(np.uint8)
    known = (state != 0).astype(np.uint8)
    message = {"tab": tab, "settings": PLAIN | given}
    return post(server, "start", message, levels.tobytes(), known.tobytes())


def test_it_listens_on_the_loopback_address_alone(server):
    assert server.server_address[0] == "127.0.0.1"
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{22}/", server.address)


def test_the_page_and_its_files_are_served_with_a_policy(server):
    status, headers, content = asked(server, "GET", f"/{server.token}/")
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    named = re.findall(r'(?:href|src)="([^"]+)"', content.decode())
    assert {"style.css", "main.js", "icon.svg"} == set(named)
    for name in named:
        status, headers, _ = asked(server, "GET", f"/{server.token}/{name}")
        assert status == 200
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_nothing_in_the_page_comes_from_elsewhere(server):
    for name, content in server.files.items():
        text = content.decode()
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text), name
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)
    html = server.files["index.html"].decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=", html)


@pytest.mark.parametrize("path", ["/", "/page.js", "/{other}/", "/{other}/page.js", "//"])
def test_without_the_token_there_is_nothing(server, path):
    other = ("A" if server.token[0] != "A" else "B") + server.token[1:]
    for method in ("GET", "POST"):
        status, _, content = asked(server, method, path.format(other=other))
        assert status in (403, 413)
        assert b"hopcli" not in content


@pytest.mark.parametrize(
    "path", ["../frames.py", "..%2fframes.py", "nothing.js", "page/page.js", "describe"]
)
def test_there_are_no_other_files(server, path):
    assert asked(server, "GET", f"/{server.token}/{path}")[0] == 404


def test_other_names_of_the_machine_are_refused(server):
    place = f"/{server.token}/"
    for host in ("evil.example", f"evil.example:{server.server_port}", "127.0.0.1", None):
        assert asked(server, "GET", place, Host=host)[0] == 421
        assert asked(server, "POST", f"{place}describe", pack({}, []), Host=host)[0] == 421
    local = f"localhost:{server.server_port}"
    assert asked(server, "GET", place, Host=local)[0] == 200


def test_pages_of_other_origins_cannot_ask(server):
    place, body = f"/{server.token}/describe", pack({}, [])
    for origin in ("http://evil.example", "null", None, f"https://127.0.0.1:{server.server_port}"):
        assert asked(server, "POST", place, body, Origin=origin)[0] == 403
    assert asked(server, "POST", place, body)[0] == 200


def test_a_run_comes_to_its_memory(server):
    frame, content = start(server, state=np.where(np.arange(48) < 20, 0, STATES[3]))
    assert (frame["outcome"], len(content)) == (None, 96)
    while frame["outcome"] is None:
        frame, content = post(server, "step", {"tab": "a", "visits": 9, "temperature": 0})
    assert (frame["outcome"], frame["nearest"][0]) == ("memory", {"index": 3, "overlap": 1.0})
    assert np.array_equal(np.frombuffer(content[:48], np.uint8) == 255, STATES[3] > 0)


def test_tabs_have_a_run_each(server):
    start(server, "a", STATES[0])
    start(server, "b", -STATES[1], energy="classical")
    for _ in range(12):
        found = {
            tab: post(server, "step", {"tab": tab, "visits": 48, "temperature": 0})[0]
            for tab in "ab"
        }
    assert (found["a"]["outcome"], found["b"]["outcome"]) == ("memory", "inverse")
    assert (found["a"]["nearest"][0]["index"], found["b"]["inverse"]) == (0, 1)


def test_a_slow_tab_holds_up_no_other(server):
    held, begun = threading.Event(), threading.Event()
    start(server, "slow")
    course = server.engine.visitors["slow"].course
    quick = course.step

    def slow(*given):
        begun.set()
        held.wait(10)
        return quick(*given)

    course.step = slow
    answers = []
    question = ("step", {"tab": "slow", "visits": 1, "temperature": 0})
    thread = threading.Thread(target=lambda: answers.append(post(server, *question)))
    thread.start()
    assert begun.wait(5)
    start(server, "quick")
    assert post(server, "step", {"tab": "quick", "visits": 48, "temperature": 0})[0]["sweeps"] == 1
    assert not answers
    held.set()
    thread.join(5)
    assert answers[0][0]["time"] == pytest.approx(1 / 48)


WORKQUEUE = """
import threading
import numpy as np
from test_courses import PLAIN, picture_exhibit
from hopcli.web.engine import Engine
from hopcli.web.frames import pack
engine = Engine(picture_exhibit(count=3000, shape=(32, 32)), 1)

def visit(tab):
    given = {"tab": tab, "settings": PLAIN | {"energy": "lse"}}
    engine.start(pack(given, [bytes(1024), bytes(1024)]))
    for _ in range(30):
        engine.step(pack({"tab": tab, "visits": 1, "temperature": 0}, []))

threads = [threading.Thread(target=visit, args=(str(tab),)) for tab in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
import numba
print(numba.threading_layer())
"""


def test_tabs_take_turns_where_kernels_must_not_meet():
    ran = subprocess.run(
        [sys.executable, "-c", WORKQUEUE], capture_output=True, text=True, check=False,
        cwd=ROOT / "tests",
        env={**os.environ, "NUMBA_THREADING_LAYER": "workqueue", "NUMBA_NUM_THREADS": "2"},
    )  # fmt: skip
    assert (ran.returncode, ran.stdout) == (0, "workqueue\n"), ran.stderr


def test_who_is_away_for_long_is_forgotten(server):
    for tab in range(VISITORS + 1):
        start(server, f"tab {tab}")
    answer = post(server, "step", {"tab": "tab 0", "visits": 1, "temperature": 0})[0]
    assert "forgotten" in answer["error"]
    assert len(server.engine.visitors) == VISITORS


def png(pixels):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format="PNG")
    return stream.getvalue()


def test_pictures_are_fitted_and_transparent_pixels_unknown():
    exhibit = picture_exhibit(shape=(4, 4))
    pixels = np.zeros((8, 8, 4), np.uint8)
    pixels[:, 4:] = [100, 100, 100, 255]
    with serving(exhibit) as server:
        _, content = post(server, "decode", png(pixels))
    levels, known = np.frombuffer(content, np.uint8).reshape(2, 4, 4)
    assert known.tolist() == [[0, 0, 1, 1]] * 4
    assert (levels[:, 3] == 100).all()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no readable picture"),
        (b"GIF89a" + bytes(30), "no readable picture"),
        (png(np.zeros((9, 9), np.uint8))[:45], "damaged"),
        (png(np.zeros((101, 100), np.uint8)), "more than 10,000 pixels"),
    ],
)
def test_what_is_no_picture_or_too_large_is_refused_in_words(content, why):
    with serving(picture_exhibit()) as server:
        status, _, answer = asked(server, "POST", f"/{server.token}/decode", content)
        assert status == 400
        assert why in unpack(answer)[0]["error"]


def test_what_is_too_long_is_refused_before_it_is_read(server):
    limits = server.engine.longest
    for question in ("decode", "start", "step", "describe"):
        status, _, answer = asked(
            server, "POST", f"/{server.token}/{question}",
            Content_Length=str(limits[question] + 1),
        )  # fmt: skip
        assert status == 413
        assert "--max-pixels" in unpack(answer)[0]["error"]
    for length in (None, "-1", "1e3", "٣", "9" * 5000):
        given = None if length is None else length.encode().decode("latin-1")
        assert asked(server, "POST", f"/{server.token}/step", Content_Length=given)[0] == 411


@pytest.mark.parametrize(
    ("question", "plain"),
    [
        ("start", {"tab": "a", "settings": PLAIN | {"degree": 1000}}),
        ("start", {"tab": "a", "settings": PLAIN | {"energy": "lse"}}),
        ("start", {"tab": "a"}),
        ("start", {"tab": "a", "settings": PLAIN}),
        ("start", {"settings": PLAIN}),
        ("step", {"tab": "never", "visits": 1, "temperature": 0}),
        ("step", {"tab": "a", "visits": -1, "temperature": 0}),
        ("step", {"tab": "a", "visits": 1, "temperature": -1}),
        ("step", {"tab": "a", "visits": 1}),
        ("picture", {"index": 5}),
        ("picture", {"index": "0"}),
        ("picture", b"\xff\xff\xff\xff{}"),
        ("picture", b"\x02\0\0\0[]"),
        ("picture", b"\x02\0\0\0\xff\xff"),
    ],
)
def test_questions_that_make_no_sense_are_answered_in_a_line(server, question, plain):
    body = pack(plain, []) if isinstance(plain, dict) else plain
    status, _, content = asked(server, "POST", f"/{server.token}/{question}", body)
    error = unpack(content)[0]["error"]
    assert status == 400
    assert "\n" not in error
    assert "fault" not in error


def test_names_are_told_as_they_are():
    exhibit = picture_exhibit(count=1, labels=["</script><b>"])
    with serving(exhibit) as server:
        about, _ = post(server, "describe", {})
    assert about["labelNames"] == ["</script><b>"]


def test_a_port_that_is_taken_is_an_error_of_one_line(hop):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        assert f"--port {port}" in hop("demo", "--no-browser", "--port", port).error


def test_a_memory_that_is_missing_is_an_error_of_one_line(hop):
    assert "nowhere.npz" in hop("demo", "--no-browser", "-m", "nowhere.npz").error


@contextmanager
def demo(*arguments, **surroundings):
    """The process, the address that it printed, and how the page describes the memory."""
    process = subprocess.Popen(
        [sys.executable, "-m", "hopcli", "demo", "--no-browser", *map(str, arguments)], text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={key: value for key, value in os.environ.items() if key != "HOP_MEMORY"} | surroundings,
    )  # fmt: skip
    try:
        yield process, process.stdout.readline().rstrip("\n")
    finally:
        process.kill()
        process.communicate()


def answer(address, question, plain, *parts):
    place = re.fullmatch(r"http://(127\.0\.0\.1:\d+)(/[\w-]+/)", address)
    with closing(http.client.HTTPConnection(place[1])) as connection:
        headers = {"Origin": f"http://{place[1]}"}
        connection.request("POST", place[2] + question, pack(plain, list(parts)), headers)
        return unpack(connection.getresponse().read())[0]


def described(address):
    return answer(address, "describe", {})


def test_ctrl_c_ends_it_at_once_with_nothing_said_but_its_address():
    with demo() as (process, address):
        # A connection that stays open is no reason to stay.
        host, port = re.search(r"//([\d.]+):(\d+)/", address).groups()
        with closing(socket.create_connection((host, int(port)))):
            described(address)
            assert interrupted(process, signal.SIGINT) == (130, "", "")


def test_memories_that_need_kernels_are_served_and_ended_as_soon(hop, folder):
    patterns = np.random.default_rng(0).integers(256, size=(150, 64 * 64), dtype=np.uint8)
    np.save("grey.npy", patterns)
    hop("store", "grey.npy", "--size", "64x64", "--mode", "gray")
    assert 150 * 64 * 64 * STATES_AT_ONCE > SMALL
    with demo() as (process, address):
        assert described(address)["patterns"] == 150
        given = {"tab": "a", "settings": PLAIN | {"energy": "lse"}}
        frame = answer(address, "start", given, patterns[7].tobytes(), bytes([1]) * 4096)
        while frame["outcome"] is None:
            frame = answer(address, "step", {"tab": "a", "visits": 1, "temperature": 0})
        assert (frame["outcome"], frame["nearest"][0]["index"]) == ("memory", 7)
        assert interrupted(process, signal.SIGINT) == (130, "", "")


def test_which_memory_is_shown(hop, folder):
    with demo() as (_, address):
        about = described(address)
    assert (about["name"], about["patterns"]) == ("sample patterns", 47)
    assert about["labelNames"] == ["letters", "pictograms"]
    for name, count in (("memory.npz", 1), ("other.npz", 2), ("third.npz", 3)):
        for k in range(count):
            picture(folder / name[:-4] / f"{k}.png", STATES[k], (6, 8))
        hop("store", name[:-4], "-m", name)
    for arguments, surroundings, patterns in (
        ((), {}, 1),
        ((), {"HOP_MEMORY": "other.npz"}, 2),
        (("-m", "third.npz"), {"HOP_MEMORY": "other.npz"}, 3),
    ):
        with demo(*arguments, **surroundings) as (_, address):
            assert described(address)["patterns"] == patterns


@pytest.mark.slow
def test_the_sample_patterns_travel_with_the_package(folder):
    built = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, ROOT],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "No matching distribution" in built.stderr or "NewConnectionError" in built.stderr:
        pytest.skip(f"pip cannot reach a package index: {built.stderr.splitlines()[-1]}")
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "installed")
    script = "from hopcli.web import samples as s; print(s.__file__, len(s.memory()))"
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "installed")},
    )  # fmt: skip
    assert ran.stdout.split() == [str(folder / "installed/hopcli/web/samples.py"), "47"]
    with demo(PYTHONPATH=str(folder / "installed")) as (_, address):
        assert described(address)["patterns"] == 47
