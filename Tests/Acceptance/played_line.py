"""Plays the control socket of a running line: it reports what the sentence that systemd shows of it means."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path

# The beginning of the modem's part of the sentence, the word for it, and what to do.
STATES = {
    "no modem found": ("not-plugged-in", "plug it in, or correct MODEM_DEVICE"),
    "the modem's port is in use": ("held", "stop that program, or name another port"),
    "the modem is being set up": ("setting-up", None),
    "the modem does not answer": ("not-responding", "check its power, its cable and MODEM_BAUD_RATE"),
    "the modem sends garbage": ("garbage", "correct MODEM_BAUD_RATE, then check the cable and MODEM_DEVICE"),
    "the modem keeps restarting": ("restarting", "its power supply is too weak; give it a supply of its own (2 A)"),
    "the SIM is not ready: no SIM inserted": ("sim", "insert one and plug the modem in again"),
}


def report(sentence: str, name: str = "line1") -> dict[str, object]:
    """As the line's `status` has it."""
    modem: dict[str, object] = {
        "profile": "quectel", "isReady": True, "state": "ready", "readiness": "ready", "signalHistory": [],
    }  # fmt: skip
    for beginning, (word, remedy) in STATES.items():
        if sentence.startswith(f"Not ready: {beginning}"):
            modem |= {"isReady": False, "state": word, "readiness": beginning, "problem": beginning, "remedy": remedy}
    counters = {"calls": 0, "results": {}, "refusedDials": 0, "patriotConnections": 1, "modemOpenings": 1, "recoveries": {}}
    latency = {"count": 0, "totalMicroseconds": 0, "longestMicroseconds": 0}
    return {
        "line": name, "sentence": sentence, "isReady": sentence.startswith("Ready"), "modem": modem,
        "patriot": {"isAuthenticated": True, "state": "authenticated", "link": "connected", "seconds": 60},
        "lastCalls": [], "complaints": [], "counters": counters,
        "latencies": {"dial": latency, "report": latency, "hangUp": latency}, "upSeconds": 61,
    }  # fmt: skip


class PlayedLine:
    """Serves until the process ends; `sentence` is asked at each request."""

    def __init__(self, path: Path, sentence: Callable[[], str], name: str = "line1") -> None:
        self._sentence = sentence
        self._name = name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(path))
        path.chmod(0o666)
        self._server.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _report(self) -> dict[str, object]:
        return report(self._sentence(), self._name)

    def _serve(self) -> None:
        while True:
            client, _ = self._server.accept()
            threading.Thread(target=self._answer, args=(client,), daemon=True).start()

    def _answer(self, client: socket.socket) -> None:
        with client, client.makefile("rwb") as stream:
            try:
                stream.write(json.dumps({"hello": {"version": 1, "line": self._name, "processID": 1}}).encode() + b"\n")
                stream.flush()
                for line in stream:
                    reply = {"id": json.loads(line)["id"], "status": self._report()}
                    stream.write(json.dumps({"reply": reply}).encode() + b"\n")
                    stream.flush()
            except OSError:
                return
