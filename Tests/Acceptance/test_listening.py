"""The daemon with a Patriot that connects to it, written on the `websockets` package."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bench import Bench
from cable import Namespace
from certificates import make_certificate
from control_client import Client
from events import until
from harness import API_KEY, READY
from listening import Listening
from patriot_client import UPGRADE, PatriotClient

NUMBER = "5550123"


# Who is let in


def test_lets_in_a_patriot_that_shows_the_key_and_reports_the_line(listening: Listening) -> None:
    patriot = listening.patriot(certificate=listening.certificate.certificate)
    patriot.introduce(request_id="7")
    patriot.expect_admission()
    patriot.expect_status(active=False)
    listening.daemon.wait_for_line(r"Patriot connected from 127\.0\.0\.1")
    patriot.request_status()
    patriot.expect_status(active=False)


@pytest.mark.parametrize(
    ("type", "answer"),
    [
        ("INIT-REQUEST", "INIT-RESPONSE"),
        ("InitRequest", "InitResponse"),
        ("initRequest", "initResponse"),
        ("init", "init-response"),
        ("initialize-request", "initialize-response"),
    ],
)
def test_answers_in_the_spelling_of_the_request(listening: Listening, type: str, answer: str) -> None:
    patriot = listening.patriot()
    patriot.introduce(type=type)
    assert patriot.expect_answer(answer) == {"success": True}


@pytest.mark.parametrize(
    "payload",
    [
        {"apiKey": API_KEY, "site": "North", "more": [1, {"a": None}]},
        {"userName": "x", "password": API_KEY},
        {"apiKey": None, "password": API_KEY},
        json.dumps({"apiKey": API_KEY}),
        {"apiKey": API_KEY, "requestId": 7},
    ],
    ids=["more members", "password", "null apiKey", "JSON in a string", "numeric requestId"],
)
def test_finds_the_key_in_the_sites_json(listening: Listening, payload: object) -> None:
    patriot = listening.patriot()
    patriot.introduce(payload)
    patriot.expect_admission()


def test_echoes_a_request_id_where_it_stood(listening: Listening) -> None:
    patriot = listening.patriot()
    patriot.introduce({"apiKey": API_KEY, "requestId": "abc"})
    assert patriot.expect_answer() == {"requestId": "abc", "success": True}


@pytest.mark.parametrize(
    ("payload", "word"),
    [
        ({"apiKey": API_KEY + "x"}, "wrong"),
        ({"apiKey": API_KEY[:-1]}, "wrong"),
        ({"apiKey": ""}, "wrong"),
        ({"apiKey": "wrong", "password": API_KEY}, "wrong"),
        ({"apiKey": "x" * 60_000}, "wrong"),
        ({"apiKey": 123456}, "quotes"),
        ({"apiKey": {"apiKey": API_KEY}}, "quotes"),
        ({"nested": {"apiKey": API_KEY}}, "no apiKey"),
        ({}, "no apiKey"),
        ([API_KEY], "no apiKey"),
        ("not JSON", "no apiKey"),
    ],
)
def test_sends_away_whoever_does_not_show_the_key(listening: Listening, payload: object, word: str) -> None:
    patriot = listening.patriot()
    patriot.introduce(payload)
    answer = patriot.expect_answer()
    assert answer["success"] is False
    assert word in answer["error"]
    assert API_KEY not in json.dumps(answer)
    assert patriot.expect_closed() == 1008
    assert API_KEY not in listening.daemon.transcript()
    assert listening.daemon.is_running


@pytest.mark.parametrize(
    ("send", "code"),
    [
        (lambda patriot: patriot.introduce({"apiKey": "x" * (1 << 20)}), 1009),
        (lambda patriot: patriot.dial(NUMBER), 1008),
        (lambda patriot: patriot.send_text("no JSON"), 1008),
        (lambda patriot: patriot.send_text("[" * 60_000), 1008),
        (lambda patriot: patriot.send_bytes(b"\xff\x00"), 1008),
    ],
    ids=["1 MB", "not Init", "no JSON", "deep", "binary rubbish"],
)
def test_ends_a_connection_that_begins_otherwise(
    listening: Listening, send: Callable[[PatriotClient], None], code: int
) -> None:
    patriot = listening.patriot()
    send(patriot)
    assert patriot.expect_closed() == code
    assert "ATD" not in listening.daemon.transcript()
    assert listening.daemon.is_running


def test_takes_a_binary_frame_for_what_is_in_it(listening: Listening) -> None:
    patriot = listening.patriot()
    patriot.send_bytes(json.dumps({"type": "init-request", "payload": {"apiKey": API_KEY}}).encode())
    patriot.expect_admission()


def test_gives_up_a_connection_whose_first_message_does_not_come(listening: Listening) -> None:
    patriot = listening.patriot()
    patriot.expect_closed(seconds=14)


def test_makes_an_address_wait_after_a_wrong_key_and_then_lets_the_right_one_in(listening: Listening) -> None:
    wrong = listening.patriot()
    wrong.introduce({"apiKey": "wrong"})
    wrong.expect_closed()
    with pytest.raises((OSError, EOFError)):
        listening.patriot()
    time.sleep(1.1)  # the delay itself is what is tested
    listening.admitted()


def test_a_wrong_key_makes_the_whole_64_wait_and_no_other(bench: Bench) -> None:
    """One computer may have any address of its IPv6 network."""
    network = Namespace("listening")
    bench.closing.callback(network.close)
    for address in ("fd00:0:0:1::1", "fd00:0:0:1::2", "fd00:0:0:2::1"):
        subprocess.run(
            ["ip", "-n", network.name, "address", "add", f"{address}/128", "dev", "lo", "nodad"], check=True
        )
    bench.command_prefix = network.command_prefix
    certificate = make_certificate(bench.directory, "ours", host="localhost")
    certificate.key.chmod(0o600)
    bench.pty_modem()
    listening = Listening(bench, certificate)
    with network.entered():
        # Twice, so that the wait of 2 s is longer than what follows takes.
        for wait in (1.1, 0):
            wrong = listening.patriot(address="fd00:0:0:1::1", source="fd00:0:0:1::1")
            wrong.introduce({"apiKey": "wrong"})
            wrong.expect_closed()
            time.sleep(wait)
        with pytest.raises((OSError, EOFError)):
            listening.patriot(address="fd00:0:0:1::1", source="fd00:0:0:1::2")
        listening.admitted(address="fd00:0:0:1::1", source="fd00:0:0:2::1")


def test_an_address_that_comes_later_is_listened_on(bench: Bench) -> None:
    """At boot a line may start before the network has its IPv6 addresses."""
    network = Namespace("later")
    bench.closing.callback(network.close)
    subprocess.run(["ip", "-n", network.name, "address", "add", "10.99.0.1/32", "dev", "lo"], check=True)
    bench.command_prefix = network.command_prefix
    certificate = make_certificate(bench.directory, "ours", host="localhost")
    certificate.key.chmod(0o600)
    bench.pty_modem()
    listening = Listening(bench, certificate)
    subprocess.run(["ip", "-n", network.name, "address", "add", "fd00::1/128", "dev", "lo", "nodad"], check=True)
    with network.entered():
        listening.admitted(address="fd00::1")


# The session


def test_dials_reports_and_hangs_up(bench: Bench) -> None:
    certificate = make_certificate(bench.directory, "ours", host="localhost")
    certificate.key.chmod(0o600)
    modem = bench.simulated_modem("generic-gsm")
    listening = Listening(bench, certificate)
    patriot = listening.admitted()
    listening.daemon.wait_for_line(READY, seconds=30)
    start = len(modem.output)
    patriot.dial(NUMBER)
    patriot.expect_status(active=True, outbound=True, caller_id=NUMBER)
    modem.wait_for_alerting(start)
    # Another dial-request in a call: the call is kept, the truth is told.
    patriot.dial("5550199")
    patriot.expect_status(active=True, outbound=True, caller_id=NUMBER)

    # Patriot restarts in the call: the new connection begins with it.
    patriot.kill()
    listening.daemon.wait_for_line("Patriot disconnected")
    again = listening.patriot()
    again.introduce()
    again.expect_admission()
    again.expect_status(active=True, outbound=True, caller_id=NUMBER)

    # A new certificate in the call: the session goes on, the next connection sees it.
    renewed = make_certificate(bench.directory, "renewed", host="localhost")
    os.replace(renewed.certificate, certificate.certificate)
    renewed.key.chmod(0o600)
    os.replace(renewed.key, certificate.key)
    listening.daemon.reload()
    listening.daemon.wait_for_line("new certificate in use")
    again.request_status()
    again.expect_status(active=True, outbound=True, caller_id=NUMBER)
    newest = listening.patriot(certificate=certificate.certificate)
    newest.introduce()
    newest.expect_admission()
    newest.expect_status(active=True, outbound=True, caller_id=NUMBER)
    newest.hang_up()
    newest.expect_status(seconds=15, active=False)


def test_a_restart_of_the_line_in_a_call_is_told_to_the_next_patriot(bench: Bench) -> None:
    certificate = make_certificate(bench.directory, "ours", host="localhost")
    certificate.key.chmod(0o600)
    modem = bench.simulated_modem("generic-gsm")
    memory: dict[str, str | Path | None] = {}
    for name in ("STATE_DIRECTORY", "RUNTIME_DIRECTORY"):
        memory[name] = bench.directory / name
        (bench.directory / name).mkdir()
    listening = Listening(bench, certificate, **memory)
    patriot = listening.admitted()
    listening.daemon.wait_for_line(READY, seconds=30)
    start = len(modem.output)
    patriot.dial(NUMBER)
    patriot.expect_status(active=True, outbound=True, caller_id=NUMBER)
    modem.wait_for_alerting(start)
    assert listening.daemon.terminate() == 0
    assert patriot.expect_closed() == 1001
    listening.start(**memory)
    again = listening.patriot()
    again.introduce()
    again.expect_admission()
    again.expect_status(active=True, outbound=True, caller_id=NUMBER)
    listening.daemon.wait_for_line(READY, seconds=30)
    again.hang_up()
    again.expect_status(seconds=15, active=False)


def test_a_half_open_patriot_keeps_no_newcomer_out(listening: Listening) -> None:
    """Its PC lost power: it neither reads, nor answers, nor closes."""
    before = listening.daemon.footprint().descriptors
    gone = listening.raw()
    gone.sendall(UPGRADE)
    assert b" 101 " in gone.recv(4096)
    text = json.dumps({"type": "init-request", "payload": {"apiKey": API_KEY}}).encode()
    gone.sendall(bytes([0x81, 0x80 | len(text)]) + bytes(4) + text)
    listening.daemon.wait_for_line(r"Patriot connected from 127\.0\.0\.1")
    newcomer = listening.admitted()
    listening.daemon.wait_for_line("replacing the one from")
    newcomer.request_status()
    newcomer.expect_status(active=False)
    # What is left is the newcomer's connection.
    until(lambda: listening.daemon.footprint().descriptors == before + 1, "the old connection is closed", seconds=10)


@pytest.mark.parametrize(("place", "address", "other"), [("[::1]", "::1", "127.0.0.1"), ("127.0.0.1", "127.0.0.1", "::1")])
def test_listens_on_the_one_address_that_is_named(listening: Listening, place: str, address: str, other: str) -> None:
    listening.daemon.terminate()
    listening.start(PATRIOT_LISTEN=f"{place}:{listening.port}")
    listening.admitted(address=address)
    with pytest.raises(OSError):
        listening.patriot(address=other)


def test_the_newest_patriot_has_the_line_and_two_in_a_fight_are_named(listening: Listening) -> None:
    first = listening.admitted()
    second = listening.admitted()
    assert first.expect_closed() == 1008
    second.request_status()
    second.expect_status(active=False)
    for _ in range(3):
        listening.admitted()
    listening.daemon.wait_for_line("keep replacing each other")
    with Client(listening.bench.directory / "daemon-1" / "run" / "control") as control:
        assert "keep replacing each other" in json.dumps(control.ask("status"))


def test_listens_again_at_once_after_a_restart(listening: Listening) -> None:
    patriot = listening.admitted()
    assert listening.daemon.terminate() == 0
    assert patriot.expect_closed() == 1001
    listening.start()
    listening.admitted()


def test_status_says_where_it_waits_and_who_is_connected(listening: Listening) -> None:
    patriot = listening.admitted()
    listening.daemon.wait_for_line(r"Patriot connected from 127\.0\.0\.1")
    patriot.close()
    listening.daemon.wait_for_line("Patriot disconnected")
    listening.admitted()
