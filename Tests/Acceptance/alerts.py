"""`patriot-dialler alert` with a hook that writes down what it is told, and lines whose state a test decides."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from harness import ChildProcess
from played_line import report
from station import Station

# Each attempt, and then each delivery, is one line that is appended in one write.
HOOK = r"""#!/bin/sh
here=${0%/*}
line="$ALERT_ID	$ATTEMPT	$LINE	$STATE	${REASON-}	$SINCE	${OUTAGE_SECONDS-}	${CALL_DIRECTION-}/${CALL_NUMBER-}/${CALL_RESULT-}	$SENTENCE"
printf '%s\n' "$line" >>"$here/attempts"
[ ! -e "$here/behaviour" ] || . "$here/behaviour"
printf '%s\n' "$line" >>"$here/delivered"
"""


@dataclass(frozen=True)
class Told:
    """What the hook was told once."""

    id: str
    attempt: int
    line: str
    state: str
    reason: str
    since: str
    outage_seconds: str
    call: str
    sentence: str


class Alerts:
    """The alert process of a station; it may be killed and started again."""

    def __init__(self, station: Station, *options: str) -> None:
        self.station = station
        self.options = options
        self.folder = station.root / "alerts"
        self.state = self.folder / "state"
        self.state.mkdir(parents=True)
        self.hook = self.folder / "hook"
        self.hook.write_text(HOOK)
        self.hook.chmod(0o755)
        self.process = self._start()

    def _start(self) -> ChildProcess:
        words = self.station.words(
            "alert", "--hook", self.hook, "--state-directory", self.state, "--retry-delay", "0", *self.options
        )
        process = ChildProcess("alert", words)
        self.station.bench.keep(process)
        return process

    def behave(self, script: str) -> None:
        """What the hook does between an attempt and the delivery."""
        new = self.folder / "behaviour.new"
        new.write_text(script)
        new.rename(self.folder / "behaviour")

    def kill(self) -> None:
        """The alert process alone, as the kernel's memory killer does it."""
        self.process.kill()

    def restart(self) -> None:
        self.process = self._start()

    def told(self, kind: str = "delivered") -> list[Told]:
        try:
            lines = (self.folder / kind).read_text().splitlines()
        except FileNotFoundError:
            return []
        return [Told(id, int(attempt), *rest) for id, attempt, *rest in (line.split("\t", 8) for line in lines)]

    def wait(self, count: int, kind: str = "delivered", seconds: float = 60, **expected: str) -> list[Told]:
        """Until so many with these members are there; those."""
        deadline = time.monotonic() + seconds
        while True:
            told = [told for told in self.told(kind) if all(getattr(told, key) == value for key, value in expected.items())]
            if len(told) >= count:
                return told
            assert time.monotonic() < deadline, f"{len(told)} of {count} {kind} {expected}: {self.told(kind)}"
            time.sleep(0.05)

    @property
    def remembered(self) -> dict[str, list[dict[str, object]]]:
        """By line, what is still to be delivered."""
        lines = json.loads((self.state / "alerts.json").read_text())["lines"]
        return {name: entry["alert"]["events"] for name, entry in lines.items()}

    def wait_until_idle(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while any(self.remembered.values()):
            assert time.monotonic() < deadline, self.remembered
            time.sleep(0.05)


class ControlledLine:
    """A control socket whose line is ready, reports that it is not, hangs, or is gone, as the test says."""

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.name = name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._clients: list[socket.socket] = []
        self._server: socket.socket | None = None
        self._is_ready = True
        self._hangs = threading.Event()
        self._started = self._changed = time.monotonic()
        self._listen()

    def begin(self, kind: str) -> None:
        with self._lock:
            match kind:
                case "reported":
                    self._change(False)
                case "hanging":
                    self._hangs.set()
                case "gone":
                    assert self._server is not None
                    # close(2) alone does not wake a thread in accept(2).
                    self._server.shutdown(socket.SHUT_RDWR)
                    self._server.close()
                    self._server = None
                    for client in self._clients:
                        client.shutdown(socket.SHUT_RDWR)
                    self._clients = []

    def end(self, kind: str) -> None:
        with self._lock:
            match kind:
                case "reported":
                    self._change(True)
                case "hanging":
                    self._hangs.clear()
                    self._tell({"event": {"kind": "status", "time": 0, "status": self._report()}})
                case "gone":
                    self._started = self._changed = time.monotonic()
                    self._listen()

    def _change(self, is_ready: bool) -> None:
        self._is_ready, self._changed = is_ready, time.monotonic()
        self._tell({"event": {"kind": "status", "time": 0, "status": self._report()}})

    def _report(self) -> dict[str, object]:
        sentence = "Ready." if self._is_ready else "Not ready: no modem found."
        now = time.monotonic()
        times = {"isReadySeconds": int(now - self._changed), "upSeconds": int(now - self._started)}
        return report(sentence, self.name) | times

    def _tell(self, message: dict[str, object]) -> None:
        data = json.dumps(message).encode() + b"\n"
        for client in self._clients:
            try:
                client.sendall(data)
            except OSError:
                pass

    def _listen(self) -> None:
        self.path.unlink(missing_ok=True)
        server = socket.socket(socket.AF_UNIX)
        server.bind(str(self.path))
        server.listen()
        self._server = server
        threading.Thread(target=self._serve, args=(server,), daemon=True).start()

    def _serve(self, server: socket.socket) -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(client, server), daemon=True).start()

    def _answer(self, client: socket.socket, server: socket.socket) -> None:
        with client, client.makefile("rb") as stream:
            try:
                with self._lock:
                    if self._server is not server:
                        return
                    client.sendall(json.dumps({"hello": {"version": 1, "line": self.name, "processID": 1}}).encode() + b"\n")
                    self._clients.append(client)
                for line in stream:
                    with self._lock:
                        if self._hangs.is_set():
                            continue
                        reply = {"id": json.loads(line)["id"], "status": self._report()}
                        client.sendall(json.dumps({"reply": reply}).encode() + b"\n")
            except OSError:
                pass
            finally:
                with self._lock:
                    if client in self._clients:
                        self._clients.remove(client)


def outages() -> int:
    """In the gate 40; at length by ALERT_OUTAGES=200."""
    return int(os.environ.get("ALERT_OUTAGES", "40"))
