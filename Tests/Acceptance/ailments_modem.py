"""What can be wrong with a modem and its port."""

from __future__ import annotations

from pathlib import Path

from ailments import Treatment, case, holder, managed, replug, service, silent_port, whole
from clinic import READY, Clinic, text_of
from mocked_usb import ADAPTER, Port
from serial_peers import PtyModem, Terminal

# The modem's port


@case
def no_modem(clinic: Clinic) -> Treatment:
    whole(clinic)
    node = clinic.bench.modem_link.resolve()
    clinic.bench.modem_link.unlink()
    yield "modem.absent"
    replug(clinic, node)
    yield ""


@case
def a_service_without_its_modem(clinic: Clinic) -> Treatment:
    service(clinic)
    node = clinic.bench.modem_link.resolve()
    clinic.bench.modem_link.unlink()
    status = "Not ready: no modem found for MODEM_DEVICE=auto: plug it in, or correct MODEM_DEVICE; Patriot connected."
    clinic.unit["StatusText"] = status
    yield "modem.absent"
    replug(clinic, node)
    clinic.unit["StatusText"] = READY
    yield ""


@case
def only_an_adapter_that_nobody_named(clinic: Clinic) -> Treatment:
    service(clinic, ADAPTER)
    finding = yield "modem.unknown"
    assert f"/dev/{ADAPTER.node}" in finding.cause and "setup --line line1 chooses it" in finding.remedy
    # By its place, as umockdev does not stand a look at where a node leads.
    clinic.write(MODEM_DEVICE=f"path:{ADAPTER.place}")
    yield ""


@case
def two_modems_of_one_name(clinic: Clinic) -> Treatment:
    twin = Port("ttyUSB6", "2c7c", "0125", 2, "option", socket=3, power="on", is_managed=True)
    service(clinic, managed(), twin)
    clinic.write(MODEM_DEVICE="usb:2c7c:0125")
    finding = yield "modem.ambiguous"
    assert f"MODEM_DEVICE=path:{twin.place}" in finding.remedy
    clinic.write(MODEM_DEVICE=f"path:{twin.place}")
    yield ""


@case
def the_port_for_gps(clinic: Clinic) -> Treatment:
    gps = Port("ttyUSB1", "2c7c", "0125", 1, "option", serial="A1", power="on", is_managed=True)
    service(clinic, gps)
    clinic.write(MODEM_DEVICE=f"path:{gps.place}")
    clinic.unit["StatusText"] = (
        "Not ready: the modem does not answer: check its power, its cable and MODEM_BAUD_RATE; Patriot connected."
    )
    finding = yield "modem.wrong-interface"
    clinic.write(MODEM_DEVICE=finding.remedy.rpartition("MODEM_DEVICE=")[2])
    clinic.unit["StatusText"] = READY
    yield ""


def reported(clinic: Clinic, sentence: str, finding: str, remedy: str) -> Treatment:
    """The running line reports the fault, and later that it is ready."""
    service(clinic)
    clinic.unit["StatusText"] = sentence
    found = yield finding
    assert remedy in text_of(found.remedy)
    clinic.unit["StatusText"] = READY
    yield ""


@case
def a_wrong_bit_rate(clinic: Clinic) -> Treatment:
    sentence = (
        "Not ready: the modem sends garbage: correct MODEM_BAUD_RATE, then check the cable and MODEM_DEVICE; Patriot connected."
    )
    yield from reported(clinic, sentence, "modem.garbage", "MODEM_BAUD_RATE")


@case
def a_supply_that_is_too_weak(clinic: Clinic) -> Treatment:
    sentence = (
        "Not ready: the modem keeps restarting (15 times within a minute): its power supply is too weak; "
        "give it a supply of its own (2 A); Patriot connected."
    )
    yield from reported(clinic, sentence, "modem.power", "supply")


@case
def a_port_that_the_service_may_not_open(clinic: Clinic) -> Treatment:
    service(clinic)
    clinic.bench.modem_link.resolve().chmod(0o600)
    finding = yield "modem.permission"
    clinic.follow(text_of(finding.remedy))
    yield ""


@case
def a_port_that_another_program_has(clinic: Clinic) -> Treatment:
    whole(clinic)
    silent_port(clinic)
    terminal = holder(clinic, "minicom")
    finding = yield "modem.held"
    assert f"minicom (process {terminal.pid})" in finding.cause
    assert f"systemctl status {terminal.pid} " in finding.remedy
    clinic.follow(text_of(finding.remedy))
    terminal.exit_code()
    yield ""


@case
def a_port_that_another_line_has(clinic: Clinic) -> Treatment:
    patriot = clinic.use_patriot()
    modem = clinic.bench.pty_modem()
    clinic.write(MODEM_DEVICE=clinic.bench.modem_link)
    other = clinic.bench.daemon(patriot.port)
    other.wait_for_line("modem: ready")
    modem.leave_the_port()
    finding = yield "modem.held"
    assert "modem of its own" in finding.remedy
    # A line of systemd's would come again if its process was ended.
    command = f"systemctl status {other.pid} names it, then sudo systemctl stop patriot-dialler@LINE"
    assert text_of(finding.remedy) == command
    assert other.terminate() == 0
    yield ""


@case
def a_port_that_a_running_line_does_not_get(clinic: Clinic) -> Treatment:
    service(clinic)
    silent_port(clinic)
    terminal = holder(clinic, "minicom")
    clinic.unit["StatusText"] = "Not ready: no modem found for MODEM_DEVICE=auto: plug it in, or correct MODEM_DEVICE; Patriot connected."
    finding = yield "modem.held"
    clinic.follow(text_of(finding.remedy))
    terminal.exit_code()
    clinic.unit["StatusText"] = READY
    yield ""


@case
def a_port_that_modemmanager_has(clinic: Clinic) -> Treatment:
    whole(clinic)
    silent_port(clinic)
    holder(clinic, "ModemManager")
    finding = yield "modem.modemmanager"
    assert "systemctl disable --now ModemManager" in finding.remedy


@case
def a_file_in_place_of_the_port(clinic: Clinic) -> Treatment:
    whole(clinic)
    clinic.write(MODEM_DEVICE="/etc/hostname")
    yield "modem.port"
    clinic.write(MODEM_DEVICE=clinic.bench.modem_link)
    yield ""


# The modem


@case
def a_modem_that_says_nothing(clinic: Clinic) -> Treatment:
    modem = whole(clinic)
    modem.write_line("silence on")
    yield "modem.silent"
    modem.write_line("silence off")
    yield ""


@case
def a_port_without_a_modem(clinic: Clinic) -> Treatment:
    clinic.use_patriot()
    silent_port(clinic)
    clinic.write(MODEM_DEVICE=clinic.bench.modem_link)
    yield "modem.silent"
    clinic.use_modem()
    yield ""


@case
def a_sim_with_a_pin_that_nobody_wrote(clinic: Clinic) -> Treatment:
    whole(clinic, modem=("generic-gsm", "--pin", "4711"))
    finding = yield "modem.sim"
    assert "SIM_PIN_FILE" in finding.remedy
    clinic.write(SIM_PIN_FILE=clinic.write_secret(clinic.folder / "pin", "4711"))
    yield ""


@case
def a_sim_with_one_try_left(clinic: Clinic) -> Treatment:
    modem = whole(clinic, modem=("generic-gsm", "--pin", "4711"))
    clinic.write(SIM_PIN_FILE=clinic.write_secret(clinic.folder / "pin", "4712"))
    terminal = Terminal(clinic.bench.modem_link, "terminal")
    for _ in range(2):
        terminal.ask("AT+CPIN=0000", answer=rb"ERROR")
    terminal.close()
    finding = yield "modem.sim"
    assert "only 1 PIN try left" in finding.cause
    assert "4712" not in modem.transcript()
    terminal = Terminal(clinic.bench.modem_link, "terminal")
    terminal.ask("AT+CPIN=4711")
    terminal.close()
    yield ""


@case
def no_sim(clinic: Clinic) -> Treatment:
    modem = whole(clinic, modem=("generic-gsm", "--without-sim"))
    finding = yield "modem.sim"
    assert "no SIM inserted" in finding.cause
    modem.close()
    clinic.use_modem()
    yield ""


@case
def a_running_line_without_a_sim(clinic: Clinic) -> Treatment:
    service(clinic)
    clinic.unit["StatusText"] = (
        "Not ready: the SIM is not ready: no SIM inserted: insert one and plug the modem in again; Patriot connected."
    )
    finding = yield "modem.sim"
    assert finding.remedy == "Insert one and plug the modem in again."
    clinic.unit["StatusText"] = READY
    yield ""


@case
def a_network_that_refuses_the_sim(clinic: Clinic) -> Treatment:
    modem = whole(clinic)
    modem.write_line("registration 3")
    finding = yield "modem.network"
    assert finding.remedy == "Ask the provider."
    modem.write_line("registration 1")
    yield ""


@case
def no_network(clinic: Clinic) -> Treatment:
    modem = whole(clinic)
    modem.write_line("registration 2")
    modem.write_line("signal 1")
    finding = yield "modem.network"
    assert "antenna" in finding.remedy
    modem.write_line("registration 5")
    yield ""


@case
def a_weak_signal(clinic: Clinic) -> Treatment:
    modem = whole(clinic)
    modem.write_line("signal 3")
    finding = yield "modem.signal"
    assert (finding.severity, "-107 dBm" in finding.cause) == ("warning", True)
    modem.write_line("signal 20")
    yield ""


class Answering(PtyModem):
    """A modem with answers of its own."""

    def __init__(self, link: Path, answers: dict[str, str]) -> None:
        self._answers = answers
        super().__init__(link)

    def _answer(self, body: str) -> list[str]:
        return [self._answers[body]] if body in self._answers else super()._answer(body)


@case
def a_modem_without_a_voice(clinic: Clinic) -> Treatment:
    clinic.use_patriot()
    clinic.bench.keep_stream(Answering(clinic.bench.modem_link, {"+FCLASS=?": "0,1,2"}))
    clinic.write(MODEM_DEVICE=clinic.bench.modem_link, MODEM_PROFILE="analog-voice")
    finding = yield "modem.voice"
    assert finding.severity == "error"
    clinic.write(MODEM_PROFILE=finding.remedy.rpartition("MODEM_PROFILE=")[2].rstrip("."))
    yield ""


@case
def a_modem_whose_voice_is_switched_off(clinic: Clinic) -> Treatment:
    clinic.use_patriot()
    clinic.bench.keep_stream(Answering(clinic.bench.modem_link, {"^CVOICE?": "^CVOICE:1"}))
    clinic.write(MODEM_DEVICE=clinic.bench.modem_link, MODEM_PROFILE="huawei")
    finding = yield "modem.voice"
    assert finding.severity == "warning"
