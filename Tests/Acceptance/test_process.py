"""Ends of the daemon and of the modem in the middle of things."""

from __future__ import annotations

import random
import re
import signal
import time
from collections.abc import Callable

import pytest

from bench import Bench
from faults.holding import Holding
from harness import READY, Daemon
from patriot_server import PatriotServer
from serial_peers import PtyModem, release_after_kill

NUMBER = "5550123"
HANG_UP = r"ATH|AT\+CHUP|AT\+CHLD"


# The daemon ends


def test_ends_with_code_0_when_told_to(bench: Bench) -> None:
    patriot = bench.patriot()
    bench.pty_modem()
    daemon = bench.ready_daemon(patriot)
    assert daemon.terminate() == 0
    assert patriot.expect_closed() == 1001


def test_ends_with_code_0_while_patriot_and_modem_are_missing(bench: Bench) -> None:
    patriot = bench.patriot()
    patriot.kill()
    daemon = bench.daemon(patriot.port)
    daemon.wait_for_line(r"(?i)refused")
    assert daemon.terminate() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_while_it_starts_waits_until_it_can_be_handled(bench: Bench, number: signal.Signals) -> None:
    patriot, holding = bench.patriot(), Holding(bench.directory)
    bench.closing.callback(holding.release)
    bench.environment |= holding.environment
    bench.pty_modem()
    holding.hold("configuration")
    daemon = bench.daemon(patriot.port)
    holding.wait_until_held()
    daemon.signal(number)
    holding.release()
    if number == signal.SIGHUP:
        patriot.expect_authentication()
        assert daemon.terminate() == 0
    else:
        assert daemon.exit_code() == 0


def test_a_stop_at_any_moment_of_the_connection_is_clean(bench: Bench) -> None:
    """OpenSSL must not be taken down under a handshake that the event loop is still in."""
    patriot, moments = bench.patriot(), random.Random(1)
    bench.pty_modem()
    for _ in range(40):
        daemon = bench.daemon(patriot.port)
        daemon.wait_for_line("port opened")
        time.sleep(moments.uniform(0, 0.02))
        assert daemon.terminate() == 0
        daemon.close()


@pytest.mark.parametrize("killed", [False, True], ids=["SIGTERM", "SIGKILL"])
def test_a_call_outlives_the_daemon_and_is_taken_over_by_the_next_one(bench: Bench, killed: bool) -> None:
    patriot, modem = bench.patriot(), bench.simulated_modem("generic-gsm")
    daemon = bench.ready_daemon(patriot)
    position = len(modem.output)
    patriot.dial(NUMBER)
    patriot.expect_status(active=True, outbound=True, caller_id=NUMBER)
    modem.wait_for_alerting(position)
    modem.command("answer")
    modem.wait_for_line(r"\+CLCC: 1,0,0", start=position)
    if killed:
        daemon.kill()
        release_after_kill(modem.link)
    else:
        assert daemon.terminate() == 0
    patriot.expect_closed()
    bench.daemon(patriot.port)
    patriot.expect_authentication()
    # The key may be accepted before the modem has been asked for its calls.
    patriot.wait_for_status(active=True, outbound=True, caller_id=NUMBER, seconds=20)
    assert not [line for line in modem.output.all(position) if re.search(rf"{HANG_UP}|^line: free", line)]
    patriot.hang_up()
    patriot.expect_status(active=False)
    modem.wait_for_line(HANG_UP, start=position)


# The configuration changes


def test_sighup_goes_over_to_the_changed_file_and_refuses_one_with_errors(bench: Bench) -> None:
    patriot, other = bench.patriot(), bench.patriot()
    bench.pty_modem()
    daemon = bench.ready_daemon(patriot)
    good = daemon.configuration.read_text()
    daemon.configuration.write_text(good.replace("LOG_LEVEL=debug", "LOG_LEVEL=loud"))
    daemon.reload()
    position = daemon.wait_for_line(r"line\.conf:\d+: LOG_LEVEL")
    daemon.wait_for_line(r"rejected: .*; keeping the old one", start=position)
    assert patriot.answers_ping()
    daemon.configuration.write_text(good.replace(f"PATRIOT_PORT={patriot.port}", f"PATRIOT_PORT={other.port}"))
    daemon.reload()
    assert patriot.expect_closed() == 1001
    other.expect_authentication()
    other.expect_status(active=False)
    daemon.wait_for_line(READY, seconds=30, start=position)
    _dial(other)


# The modem ends


def _idle(patriot: PatriotServer, modem: PtyModem) -> bool:
    return False


def _dialing(patriot: PatriotServer, modem: PtyModem) -> bool:
    """`ATD` is written and not answered."""
    modem.mute = frozenset({"D"})
    _dial(patriot)
    modem.wait_for_command("ATD")
    return True


def _alerting(patriot: PatriotServer, modem: PtyModem) -> bool:
    _dial(patriot)
    modem.wait_for_command("ATD")
    modem.set_call(PtyModem.ALERTING, NUMBER)
    modem.wait_for_poll()
    return True


def _active(patriot: PatriotServer, modem: PtyModem) -> bool:
    _dial(patriot)
    modem.wait_for_command("ATD")
    modem.set_call(PtyModem.ACTIVE, NUMBER)
    modem.wait_for_poll()
    return True


def _incoming(patriot: PatriotServer, modem: PtyModem) -> bool:
    modem.ring(NUMBER)
    patriot.expect_status(active=True, outbound=False, caller_id=NUMBER)
    return True


def _hanging_up(patriot: PatriotServer, modem: PtyModem) -> bool:
    """The hang-up is written and not answered."""
    _active(patriot, modem)
    modem.mute = frozenset({"H", "+CHUP", "+CHLD"})
    patriot.hang_up()
    modem.wait_for_command(HANG_UP)
    return True


def _dial(patriot: PatriotServer) -> None:
    patriot.dial(NUMBER)
    patriot.expect_status(active=True, outbound=True, caller_id=NUMBER)


@pytest.mark.parametrize("state", [_idle, _dialing, _alerting, _active, _incoming, _hanging_up])
def test_a_modem_unplugged_ends_the_call_at_once_and_serves_again_when_it_is_back(
    bench: Bench, state: Callable[[PatriotServer, PtyModem], bool]
) -> None:
    patriot, modem = bench.patriot(), bench.pty_modem()
    daemon = bench.ready_daemon(patriot)
    had_call = state(patriot, modem)
    position = len(daemon.output)
    modem.unplug()
    if had_call:
        patriot.wait_for_status(active=False, seconds=2)
    patriot.request_status()
    patriot.expect_status(active=False)
    assert _busy_share(daemon, seconds=2) < 0.25, "the daemon spins on a port that is gone"
    modem = bench.pty_modem()
    daemon.wait_for_line(READY, seconds=60, start=position)
    _dial(patriot)
    modem.wait_for_command("ATD")


def _busy_share(daemon: Daemon, seconds: float) -> float:
    """The part of one processor that the daemon uses; only a stretch of time can show it."""
    used = daemon.cpu_seconds()
    time.sleep(seconds)
    return (daemon.cpu_seconds() - used) / seconds
