"""The daemon against a Patriot written by the vendor's API page on the `websockets` package."""

from __future__ import annotations

import json

import pytest

from bench import Bench
from certificates import PATRIOT_HOST
from harness import API_KEY
from patriot_server import DIALLER_PATH, Opened, Received
from serial_peers import PtyModem

NUMBER = "5550123"
# The reconnect schedule tries again after at most 30 s.
RECONNECTED = 45


# Connecting and authenticating


def test_asks_for_the_documented_resource_and_shows_the_key_first(bench: Bench) -> None:
    patriot = bench.patriot()
    bench.pty_modem()
    bench.daemon(patriot.port)
    patriot.expect_authentication()
    patriot.expect_status(active=False)
    opened, first, *_ = patriot.events.all()
    assert isinstance(opened, Opened)
    assert opened.path == DIALLER_PATH
    assert opened.host.split(":")[0] == PATRIOT_HOST
    assert isinstance(first, Received)
    assert first.type == "authentication-request"
    assert first.payload["apiKey"] == API_KEY


def test_sends_nothing_but_the_key_until_patriot_has_accepted_it(bench: Bench) -> None:
    patriot = bench.patriot(api_key="another key")
    bench.pty_modem()
    daemon = bench.daemon(patriot.port)
    patriot.expect_closed()
    types = [event.type for event in patriot.events.all() if isinstance(event, Received)]
    assert types == ["authentication-request"]
    assert daemon.is_running


def test_does_not_hammer_a_patriot_that_refuses_the_key(bench: Bench) -> None:
    patriot = bench.patriot(api_key="another key")
    bench.pty_modem()
    bench.daemon(patriot.port)
    patriot.expect_closed()
    patriot.events.expect_none(
        lambda event: isinstance(event, Opened), "second connection", seconds=8, start=len(patriot.events)
    )


# One call


def test_reports_a_call_from_before_it_is_dialled_until_it_is_hung_up(bench: Bench) -> None:
    patriot, modem = bench.patriot(), bench.simulated_modem("generic-gsm")
    bench.ready_daemon(patriot)
    position = len(modem.output)
    patriot.dial(NUMBER)
    patriot.expect_status(active=True, outbound=True, caller_id=NUMBER)
    modem.wait_for_line(rf"ATD{NUMBER};", start=position)
    modem.wait_for_alerting(position)
    position = modem.command("answer")
    patriot.request_status()
    patriot.expect_status(active=True, outbound=True, caller_id=NUMBER)
    patriot.hang_up()
    patriot.expect_status(active=False)
    modem.wait_for_line(r"ATH|AT\+CHUP", start=position)


def test_reports_a_call_before_the_modem_has_answered_the_dial_command(bench: Bench) -> None:
    patriot, modem = bench.patriot(), bench.pty_modem()
    bench.ready_daemon(patriot)
    modem.mute = frozenset({"D"})
    patriot.dial(NUMBER)
    patriot.expect_status(active=True, outbound=True, caller_id=NUMBER)


@pytest.mark.parametrize("end", ["busy", "hangup"])
def test_reports_the_end_that_the_other_side_brought(bench: Bench, end: str) -> None:
    patriot, modem = bench.patriot(), bench.simulated_modem("generic-gsm")
    bench.ready_daemon(patriot)
    position = len(modem.output)
    patriot.dial(NUMBER)
    patriot.expect_status(active=True, outbound=True, caller_id=NUMBER)
    modem.wait_for_alerting(position)
    if end == "hangup":
        modem.command("answer")
    modem.command(end)
    patriot.expect_status(active=False, seconds=15)


def test_reports_an_incoming_call_and_its_end(bench: Bench) -> None:
    patriot, modem = bench.patriot(), bench.simulated_modem("generic-gsm")
    bench.ready_daemon(patriot)
    modem.command(f"ring {NUMBER}")
    patriot.expect_status(active=True, outbound=False, caller_id=NUMBER)
    modem.command("hangup")
    patriot.expect_status(active=False, seconds=15)


def test_leaves_a_withheld_number_out(bench: Bench) -> None:
    patriot, modem = bench.patriot(), bench.pty_modem()
    bench.ready_daemon(patriot)
    modem.call = '+CLCC: 1,1,4,0,0,"",128'
    modem.say("RING", '+CLIP: "",128,,,,1')
    patriot.expect_status(active=True, outbound=False)


def test_keeps_a_call_when_another_dial_is_requested(bench: Bench) -> None:
    patriot, modem = bench.patriot(), bench.pty_modem()
    bench.ready_daemon(patriot)
    patriot.dial(NUMBER)
    patriot.expect_status(active=True, outbound=True, caller_id=NUMBER)
    modem.set_call(PtyModem.ACTIVE)
    patriot.dial("5550199")
    patriot.expect_status(active=True, outbound=True, caller_id=NUMBER)
    assert b"5550199" not in modem.everything()


def test_answers_a_dial_that_cannot_be_done(bench: Bench) -> None:
    patriot = bench.patriot()
    bench.daemon(patriot.port)  # without any modem
    patriot.expect_authentication()
    patriot.expect_status(active=False)
    patriot.dial(NUMBER)
    patriot.expect_status(active=False)


# What Patriot may send


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "call-status-request"}',
        '{"type": "call-status-request", "payload": null}',
        '{"type": "call-status-request", "payload": {}}',
        '{"payload": {"later": [1, {"a": null}]}, "extra": "\\u260e", "type": "call-status-request"}',
    ],
)
def test_answers_a_status_request_in_any_dress(bench: Bench, text: str) -> None:
    patriot = bench.patriot()
    bench.pty_modem()
    bench.ready_daemon(patriot)
    patriot.send_text(text)
    patriot.expect_status(active=False)


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "video-request", "payload": {"phoneNo": "5550123"}}',
        '{"type": 5}',
        "{}",
        "[]",
        "",
        "dial-request",
        '{"type": "dial-request"',
        '{"type": "authentication-response", "payload": {"success": true}}',
        '{"type": "call-status-update", "payload": {"callActive": true}}',
    ],
)
def test_passes_over_what_it_does_not_know_and_keeps_the_connection(bench: Bench, text: str) -> None:
    patriot, modem = bench.patriot(), bench.pty_modem()
    bench.ready_daemon(patriot)
    patriot.send_text(text)
    patriot.request_status()
    patriot.expect_status(active=False)
    assert b"ATD" not in modem.everything()


@pytest.mark.parametrize("payload", [None, {}, {"phoneNo": None}, {"phoneNo": 5550123}, {"rawPhoneNo": NUMBER}])
def test_never_dials_a_request_without_a_number(bench: Bench, payload: object) -> None:
    patriot, modem = bench.patriot(), bench.pty_modem()
    bench.ready_daemon(patriot)
    patriot.send_text(json.dumps({"type": "dial-request", "payload": payload}))
    patriot.expect_status(active=False)
    assert b"ATD" not in modem.everything()


def test_dials_a_request_that_comes_in_fragments_with_members_unknown_to_it(bench: Bench) -> None:
    patriot, modem = bench.patriot(), bench.pty_modem()
    bench.ready_daemon(patriot)
    patriot.send_text('{"type": "dial-req', 'uest", "priority": 1, "payl', 'oad": {"phoneNo": "5550123", "x": []}}')
    patriot.expect_status(active=True, outbound=True, caller_id=NUMBER)
    modem.wait_for_command(rf"ATDT?{NUMBER};$")


def test_passes_over_a_binary_message_and_keeps_the_connection(bench: Bench) -> None:
    patriot = bench.patriot()
    bench.pty_modem()
    daemon = bench.ready_daemon(patriot)
    patriot.send_bytes(bytes(range(256)))
    patriot.request_status()
    patriot.expect_status(active=False)
    assert len([event for event in patriot.events.all() if isinstance(event, Opened)]) == 1
    assert daemon.is_running


def test_refuses_a_message_beyond_all_measure_and_comes_back(bench: Bench) -> None:
    patriot = bench.patriot()
    bench.pty_modem()
    bench.ready_daemon(patriot)
    patriot.send_text("x" * 4_000_000)
    assert patriot.expect_closed() == 1009
    patriot.expect_authentication(RECONNECTED)
    patriot.expect_status(active=False)


def test_answers_a_ping(bench: Bench) -> None:
    patriot = bench.patriot()
    bench.pty_modem()
    bench.ready_daemon(patriot)
    assert patriot.answers_ping()


def test_answers_each_of_a_thousand_status_requests(bench: Bench) -> None:
    patriot = bench.patriot()
    bench.pty_modem()
    bench.ready_daemon(patriot)
    for _ in range(1000):
        patriot.request_status()
    for _ in range(1000):
        patriot.expect_status(active=False, seconds=30)
    patriot.expect_quiet(seconds=0.5)


# What must never reach the modem

POISON = "+CFUN=0"


@pytest.mark.parametrize(
    "phone_number",
    [
        "",
        "+",
        f"5550123;{POISON}",
        f"5550123\rAT{POISON}\r",
        f"5550123\nAT{POISON}",
        f"5550123\u0000{POISON}",
        "5550123;",
        "555 0123",
        "555-0123",
        "55+50123",
        "5550123,,1",
        "5550123W1",
        "☎5550123",
        "٥٥٥٠١٢٣",
        "5" * 41,
        "5" * 10_240,
        "*21*5550123#",
    ],
    ids=lambda text: ascii(text)[:30],
)
def test_refuses_a_number_that_is_none(bench: Bench, phone_number: str) -> None:
    patriot, modem = bench.patriot(), bench.pty_modem()
    daemon = bench.ready_daemon(patriot)
    patriot.dial(phone_number, NUMBER)
    patriot.expect_status(active=False)
    assert b"ATD" not in modem.everything()
    assert POISON.encode() not in modem.everything()
    assert daemon.is_running


@pytest.mark.parametrize(
    "raw_phone_number",
    [f"555;{POISON}", f"555\rAT{POISON}\r", f"555\u0000{POISON}", POISON * 1500, f"☎{POISON}", ""],
    ids=lambda text: ascii(text)[:30],
)
def test_never_writes_the_number_as_the_operator_typed_it(bench: Bench, raw_phone_number: str) -> None:
    patriot, modem = bench.patriot(), bench.pty_modem()
    bench.ready_daemon(patriot)
    patriot.send("dial-request", phoneNo=NUMBER, rawPhoneNo=raw_phone_number)
    patriot.expect_status(active=True, outbound=True, caller_id=NUMBER)
    dial = modem.wait_for_command("ATD")
    assert modem.commands.all()[dial] in (f"ATD{NUMBER};", f"ATDT{NUMBER};")
    assert POISON.encode() not in modem.everything()


# Patriot goes and comes back


def test_finds_a_patriot_that_was_started_later(bench: Bench) -> None:
    patriot = bench.patriot()
    patriot.kill()
    bench.pty_modem()
    daemon = bench.daemon(patriot.port)
    daemon.wait_for_line(r"(?i)refused")
    patriot.start()
    patriot.expect_authentication(RECONNECTED)
    patriot.expect_status(active=False)


def test_a_call_goes_on_without_patriot_and_is_told_to_the_next_one(bench: Bench) -> None:
    patriot, modem = bench.patriot(), bench.pty_modem()
    bench.ready_daemon(patriot)
    patriot.dial(NUMBER)
    patriot.expect_status(active=True, outbound=True, caller_id=NUMBER)
    modem.set_call(PtyModem.ACTIVE)
    modem.wait_for_poll()
    patriot.kill()
    patriot.start()
    patriot.expect_authentication(RECONNECTED)
    patriot.expect_status(active=True, outbound=True, caller_id=NUMBER)
    patriot.hang_up()
    patriot.expect_status(active=False)
    assert modem.call is None


def test_a_call_that_ended_without_patriot_is_told_to_the_next_one(bench: Bench) -> None:
    patriot, modem = bench.patriot(), bench.pty_modem()
    daemon = bench.ready_daemon(patriot)
    patriot.dial(NUMBER)
    patriot.expect_status(active=True, outbound=True, caller_id=NUMBER)
    modem.set_call(PtyModem.ACTIVE)
    modem.wait_for_poll()
    patriot.kill()
    modem.call = None
    modem.say("NO CARRIER")
    daemon.wait_for_line(r"call ended")
    patriot.start()
    patriot.expect_authentication(RECONNECTED)
    patriot.expect_status(active=False)
