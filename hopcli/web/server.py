"""The page over HTTP, on the loopback address.

The server delivers the page, the memory's data and, if it is asked for, a slow β; and it decodes
pictures that the browser cannot. Networks run in the page. The standard library's server suffices
for these four resources, and so `hop demo` runs wherever hop does.

Only who has the address, in which there is an unguessable token, gets an answer. Other names in the
Host header are refused, so that no other name can be made to point here, and so are pictures from
pages of other origins. The page's content security policy allows no connection but to this server.
"""

import secrets
import sys
import threading
from collections.abc import Callable
from functools import cached_property
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any

from hopcli.errors import HopError, on_command_line
from hopcli.interruption import stand_by
from hopcli.model.page.data import page_data
from hopcli.model.page.memory import PageMemory
from hopcli.web.html import html
from hopcli.web.messages import message

LOOPBACK = "127.0.0.1"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
MESSAGE = "application/octet-stream"
# Digits of the longest Content-Length that is read.
MAX_DIGITS = 15
HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class Server(ThreadingHTTPServer):
    """A server of one memory; each connection has a thread, which ends with the process."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, shown: PageMemory, port: int) -> None:
        """Listen on a port, or on a free one if it is 0.

        Raises:
            HopError: the port cannot be used.
        """
        self.shown = shown
        self.page = html(None).encode()
        self.token = secrets.token_urlsafe(16)
        # One at a time: computing the memory's data may load kernels, and decoding a picture may
        # take much of the machine's memory.
        self._working = threading.Lock()
        try:
            super().__init__((LOOPBACK, port), Handler)
        except OSError as error:
            raise HopError(
                f"`port={port}` was given, but it cannot be used: {error.strerror}; leave `port` "
                f"out, and a free one is found"
            ) from error

    def server_bind(self) -> None:
        """Bind without asking a name server for this machine's name."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]

    @property
    def address(self) -> str:
        """The URL of the page."""
        return f"http://{LOOPBACK}:{self.server_port}/{self.token}/"

    @property
    def hosts(self) -> tuple[str, str]:
        """Host headers that are answered."""
        return f"{LOOPBACK}:{self.server_port}", f"localhost:{self.server_port}"

    def resource(self, name: str) -> tuple[str, Callable[[], bytes]] | None:
        """The type of a resource and a function that makes its content, None if there is none."""
        return {
            "": (HTML, lambda: self.page),
            "memory": (MESSAGE, self._memory),
            "beta": (MESSAGE, self._beta),
        }.get(name)

    def decoded(self, content: bytes) -> bytes:
        """Decode a picture file and fit it to the memory: a message with `levels` and `known`."""
        with self._working:
            return message({}, self.shown.decode(content))

    def aligned(self, content: bytes) -> bytes:
        """Lay a picture file over the stored pictures: `match`, `sentence`, `levels`, `known`."""
        with self._working:
            return message(*self.shown.align(content))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore browsers that have closed the connection; other errors have been answered."""

    def _memory(self) -> bytes:
        with self._working:
            return self._data

    def _beta(self) -> bytes:
        with self._working:
            return message({"beta": self.shown.classification_beta}, {})

    @cached_property
    def _data(self) -> bytes:
        return message(*page_data(self.shown, complete=False))


class Handler(BaseHTTPRequestHandler):
    """Requests over one connection."""

    server: Server  # pyright: ignore[reportIncompatibleVariableOverride]
    protocol_version = "HTTP/1.1"
    server_version = "hop"
    sys_version = ""
    # Small answers are sent at once, not held until the one before has been acknowledged.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer with the page, the memory's data or β."""
        name = self._resource_name()
        if name is None:
            return
        found = self.server.resource(name)
        if found is None:
            self._refuse(HTTPStatus.NOT_FOUND, "there is nothing of this name here")
        else:
            self._answer_with(*found)

    do_HEAD = do_GET

    def do_POST(self) -> None:
        """Decode a picture file."""
        length = self._length()
        if length is None:
            return
        if length > self.server.shown.max_file:
            self._refuse(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                "the file is larger than any picture that is allowed; shrink it, or allow more "
                "with `max_pixels`",
            )
        elif self.headers.get("Origin") not in [f"http://{host}" for host in self.server.hosts]:
            self._refuse(HTTPStatus.FORBIDDEN, "only the page that this server shows may ask")
        else:
            content = self.rfile.read(length)
            name = self._resource_name()
            if name == "decode":
                self._answer_with(MESSAGE, lambda: self.server.decoded(content))
            elif name == "align":
                self._answer_with(MESSAGE, lambda: self.server.aligned(content))
            elif name is not None:
                self._refuse(HTTPStatus.NOT_FOUND, "there is nothing of this name here")

    def _answer_with(self, kind: str, make: Callable[[], bytes]) -> None:
        """Answer with what a function makes, or with one line that says why it could not."""
        try:
            content = make()
        except HopError as error:
            self._answer(HTTPStatus.BAD_REQUEST, TEXT, on_command_line(error.template).encode())
        except MemoryError:
            said = b"the machine's memory did not suffice; give a smaller picture"
            self._answer(HTTPStatus.BAD_REQUEST, TEXT, said)
        except Exception as error:
            said = f"hop has a fault: {type(error).__name__}: {error}; please report it"
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, TEXT, said.encode())
        else:
            self._answer(HTTPStatus.OK, kind, content)

    def _resource_name(self) -> str | None:
        """The part of the path behind the token; None if the request has been refused."""
        if self.headers.get("Host") not in self.server.hosts:
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST, "this server has another name")
            return None
        token, slash, name = self.path.partition("?")[0].removeprefix("/").partition("/")
        if not slash or not secrets.compare_digest(token.encode(), self.server.token.encode()):
            self._refuse(
                HTTPStatus.FORBIDDEN, "this is not the whole address; copy it from the terminal"
            )
            return None
        return name

    def _length(self) -> int | None:
        """The bytes of the request's content; None if the request has been refused."""
        given = self.headers.get_all("Content-Length", [])
        if "Transfer-Encoding" not in self.headers and len(given) == 1:
            digits = given[0]
            if digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS:
                return int(digits)
        self._refuse(HTTPStatus.LENGTH_REQUIRED, "a request with a file states its length")
        return None

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        """Say why, and close the connection, on which there may be content that was not read."""
        self.close_connection = True
        self._answer(status, TEXT, on_command_line(f"hop: {why}\n").encode())

    def _answer(self, status: HTTPStatus, kind: str, content: bytes) -> None:
        self.send_response(status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Log nothing: standard error is for errors."""


def serve(server: Server) -> None:
    """Print the address, and answer until the process ends; call it in the main thread."""
    # A thread that answers may load kernels, and cannot handle Ctrl-C meanwhile.
    stand_by()
    sys.stdout.write(f"{server.address}\n")
    sys.stdout.flush()
    server.serve_forever()
