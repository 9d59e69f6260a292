"""What the embedded servers and the runner ask of the operating system: processes and ports."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil

LOOPBACK = "127.0.0.1"
PR_SET_PDEATHSIG = 1
_claims: list[socket.socket] = []


def is_alive(pid: int | None) -> bool:
    if not pid:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def processes_named(program: str) -> list[psutil.Process]:
    import psutil

    return [process for process in psutil.process_iter(["name"]) if process.info["name"] == program]


def processes_marked(mark: str, value: str) -> list[psutil.Process]:
    """Those that were started with this value in their environment, as far as we may see it."""
    import psutil

    return [process for process in psutil.process_iter() if _environment_of(process).get(mark) == value]


def folder_of(process: psutil.Process) -> Path | None:
    import psutil

    try:
        return Path(process.cwd())
    except (psutil.Error, OSError):
        return None


def end(processes: Iterable[psutil.Process], *, gently: signal.Signals, patience: float) -> None:
    """Ask the topmost to end, which end their own children; kill what is left after a while."""
    import psutil

    left = list(processes)
    pids = {process.pid for process in left}
    for process in left:
        if _parent_of(process) not in pids:
            _send(process, gently)
    _, stubborn = psutil.wait_procs(left, timeout=patience)
    for process in stubborn:
        _send(process, signal.SIGKILL)
    psutil.wait_procs(stubborn, timeout=5)


def dying_with_parent(ending: signal.Signals) -> Callable[[], object] | None:
    """For Popen's preexec_fn: the child gets this signal when the thread that started it dies (Linux alone can)."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, int(ending))


def free_port(preferred: int | None) -> int:
    if preferred and port_is_free(preferred):
        return preferred
    with socket.create_server((LOOPBACK, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def claim_port(port: int) -> bool:
    """For a server that is started later and shares its port with whoever else asks to: nobody who looks for a free one
    takes this, until this process ends."""
    if not port_is_free(port):
        return False
    claim = socket.socket()
    claim.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    claim.bind((LOOPBACK, port))
    _claims.append(claim)
    return True


def port_is_free(port: int) -> bool:
    """On IPv6 too: a browser may take `localhost` for either."""
    return _can_listen(socket.AF_INET, LOOPBACK, port) and (
        not _can_listen(socket.AF_INET6, "::1", 0) or _can_listen(socket.AF_INET6, "::1", port)
    )


def _can_listen(family: socket.AddressFamily, host: str, port: int) -> bool:
    try:
        socket.create_server((host, port), family=family).close()
    except OSError:
        return False
    return True


def _environment_of(process: psutil.Process) -> dict[str, str]:
    import psutil

    try:
        return process.environ()
    except (psutil.Error, OSError):
        return {}


def _parent_of(process: psutil.Process) -> int | None:
    import psutil

    try:
        return process.ppid()
    except psutil.Error:
        return None


def _send(process: psutil.Process, signal_: signal.Signals) -> None:
    import psutil

    try:
        process.send_signal(signal_)
    except psutil.Error:
        return
