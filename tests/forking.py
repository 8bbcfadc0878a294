"""A `hop` command that starts in milliseconds: each call is a fork of a process with all imports.

`python forking.py SOCKET` serves calls. The script of `client` sends it the arguments, the working
folder, the environment and the three standard streams of a call, and ends with its exit code.
"""

import json
import os
import pkgutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

CLIENT = """#!{python} -IS
import json, os, socket, sys
call = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    socket.send_fds(server, [len(call).to_bytes(4, "big")], [0, 1, 2])
    server.sendall(call)
    sys.exit(server.recv(1)[0])
"""


@contextmanager
def serving(folder):
    """Serve calls of the script `hop` in a folder."""
    address = str(folder / "socket")
    script = folder / "hop"
    script.write_text(CLIENT.format(python=sys.executable, address=address))
    script.chmod(0o755)
    call = [sys.executable, __file__, address]
    with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout.readline() == b"ready\n"
            yield script
        finally:
            server.kill()


def serve(address):
    """Fork for each call."""
    import hopcli.kernels
    from hopcli.__main__ import main

    for module in pkgutil.iter_modules(hopcli.kernels.__path__, "hopcli.kernels."):
        import_module(module.name)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        print("ready", flush=True)
        while True:
            connection, _ = listening.accept()
            if not os.fork():
                listening.close()
                _answer(connection, main)
            connection.close()


def _answer(connection, main):
    """Run one call in a fork of its own, and send its exit code."""
    size, streams, _, _ = socket.recv_fds(connection, 4, 3)
    call = b""
    while len(call) < int.from_bytes(size, "big"):
        call += connection.recv(2**16)
    process = os.fork()
    if not process:
        connection.close()
        _run(main, streams, *json.loads(call))
    _, status = os.waitpid(process, 0)
    connection.sendall(bytes([os.waitstatus_to_exitcode(status) % 256]))
    os._exit(0)


def _run(main, streams, arguments, folder, environment):
    """Call hop as if it had been started here."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["hop", *arguments]
    code = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code or 0
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    # Its own folder is no package to import from.
    sys.path[:] = [path for path in sys.path if Path(path) != Path(__file__).parent]
    serve(sys.argv[1])
