"""Processes that tests start, await and interrupt. Nothing here measures time.

Tests wait for conditions, as long as it takes on the machine that they run on. `HANGS` is no
measurement: a process that has not ended by then never will.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

# Seconds after which a process is taken to hang.
HANGS = 900
# Seconds between two looks at whether a condition holds.
LOOK = 0.005

# Runs hop, and writes a line to standard output whenever it calls one function, given by its module
# and name, before that function is called.
TELLING = """
import importlib, sys
module, name = sys.argv[1:3]
sys.argv = ["hop", *sys.argv[3:]]
owner = importlib.import_module(module)
function = getattr(owner, name)
def telling(*arguments, **options):
    print("called", flush=True)
    return function(*arguments, **options)
setattr(owner, name, telling)
from hopcli.__main__ import main
main()
"""


def start(*arguments, **options):
    """Start `hop ARGUMENTS…`, with its output as text in pipes."""
    return _started([sys.executable, "-m", "hopcli"], arguments, options)


def start_telling(module, name, *arguments, **options):
    """Start `hop ARGUMENTS…`, and return it once it calls the function of this module and name.

    The function is replaced before hop is imported, so what imports it by name calls it too.
    """
    process = _started([sys.executable, "-c", TELLING, module, name], arguments, options)
    line = process.stdout.readline()
    assert line == "called\n", line + process.stderr.read()
    return process


def _started(command, arguments, options):
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([*command, *map(str, arguments)], text=True, **pipes | options)


def awaited(condition, process=None):
    """What a condition returns, once it is true; None if a process ends before it is."""
    while not (found := condition()):
        if process is not None and process.poll() is not None:
            return None
        time.sleep(LOOK)
    return found


def wait_until_watching(process):
    """Wait until SIGTERM is caught: what comes before is Python's own start, and left to it."""
    status = Path(f"/proc/{process.pid}/status")

    def watching():
        caught = int(status.read_text().partition("SigCgt:")[2].split()[0], 16)
        return caught >> (signal.SIGTERM - 1) & 1

    awaited(watching, process)


def wait_for_lock(process, path):
    """Wait until a process holds the lock of the memory at a path."""
    lock = path.with_name(f".{path.name}.lock")
    awaited(lambda: lock.exists() and lock.read_bytes(), process)


def ended(process):
    """Wait for the end: (exit code, standard output, standard error)."""
    out, err = process.communicate(timeout=HANGS)
    return process.returncode, out, err


def interrupted(process, number):
    """Send a signal, and wait for the end: (exit code, standard output, standard error)."""
    process.send_signal(number)
    return ended(process)


def members(session):
    """The process numbers of a session that are alive."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, own = path.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(own) == session and state != "Z":
            found.append(int(path.parent.name))
    return found


def unread(descriptor):
    """How many bytes written to a pipe have not been read yet."""
    from fcntl import ioctl
    from termios import FIONREAD

    return int.from_bytes(ioctl(descriptor, FIONREAD, bytes(4)), sys.byteorder)


def kill_when(path, condition_met):
    """Kill the process whose number stands in a file, once it does, and then make another file."""
    os.kill(int(awaited(lambda: path.exists() and path.read_text())), signal.SIGKILL)
    condition_met.touch()
