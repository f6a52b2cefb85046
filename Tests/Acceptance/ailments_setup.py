"""What else can be wrong with a set-up: a value, a secret's file, a unit, and what this user may not see."""

from __future__ import annotations

import os
import socket
import time

from ailments import Treatment, case, service, whole
from clinic import READY, RULES, Clinic
from mocked_usb import MODEM

NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

# Values


@case
def a_key_set_twice(clinic: Clinic) -> Treatment:
    whole(clinic)
    clinic.configuration.write_text(clinic.configuration.read_text() + "PATRIOT_PORT=9009\n")
    finding = yield "config.invalid"
    assert "twice" in finding.cause
    clinic.write()
    yield ""


@case
def a_quote_that_is_not_closed(clinic: Clinic) -> Treatment:
    whole(clinic)
    clinic.write(PATRIOT_HOST='"patriot.example')
    yield "config.invalid"
    clinic.write(PATRIOT_HOST=None)
    yield ""


@case
def a_relative_path(clinic: Clinic) -> Treatment:
    whole(clinic)
    pins = clinic.settings["PATRIOT_PINS"]
    clinic.write(PATRIOT_PINS=None, PATRIOT_CA_FILE="line1.pem")
    yield "config.invalid"
    clinic.write(PATRIOT_CA_FILE=None, PATRIOT_PINS=pins)
    yield ""


@case
def a_certificate_file_that_is_not_there(clinic: Clinic) -> Treatment:
    whole(clinic)
    pins = clinic.settings["PATRIOT_PINS"]
    clinic.write(PATRIOT_PINS=None, PATRIOT_CA_FILE=clinic.folder / "line1.pem")
    yield "config.invalid"
    clinic.write(PATRIOT_CA_FILE=None, PATRIOT_PINS=pins)
    yield ""


@case
def a_certificate_file_without_a_certificate(clinic: Clinic) -> Treatment:
    whole(clinic)
    pins = clinic.settings["PATRIOT_PINS"]
    file = clinic.folder / "line1.pem"
    file.write_text("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")
    clinic.write(PATRIOT_PINS=None, PATRIOT_CA_FILE=file)
    yield "config.invalid"
    clinic.write(PATRIOT_CA_FILE=None, PATRIOT_PINS=pins)
    yield ""


@case
def a_pin_of_the_wrong_form(clinic: Clinic) -> Treatment:
    whole(clinic)
    pins = clinic.settings["PATRIOT_PINS"]
    clinic.write(PATRIOT_PINS="SHA1:0123456789")
    yield "config.invalid"
    clinic.write(PATRIOT_PINS=pins)
    yield ""


@case
def an_at_line_that_dials(clinic: Clinic) -> Treatment:
    whole(clinic)
    clinic.write(MODEM_INIT="ATE0|ATD5550101;")
    yield "config.invalid"
    clinic.write(MODEM_INIT=None)
    yield ""


# Secrets


@case
def a_folder_in_place_of_the_key(clinic: Clinic) -> Treatment:
    whole(clinic)
    clinic.key.rename(clinic.folder / "moved")
    clinic.key.mkdir()
    yield "key.unusable"
    clinic.key.rmdir()
    (clinic.folder / "moved").rename(clinic.key)
    yield ""


@case
def a_key_of_two_lines(clinic: Clinic) -> Treatment:
    whole(clinic)
    key = clinic.key.read_text()
    clinic.key.write_text(f"{key}another\n")
    yield "key.unusable"
    clinic.key.write_text(key)
    yield ""


@case
def a_key_as_the_xml_has_it(clinic: Clinic) -> Treatment:
    # Of a unit, whose line has the key already, so that Patriot is not asked.
    service(clinic)
    key = clinic.key.read_text()
    clinic.key.write_text("a&amp;b\n")
    finding = yield "config.doubtful"
    assert finding.severity == "warning"
    clinic.key.write_text(key)
    yield ""


@case
def a_key_of_a_service_that_all_may_read(clinic: Clinic) -> Treatment:
    service(clinic)
    clinic.key.chmod(0o644)
    finding = yield "key.unusable"
    # systemd reads it as root anyway.
    assert finding.severity == "warning" and "0644" in finding.cause
    clinic.follow(finding.remedy)
    yield ""


@case
def a_sim_pin_that_the_group_may_read(clinic: Clinic) -> Treatment:
    service(clinic)
    clinic.write_secret(clinic.folder / "line1.pin", "4711").chmod(0o640)
    finding = yield "key.unusable"
    assert "line1.pin" in finding.cause
    clinic.follow(finding.remedy)
    yield ""


@case
def a_sim_pin_with_a_letter(clinic: Clinic) -> Treatment:
    service(clinic)
    pin = clinic.write_secret(clinic.folder / "line1.pin", "471I")
    yield "config.invalid"
    pin.unlink()
    yield ""


@case
def a_sim_pin_file_that_is_not_there(clinic: Clinic) -> Treatment:
    whole(clinic)
    clinic.write(SIM_PIN_FILE=clinic.folder / "line1.pin")
    yield "config.invalid"
    clinic.write(SIM_PIN_FILE=None)
    yield ""


# Disk


@case
def a_folder_for_records_that_is_not_there(clinic: Clinic) -> Treatment:
    whole(clinic)
    clinic.state.rmdir()
    yield "disk.not-writable"
    clinic.state.mkdir()
    yield ""


@case
def a_full_disk_of_a_running_line(clinic: Clinic) -> Treatment:
    service(clinic)
    clinic.give_state_disk("size=64k", is_full=True)
    finding = yield "disk.full"
    # Calls go on.
    assert finding.severity == "warning"
    clinic.wrapper = []
    yield ""


# Service


@case
def a_unit_that_waits_to_be_started_again(clinic: Clinic) -> Treatment:
    service(clinic)
    clinic.use_patriot()
    clinic.write()
    waiting = {"ActiveState": "activating", "SubState": "auto-restart", "Result": "exit-code", "NRestarts": "7"}
    clinic.unit |= waiting | {"StatusText": "", "MainPID": "0"}
    finding = yield "unit.failed"
    assert "restarted 7 times" in finding.cause and "Its last words." in finding.cause
    clinic.unit |= {"ActiveState": "active", "SubState": "running", "NRestarts": "0", "StatusText": READY}
    yield ""


@case
def a_unit_that_runs_between_two_crashes(clinic: Clinic) -> Treatment:
    service(clinic)
    started = int((time.clock_gettime(time.CLOCK_MONOTONIC) - 4) * 1e6)
    clinic.unit |= {"NRestarts": "5", "ActiveEnterTimestampMonotonic": str(started), "Result": "success"}
    finding = yield "unit.failed"
    assert "restarted 5 times" in finding.cause
    # One that has run for an hour since is well.
    clinic.unit["ActiveEnterTimestampMonotonic"] = "1"
    yield ""


@case
def a_unit_with_a_bad_setting(clinic: Clinic) -> Treatment:
    service(clinic)
    clinic.unit["LoadState"] = "bad-setting"
    finding = yield "unit.not-installed"
    assert "bad-setting" in finding.cause
    clinic.unit["LoadState"] = "loaded"
    yield ""


@case
def masked_udev_rules(clinic: Clinic) -> Treatment:
    service(clinic, MODEM)
    mask = clinic.root / "etc/udev/rules.d" / RULES.rpartition("/")[2]
    mask.parent.mkdir(parents=True)
    mask.symlink_to("/dev/null")
    finding = yield "udev.rules-missing"
    mask.unlink()
    clinic.follow(finding.remedy)
    yield ""


# What this user may not see


@case
def a_user_who_may_not_read_the_key(clinic: Clinic) -> Treatment:
    service(clinic)
    clinic.bench.directory.chmod(0o755)
    clinic.configuration.chmod(0o644)
    clinic.wrapper = NOBODY
    finding = yield "config.unreadable"
    # It may be in the best of order, and must not be written over.
    assert finding.severity == "warning" and str(clinic.key) in finding.cause
    assert finding.remedy == "Run this command with sudo."
    clinic.wrapper = []
    yield ""


@case
def a_user_who_may_not_ask_the_line(clinic: Clinic) -> Treatment:
    service(clinic)
    patriot = clinic.use_patriot()
    clinic.write()
    clinic.bench.directory.chmod(0o755)
    clinic.configuration.chmod(0o644)
    os.chown(clinic.key, 65534, 65534)
    control = clinic.root / "run/patriot-dialler/line1/control"
    control.chmod(0o600)
    clinic.wrapper = NOBODY
    finding = yield "config.unreadable"
    assert finding.severity == "warning" and str(control) in finding.cause
    # The line may be connected: a second connection with its key could end that.
    assert patriot.events.all() == []
    clinic.wrapper = []
    yield ""


@case
def a_line_that_does_not_answer(clinic: Clinic) -> Treatment:
    service(clinic)
    patriot = clinic.use_patriot()
    clinic.write()
    control = clinic.root / "run/patriot-dialler/line1/control"
    control.unlink()
    silent = socket.socket(socket.AF_UNIX)
    silent.bind(str(control))
    silent.listen()
    clinic.bench.closing.callback(silent.close)
    finding = yield "line.not-ready"
    assert finding.severity == "warning" and "does not answer" in finding.cause
    assert patriot.events.all() == []
    clinic.unit |= {"ActiveState": "inactive", "SubState": "dead", "StatusText": "", "MainPID": "0"}
    control.unlink()
    yield ""


@case
def a_line_without_its_control_socket(clinic: Clinic) -> Treatment:
    service(clinic)
    patriot = clinic.use_patriot()
    clinic.write()
    control = clinic.root / "run/patriot-dialler/line1/control"
    control.rename(control.with_name("elsewhere"))
    finding = yield "line.not-ready"
    assert finding.severity == "warning" and "does not answer" in finding.cause
    assert patriot.events.all() == []
    control.with_name("elsewhere").rename(control)
    yield ""
