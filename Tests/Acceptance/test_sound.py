"""The sound of a call, through a real sound server; and that no fault of it is a fault of the call."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import Bench
from control_client import Client
from harness import BINARY, ChildProcess
from sound_peers import RATE, ModemSoundPort, SoundServer, share_of_tone

NUMBER = "5550101"
SOUND = BINARY.parent / "patriot-dialler-sound"


class Scene:
    """A line with SOUND on, the sound port of its modem, and a headset."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self.server = SoundServer(bench.directory / "sound", bench.closing)
        self.port = ModemSoundPort()
        bench.closing.callback(self.port.close)
        self.patriot = bench.patriot()
        self.modem = bench.simulated_modem("simcom-7600")
        self.daemon = bench.ready_daemon(self.patriot, MODEM_PROFILE="simcom-7600", SOUND="on", SOUND_PORT=self.port.path)

    @property
    def socket(self) -> Path:
        return self.daemon.configuration.parent / "run/control"

    def sound(self, headset: str = SoundServer.HEADSET) -> ChildProcess:
        words: list[str | Path] = [
            SOUND, "--config", self.daemon.configuration, "--output", headset, "--input", headset,
        ]  # fmt: skip
        process = ChildProcess("sound", words, self.server.environment)
        self._bench.keep(process)
        process.wait_for_line("following line")
        return process

    def call(self) -> None:
        """Dialled in Patriot and answered."""
        start = len(self.modem.output)
        self.patriot.dial(NUMBER)
        self.patriot.expect_status(active=True, outbound=True, caller_id=NUMBER)
        self.modem.wait_for_alerting(start)
        self.modem.command("answer")
        with Client(self.socket) as client:
            client.send(b'{"id":1,"request":"watch"}\n')
            deadline = time.monotonic() + 20
            while True:
                message = client.next()
                status = message.get("event", message.get("reply", {})).get("status")
                if isinstance(status, dict) and (status.get("call") or {}).get("state") == "active":
                    return
                assert time.monotonic() < deadline, "the call is not answered"

    def hang_up(self) -> None:
        self.patriot.hang_up()
        self.patriot.expect_status(seconds=15, active=False)


@pytest.fixture
def scene(bench: Bench) -> Iterator[Scene]:
    yield Scene(bench)


def test_what_the_modem_sends_is_heard_and_comes_back(scene: Scene) -> None:
    sound = scene.sound()
    for _ in range(2):
        taken = len(scene.port.taken)
        position = len(sound.output)
        scene.call()
        sound.wait_for_line("sound both ways", start=position)
        # The beginning is silence, until the microphone has heard what the loudspeaker plays.
        samples = scene.port.wait_for(4, taken)[2 * RATE :]
        # A host under load may leave a gap.
        assert share_of_tone(samples[: RATE // 2]) > 0.5 or share_of_tone(samples[-RATE // 2 :]) > 0.5
        scene.hang_up()
        sound.wait_for_line("the call is over", start=position)


def test_a_missing_headset_is_named_and_the_modem_gets_silence(scene: Scene) -> None:
    sound = scene.sound("hw:CARD=Absent")
    scene.call()
    sound.wait_for_line("the operator hears nothing: no sound device hw:CARD=Absent")
    samples = scene.port.wait_for(2, 0)
    assert not any(samples)
    scene.hang_up()


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGKILL])
def test_a_sound_program_that_hangs_or_dies_changes_no_call(scene: Scene, number: signal.Signals) -> None:
    sound = scene.sound()
    scene.call()
    scene.port.wait_for(1, 0)
    sound.signal(number)
    scene.patriot.expect_quiet(2)
    scene.hang_up()
    scene.call()
    scene.hang_up()
    if number == signal.SIGSTOP:
        sound.signal(signal.SIGCONT)
    assert scene.daemon.is_running
