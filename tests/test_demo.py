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
from page_memories import MAX_PIXELS, binary_memory, folded, picture_memory, unpacked
from pictures_drawn import drawn
from PIL import Image
from processes import interrupted

import hopcli
from hopcli.errors import HopError
from hopcli.formats import decoding
from hopcli.model.page.memory import PageMemory
from hopcli.web.server import Server

ROOT = Path(__file__).parent.parent
STATES = np.random.default_rng(0).choice([-1, 1], (5, 48))


@contextmanager
def serving(memory):
    server = Server(memory, 0)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def server():
    with serving(binary_memory(STATES, list("ababa"))) as served:
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


def test_it_listens_on_the_loopback_address_alone(server):
    assert server.server_address[0] == "127.0.0.1"
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{22}/", server.address)


def test_the_page_is_served_with_a_policy(server):
    status, headers, content = asked(server, "GET", f"/{server.token}/")
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', content.decode())
    assert "default-src 'none'" in policy
    assert "connect-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["Content-Security-Policy"] == "frame-ancestors 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_nothing_in_the_page_comes_from_elsewhere(server):
    text = server.page.decode()
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)
    assert not re.search(r"\bsrc=|\bstyle=|\bon\w+=\"", text)
    assert re.findall(r'href="([^"]{5})', text) == ["data:"]


def test_the_memory_is_served(server):
    status, headers, content = asked(server, "GET", f"/{server.token}/memory")
    assert (status, headers["Content-Type"]) == (200, "application/octet-stream")
    found = unpacked(content)
    assert found["about"]["patterns"] == len(STATES)
    assert found["patterns"].tobytes() == server.shown.stored.patterns.tobytes()
    status, headers, content = asked(server, "HEAD", f"/{server.token}/memory")
    assert (status, content) == (200, b"")


def test_a_beta_that_takes_long_is_served_when_it_is_asked_for(server):
    content = asked(server, "GET", f"/{server.token}/beta")[2]
    assert unpacked(content) == {"beta": server.shown.classification_beta}


@pytest.mark.parametrize("path", ["/", "/page.js", "/{other}/", "/{other}/page.js", "//"])
def test_without_the_token_there_is_nothing(server, path):
    other = ("A" if server.token[0] != "A" else "B") + server.token[1:]
    for method in ("GET", "POST"):
        status, _, content = asked(server, method, path.format(other=other))
        assert status in (403, 413)
        assert b"hopcli" not in content


@pytest.mark.parametrize(
    "path", ["../server.py", "..%2fserver.py", "nothing.js", "page.js", "describe", "decode"]
)
def test_there_are_no_other_files(server, path):
    assert asked(server, "GET", f"/{server.token}/{path}")[0] == 404


def test_other_names_of_the_machine_are_refused(server):
    place = f"/{server.token}/"
    for host in ("evil.example", f"evil.example:{server.server_port}", "127.0.0.1", None):
        assert asked(server, "GET", place, Host=host)[0] == 421
        assert asked(server, "POST", f"{place}decode", b"x", Host=host)[0] == 421
    local = f"localhost:{server.server_port}"
    assert asked(server, "GET", place, Host=local)[0] == 200


def test_pages_of_other_origins_cannot_ask(server):
    place, body = f"/{server.token}/decode", png(np.zeros((6, 8), np.uint8))
    for origin in ("http://evil.example", "null", None, f"https://127.0.0.1:{server.server_port}"):
        assert asked(server, "POST", place, body, Origin=origin)[0] == 403
    assert asked(server, "POST", place, body)[0] == 200


def png(pixels):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format="PNG")
    return stream.getvalue()


def test_pictures_are_fitted_and_transparent_pixels_unknown():
    pixels = np.zeros((8, 8, 4), np.uint8)
    pixels[:, 4:] = [100, 100, 100, 255]
    with serving(picture_memory(shape=(4, 4))) as server:
        content = asked(server, "POST", f"/{server.token}/decode", png(pixels))[2]
    found = unpacked(content)
    assert found["known"].reshape(4, 4).tolist() == [[0, 0, 1, 1]] * 4
    assert (found["levels"].reshape(4, 4)[:, 3] == 100).all()


def test_a_dropped_picture_is_laid_over_the_stored_ones():
    stored = np.array([np.asarray(drawn(number)) for number in range(4)])
    place = "/{}/align"
    with serving(PageMemory.of(hopcli.Memory(stored), "drawn", MAX_PIXELS)) as server:
        negative = png(255 - stored[2])
        found = unpacked(asked(server, "POST", place.format(server.token), negative)[2])
        assert found["sentence"].startswith("The picture is x[2], negative: certain (")
        assert np.abs(found["levels"].reshape(56, 48).astype(int) - stored[2])[5:-5].mean() < 8
        flat = png(np.full((56, 48), 120, np.uint8))
        found = unpacked(asked(server, "POST", place.format(server.token), flat)[2])
        assert found["match"] == "none"
        assert "of one colour" in found["sentence"]


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
    with serving(picture_memory()) as server:
        status, _, answer = asked(server, "POST", f"/{server.token}/decode", content)
        assert status == 400
        assert why in answer.decode()
        assert b"\n" not in answer
        assert b"fault" not in answer


def test_what_is_too_long_is_refused_before_it_is_read(server):
    place = f"/{server.token}/decode"
    length = str(decoding.longest(MAX_PIXELS) + 1)
    status, _, answer = asked(server, "POST", place, Content_Length=length)
    assert status == 413
    assert b"--max-pixels" in answer
    for length in (None, "-1", "1e3", "٣", "9" * 5000):
        given = None if length is None else length.encode().decode("latin-1")
        assert asked(server, "POST", place, Content_Length=given)[0] == 411


def test_a_fault_is_answered_in_a_line(server, monkeypatch):
    monkeypatch.setattr(type(server), "decoded", lambda *_: 1 / 0)
    status, _, answer = asked(server, "POST", f"/{server.token}/decode", b"x")
    assert status == 500
    assert answer.startswith(b"hop has a fault: ZeroDivisionError")


def test_a_memory_that_is_too_large_is_refused_before_it_is_served(monkeypatch):
    monkeypatch.setattr("hopcli.model.page.memory.MAX_BYTES", 5 * 48 - 1)
    with pytest.raises(HopError, match=r"MiB of pixels, but the page takes .*; give a smaller"):
        folded(binary_memory(STATES).stored)


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


def described(address):
    place = re.fullmatch(r"http://(127\.0\.0\.1:\d+)(/[\w-]+/)", address)
    with closing(http.client.HTTPConnection(place[1])) as connection:
        connection.request("GET", f"{place[2]}memory")
        return unpacked(connection.getresponse().read())["about"]


def test_ctrl_c_ends_it_at_once_with_nothing_said_but_its_address():
    with demo() as (process, address):
        # A connection that stays open is no reason to stay.
        host, port = re.search(r"//([\d.]+):(\d+)/", address).groups()
        with closing(socket.create_connection((host, int(port)))):
            described(address)
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
