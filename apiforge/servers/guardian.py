"""Runs one command so that nothing of it outlives its owner, whatever becomes of the owner.

A program of its own, standard library only, started in a session of its own. Its owner holds the
other end of standard input: `S` asks for a polite end, `K` for one by force, and end-of-file says
that the owner is dead, even by SIGKILL, which nobody can catch. Then everything that descends from
the command is ended and the throw-away directories are removed. Without a command it only waits
to remove them. It exits with the command's status (128 + N for a death by signal N).
"""

import argparse
import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # <linux/prctl.h>
ORPHANED_GRACE = 3.0  # seconds a command has to end by itself once nobody waits for it
STRAY_GRACE = 2.0  # the same for what outlives the command
FORCE_PATIENCE = 10.0  # a process that SIGKILL does not end within this is stuck in the kernel
NOT_STARTED = 127


class Lifeline:
    """The owner's orders: the last one given, `""` while there is none."""

    def __init__(self) -> None:
        self.order = ""
        self._open = True
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)
        self._awake = reader
        signal.set_wakeup_fd(writer)
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self._obey("S"))

    def wait(self, seconds: float | None) -> None:
        """Until an order comes, a child ends, or `seconds` are over."""
        watched = [self._awake, sys.stdin.fileno()] if self._open else [self._awake]
        ready = select.select(watched, [], [], seconds)[0]
        if self._awake in ready:
            os.read(self._awake, 4096)
        if sys.stdin.fileno() in ready:
            self._obey(os.read(sys.stdin.fileno(), 1).decode("ascii", "replace"))

    def _obey(self, order: str) -> None:
        self._open = self._open and order != ""
        if self.order != "K":
            self.order = order or self.order or "orphaned"


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--stop", type=lambda name: signal.Signals[f"SIG{name}"], default="TERM")
    parser.add_argument("--grace", type=float, default=10.0)
    parser.add_argument("--user", type=int)
    parser.add_argument("--remove", action="append", default=[], type=Path)
    parser.add_argument("command", nargs="*")
    return parser.parse_args(arguments)


def prctl(option: int, value: int) -> None:
    """Linux's process control; elsewhere the session and the tree of processes must do."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def spawn(options: argparse.Namespace) -> int:
    """Start the command in a session of its own; its pid, which is also its session's."""
    guardian = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        if options.user is not None:
            os.setgroups([])
            os.setgid(options.user)
            os.setuid(options.user)
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        prctl(PR_SET_PDEATHSIG, options.stop)
        if os.getppid() == guardian:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.execvp(options.command[0], options.command)
    except OSError as error:
        os.write(2, f"cannot start {options.command[0]}: {error.strerror}\n".encode())
    os._exit(NOT_STARTED)


def reap() -> dict[int, int]:
    """Exit codes of the children that ended since the last call."""
    ended: dict[int, int] = {}
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if pid == 0:
            return ended
        ended[pid] = os.waitstatus_to_exitcode(status)


def listed() -> list[tuple[int, int, int]]:
    """The same as `processes` where there is no /proc."""
    columns = ["pid=", "ppid=", "pgid=", "stat="]
    command = ["ps", "-A", *(word for column in columns for word in ("-o", column))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        rows = [line.split() for line in program.communicate()[0].splitlines()]
    return [
        (int(pid), int(parent), int(group))
        for pid, parent, group, state in rows
        if int(pid) != program.pid and not state.startswith("Z")
    ]


def processes() -> list[tuple[int, int, int]]:
    """(pid, parent, group) of every living process."""
    proc = Path("/proc")
    if not (proc / "self" / "stat").exists():
        return listed()
    found = []
    for folder in proc.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            text = (folder / "stat").read_text(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, parent, group = text.rpartition(")")[2].split()[:3]
        if state != "Z":
            found.append((int(folder.name), int(parent), int(group)))
    return found


def family(leader: int) -> set[int]:
    """Everything alive that descends from the command, or is in its process group."""
    children: dict[int, list[int]] = {}
    members: set[int] = set()
    for pid, parent, group in processes():
        children.setdefault(parent, []).append(pid)
        if group == leader:
            members.add(pid)
    unseen = [os.getpid()]
    while unseen:
        found = children.get(unseen.pop(), [])
        members.update(found)
        unseen.extend(found)
    return members - {os.getpid()}


def send(number: int, pids: set[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except (ProcessLookupError, PermissionError):
            continue


def follow(leader: int, lifeline: Lifeline, options: argparse.Namespace) -> int | None:
    """Wait for the command, and end it when told to; its exit code, None where it would not."""
    deadline = None
    while True:
        left = None if deadline is None else deadline - time.monotonic()
        if lifeline.order == "K" or (left is not None and left <= 0):
            return None
        lifeline.wait(left)
        ended = reap()
        if leader in ended:
            return ended[leader]
        if lifeline.order and deadline is None:
            send(options.stop, {leader})
            orphaned = lifeline.order == "orphaned"
            grace = min(options.grace, ORPHANED_GRACE) if orphaned else options.grace
            deadline = time.monotonic() + grace


def sweep(leader: int, lifeline: Lifeline) -> None:
    """End whatever of the command's descendants still lives: politely, then by force."""
    send(signal.SIGTERM, family(leader))
    started = time.monotonic()
    while left := family(leader):
        waited = time.monotonic() - started
        if waited > STRAY_GRACE + FORCE_PATIENCE:
            return
        if waited > STRAY_GRACE or lifeline.order == "K":
            send(signal.SIGKILL, left)
        lifeline.wait(0.02)
        reap()


def remove(directories: list[Path]) -> None:
    """Delete them, trying again for a while where something still writes there."""
    deadline = time.monotonic() + FORCE_PATIENCE
    for directory in directories:
        shutil.rmtree(directory, ignore_errors=True)
        while directory.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
            shutil.rmtree(directory, ignore_errors=True)


def guard(options: argparse.Namespace, lifeline: Lifeline) -> int:
    """Run the command to its end, and everything that descends from it; its exit code."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    leader = spawn(options)
    code = follow(leader, lifeline, options)
    if code is None:
        send(signal.SIGKILL, {leader})
        code = -signal.SIGKILL
    sweep(leader, lifeline)
    return code if code >= 0 else 128 - code


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    lifeline = Lifeline()
    code = guard(options, lifeline) if options.command else 0
    while not options.command and not lifeline.order:
        lifeline.wait(None)
    remove(options.remove)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
