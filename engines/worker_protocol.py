"""How a training worker speaks with whoever started it. Standard library only; both workers use it.

One JSON object a line, `{"v": 1, "type": ..., "at": seconds}`, goes to stdout and to `events.jsonl` in the job's folder. The
log is the record: the parent may die, and the next one reads there what it missed. Everything else that is printed goes to
stderr. stdin takes `{"cmd": "stop"}` and `{"cmd": "checkpoint"}`; SIGTERM means stop. A parent that is gone stops nothing.
"""

import json
import os
import signal
import sys
import threading
import time
import traceback
from pathlib import Path

PROTOCOL = 1
HEARTBEAT_SECONDS = 10


class WorkerError(Exception):
    """What the user can do something about: a code that the parent knows, one line, and the next thing to try."""

    def __init__(self, code, message, advice):
        super().__init__(message)
        self.code = code
        self.advice = advice


class Conversation:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.stop_requested = threading.Event()
        self.checkpoint_requested = threading.Event()
        self.state = "starting"
        self.step = 0
        self._saying = threading.Lock()
        self._lock_file = _exclusive(self.folder / "worker.lock")
        # Libraries print where they like; the descriptor that the parent reads is ours alone.
        self._stdout = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        sys.stdout = sys.stderr
        self._log = _open_log(self.folder / "events.jsonl")
        for name in ("SIGTERM", "SIGINT"):
            signal.signal(getattr(signal, name), lambda *_: self.stop_requested.set())
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._beat, daemon=True).start()

    def say(self, kind, **fields):
        line = json.dumps({"v": PROTOCOL, "type": kind, "at": round(time.time(), 3), **_finite(fields)}) + "\n"
        with self._saying:
            self._log.write(line)
            self._log.flush()
            if kind in ("checkpoint", "done", "error"):
                os.fsync(self._log.fileno())
            self._print(line)

    def enter(self, state, **fields):
        self.state = state
        self.say("status", state=state, step=self.step, **fields)

    def _print(self, line):
        if self._stdout is None:
            return
        try:
            self._stdout.write(line)
            self._stdout.flush()
        except OSError:
            # Nobody reads any more; the log goes on.
            self._stdout = None

    def _listen(self):
        for line in sys.stdin:
            try:
                command = json.loads(line)["cmd"]
            except (ValueError, KeyError, TypeError):
                self.say("warn", code="bad-command", message=f"not a command: {line.strip()[:80]}")
                continue
            if command == "stop":
                self.stop_requested.set()
            elif command == "checkpoint":
                self.checkpoint_requested.set()
            else:
                self.say("warn", code="bad-command", message=f"unknown command {str(command)[:40]!r}")

    def _beat(self):
        while True:
            time.sleep(HEARTBEAT_SECONDS)
            self.say("status", state=self.state, step=self.step)


def converse(job_file, train, explain):
    """Runs `train(conversation, job)` and says how it ended. `explain` makes a WorkerError of what a library threw, or None."""
    folder = Path(job_file).resolve().parent
    try:
        conversation = Conversation(folder)
    except WorkerError as error:
        line = {"v": PROTOCOL, "type": "error", "at": time.time(), "code": error.code, "message": str(error)}
        print(json.dumps({**line, "advice": error.advice}), flush=True)
        return 1
    try:
        job = json.loads(Path(job_file).read_text(encoding="utf-8"))
        train(conversation, job)
        return 0
    except BaseException as error:  # noqa: BLE001 - whatever ends a worker is told
        traceback.print_exc()
        known = error if isinstance(error, WorkerError) else explain(error) or _everyday(error)
        conversation.say("error", code=known.code, message=str(known), advice=known.advice, step=conversation.step)
        return 1


def read_rows(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def require(packages, advice):
    """Looks without importing, because importing them takes seconds."""
    from importlib.util import find_spec

    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise WorkerError("missing-package", f"this Python lacks {', '.join(missing)} ({sys.executable})", advice)


def versions(packages):
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in packages:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            pass
    return found


def peak_resident_bytes():
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def system_memory():
    """(free, total) in bytes; free counts what the system would give back. None where it does not tell."""
    try:
        rows = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
        return tuple(int(rows[key].split()[0]) * 1024 for key in ("MemAvailable", "MemTotal"))
    except (OSError, KeyError, ValueError):
        pass
    try:
        return None, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return None, None


def _everyday(error):
    text = str(error) or type(error).__name__
    if isinstance(error, MemoryError) or "out of memory" in text.lower() or "can't allocate memory" in text:
        return WorkerError(
            "out-of-memory",
            "the machine ran out of memory",
            "halve tuning.local.microBatchSize, then tuning.local.maxLength, or train 4-bit: --weights qlora",
        )
    if isinstance(error, OSError) and error.errno == 28:
        return WorkerError("disk-full", "the disk is full", "free some space")
    return WorkerError("internal", f"{type(error).__name__}: {text.splitlines()[0][:300]}", "see worker.log in the run's folder")


def _exclusive(path):
    """Two workers in one folder would write over each other. The system lets go when the process ends, however it ends."""
    file = open(path, "a+")
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:
        pass
    except OSError:
        raise WorkerError("already-running", "another worker trains this very run", "assay tune status") from None
    return file


def _open_log(path):
    """A kill can cut the last line short: what follows begins a line of its own."""
    log = open(path, "a+", encoding="utf-8")
    if log.tell() > 0:
        with open(path, "rb") as whole:
            whole.seek(-1, os.SEEK_END)
            if whole.read(1) != b"\n":
                log.write("\n")
    return log


def _finite(value):
    """JSON has no NaN and no infinity."""
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(inner) for inner in value]
    return value
