"""The page and its engine over HTTP, on the loopback address.

By the standard library's server: a page, its engine and a dozen files need no routes, and so
`hop demo` runs wherever hop does. The page asks for each frame when it has shown the one before, in
a request of its own over a connection that stays open, which takes about a millisecond on this
machine. A stream would run ahead of a page that is paused, rewound or slow, and have to be told to
wait; so nothing is on its way that nobody asked for, and a slow tab holds up only itself.

Who may ask: whoever has the address, in which there is a token that nobody can guess. Names in the
Host header other than this server's are refused, so that no other name can be made to point here,
and so are questions from pages of other origins. What the browser may do with the page is told by
its content security policy: scripts, styles and questions are of this server alone.
"""

import secrets
import sys
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any

from hopcli.errors import HopError
from hopcli.interruption import stand_by
from hopcli.web.bundle import page_folder
from hopcli.web.engine import Engine
from hopcli.web.frames import pack

LOOPBACK = "127.0.0.1"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
MESSAGE = "application/octet-stream"
# Of a length that anybody would send.
MOST_DIGITS = 15
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def page() -> dict[str, bytes]:
    """The files of the page, by name."""
    return {file.name: file.read_bytes() for file in page_folder().iterdir() if file.is_file()}


class Server(ThreadingHTTPServer):
    """Each connection has a thread, which ends with the process."""

    daemon_threads = True
    # A tab opens several connections at once.
    request_queue_size = 64

    def __init__(self, engine: Engine, port: int) -> None:
        """Listen on a port, or on a free one if it is 0.

        Raises:
            HopError: the port is taken, or not to be had.
        """
        self.engine, self.files = engine, page()
        self.token = secrets.token_urlsafe(16)
        try:
            super().__init__((LOOPBACK, port), Handler)
        except OSError as error:
            raise HopError(
                f"--port {port} was given, but it cannot be had: {error.strerror}; leave --port "
                f"out, and a free one is found"
            ) from error

    def server_bind(self) -> None:
        """Without asking a name server what this machine is called."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{LOOPBACK}:{self.server_port}/{self.token}/"

    @property
    def hosts(self) -> tuple[str, str]:
        """What this server is called."""
        return f"{LOOPBACK}:{self.server_port}", f"localhost:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that has gone is none; all else has been answered."""


class Handler(BaseHTTPRequestHandler):
    """Questions over one connection."""

    server: Server  # pyright: ignore[reportIncompatibleVariableOverride]
    protocol_version = "HTTP/1.1"
    server_version = "hop"
    sys_version = ""
    # An answer must not wait until the one before has been acknowledged.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """A file of the page."""
        place = self._place(b"")
        if place is None:
            return
        name = place or "index.html"
        content = self.server.files.get(name)
        kind = KINDS.get(name[name.rfind(".") :])
        if content is None or kind is None:
            self._refuse(HTTPStatus.NOT_FOUND, "there is nothing of this name here")
        else:
            self._answer(HTTPStatus.OK, kind, content)

    do_HEAD = do_GET

    def do_POST(self) -> None:
        """A question to the engine."""
        length = self._length()
        if length is None:
            return
        engine = self.server.engine
        name = self.path.rpartition("/")[2]
        if length > engine.longest.get(name, 0):
            self._refuse(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                "the file holds more than any picture that is allowed; shrink it, or allow more "
                "with --max-pixels",
            )
            return
        if self.headers.get("Origin") not in [f"http://{host}" for host in self.server.hosts]:
            self._refuse(HTTPStatus.FORBIDDEN, "only the page that this server shows may ask")
            return
        message = self.rfile.read(length)
        place = self._place(message)
        if place is None:
            return
        question = engine.answers.get(place)
        if question is None:
            self._refuse(HTTPStatus.NOT_FOUND, "there is nothing of this name here")
        else:
            self._ask(question, message)

    def _ask(self, question: Callable[[bytes], bytes], message: bytes) -> None:
        """Answer, or say in one line why not."""
        try:
            answer = question(message)
        except HopError as error:
            self._answer(HTTPStatus.BAD_REQUEST, MESSAGE, pack({"error": str(error)}, []))
        except MemoryError:
            said = "the machine's memory did not suffice; give a smaller picture"
            self._answer(HTTPStatus.BAD_REQUEST, MESSAGE, pack({"error": said}, []))
        except Exception as error:
            said = f"hop has a fault: {type(error).__name__}: {error}; please report it"
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, MESSAGE, pack({"error": said}, []))
        else:
            self._answer(HTTPStatus.OK, MESSAGE, answer)

    def _place(self, message: bytes) -> str | None:
        """What is asked for behind the token; None if it has been refused."""
        if self.headers.get("Host") not in self.server.hosts:
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST, "this server has another name")
            return None
        token, slash, place = self.path.partition("?")[0].removeprefix("/").partition("/")
        if not slash or not secrets.compare_digest(token.encode(), self.server.token.encode()):
            self._refuse(
                HTTPStatus.FORBIDDEN, "this is not the whole address; copy it from the terminal"
            )
            return None
        return place

    def _length(self) -> int | None:
        """Bytes of the question; None if it has been refused."""
        given = self.headers.get_all("Content-Length", [])
        if "Transfer-Encoding" not in self.headers and len(given) == 1:
            digits = given[0]
            if digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS:
                return int(digits)
        self._refuse(HTTPStatus.LENGTH_REQUIRED, "a question tells its length")
        return None

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        """Say why, and hang up: what else was sent has not been read."""
        self.close_connection = True
        kind = MESSAGE if self.command == "POST" else "text/plain; charset=utf-8"
        content = pack({"error": why}, []) if self.command == "POST" else f"hop: {why}\n".encode()
        self._answer(status, kind, content)

    def _answer(self, status: HTTPStatus, kind: str, content: bytes) -> None:
        """Headers and content, in one piece."""
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
        """Nobody wants to read of every frame."""


def serve(server: Server) -> None:
    """Say where the page is, and answer until the process ends.

    To be called in the main thread.
    """
    # A thread that answers may load kernels, and could not see to that.
    stand_by()
    sys.stdout.write(f"{server.address}\n")
    sys.stdout.flush()
    server.serve_forever()
