"""What can be wrong with the machine that a line is on: clock, configuration, disk, service, USB."""

from __future__ import annotations

import os

from ailments import Treatment, case, managed, service, whole
from clinic import READY, RULES, TARGET, UNIT, Clinic, text_of
from harness import API_KEY
from mocked_usb import MODEM

# Clock


@case
def a_clock_before_its_configuration(clinic: Clinic) -> Treatment:
    whole(clinic)
    now = clinic.configuration.stat().st_mtime
    os.utime(clinic.configuration, (now + 1e6, now + 1e6))
    yield "clock.wrong"
    os.utime(clinic.configuration, (now, now))
    yield ""


@case
def a_clock_that_nobody_sets(clinic: Clinic) -> Treatment:
    whole(clinic)
    clinic.machine["synchronized"] = "no"
    finding = yield "clock.unsynchronized"
    clinic.follow(finding.remedy)
    yield ""


# Configuration and key


@case
def no_configuration(clinic: Clinic) -> Treatment:
    service(clinic)
    clinic.configuration.unlink()
    finding = yield "config.missing"
    assert finding.remedy == "sudo patriot-dialler setup"


@case
def a_configuration_of_another_user(clinic: Clinic) -> Treatment:
    service(clinic)
    os.chown(clinic.configuration, 65534, 65534)
    clinic.configuration.chmod(0o600)
    clinic.wrapper = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    yield "config.unreadable"
    clinic.wrapper = []
    yield ""


@case
def a_key_of_another_user(clinic: Clinic) -> Treatment:
    service(clinic)
    os.chown(clinic.key, 65534, 65534)
    clinic.wrapper = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    yield "config.unreadable"
    clinic.wrapper = []
    yield ""


@case
def a_misspelt_name(clinic: Clinic) -> Treatment:
    whole(clinic)
    clinic.write(MODEM_DEVCE="auto")
    finding = yield "config.invalid"
    assert "did you mean MODEM_DEVICE?" in finding.cause
    clinic.write(MODEM_DEVCE=None)
    clinic.follow(text_of(finding.remedy))
    yield ""


@case
def a_wrong_value(clinic: Clinic) -> Treatment:
    whole(clinic)
    port = clinic.settings["PATRIOT_PORT"]
    clinic.write(PATRIOT_PORT="90090")
    finding = yield "config.invalid"
    clinic.write(PATRIOT_PORT=port)
    clinic.follow(text_of(finding.remedy))
    yield ""


@case
def a_setting_without_effect(clinic: Clinic) -> Treatment:
    whole(clinic)
    clinic.write(DIAL_TRUNK_PREFIX="0")
    finding = yield "config.doubtful"
    assert finding.severity == "warning"
    clinic.write(DIAL_COUNTRY_CODE="61")
    yield ""


@case
def no_key(clinic: Clinic) -> Treatment:
    whole(clinic)
    clinic.key.unlink()
    finding = yield "key.missing"
    clinic.follow(finding.remedy.partition(",")[0], stdin=f"{API_KEY}\n")
    yield ""


@case
def no_key_of_a_service(clinic: Clinic) -> Treatment:
    service(clinic)
    clinic.key.unlink()
    finding = yield "key.missing"
    clinic.follow(finding.remedy.partition(",")[0], stdin=f"{API_KEY}\n")
    yield ""


@case
def a_key_that_all_may_read(clinic: Clinic) -> Treatment:
    whole(clinic)
    clinic.key.chmod(0o644)
    finding = yield "key.unusable"
    clinic.follow(finding.remedy)
    yield ""


@case
def an_empty_key(clinic: Clinic) -> Treatment:
    whole(clinic)
    clinic.key.write_text("\n")
    finding = yield "key.unusable"
    clinic.follow(text_of(finding.remedy).partition(",")[0], stdin=f"{API_KEY}\n")
    yield ""


# Disk


@case
def a_full_disk(clinic: Clinic) -> Treatment:
    whole(clinic)
    clinic.give_state_disk("size=64k", is_full=True)
    yield "disk.full"
    clinic.wrapper = []
    yield ""


@case
def a_disk_that_is_nearly_full(clinic: Clinic) -> Treatment:
    whole(clinic)
    clinic.give_state_disk("size=8m")
    finding = yield "disk.full"
    assert finding.severity == "warning"
    clinic.wrapper = []
    yield ""


@case
def a_disk_that_cannot_be_written(clinic: Clinic) -> Treatment:
    whole(clinic)
    clinic.give_state_disk("ro,size=1g")
    yield "disk.not-writable"
    clinic.wrapper = []
    yield ""


@case
def a_file_in_place_of_the_directory(clinic: Clinic) -> Treatment:
    whole(clinic)
    clinic.state.rmdir()
    clinic.state.touch()
    yield "disk.not-writable"
    clinic.state.unlink()
    clinic.state.mkdir()
    yield ""


# Service


@case
def a_unit_that_is_not_installed(clinic: Clinic) -> Treatment:
    service(clinic)
    del clinic.units[UNIT]
    finding = yield "unit.not-installed"
    assert "package" in finding.remedy
    clinic.units[UNIT] = clinic.unit
    yield ""


@case
def a_masked_unit(clinic: Clinic) -> Treatment:
    service(clinic)
    clinic.unit["LoadState"] = "masked"
    finding = yield "unit.not-installed"
    clinic.follow(finding.remedy)
    yield ""


@case
def a_stopped_unit(clinic: Clinic) -> Treatment:
    service(clinic)
    clinic.use_patriot()
    clinic.write()
    clinic.unit |= {"ActiveState": "inactive", "SubState": "dead", "StatusText": ""}
    finding = yield "unit.stopped"
    clinic.follow(finding.remedy)
    yield ""


@case
def a_failed_unit(clinic: Clinic) -> Treatment:
    service(clinic)
    clinic.use_patriot()
    clinic.write()
    clinic.unit |= {"ActiveState": "failed", "SubState": "failed", "Result": "core-dump", "StatusText": ""}
    finding = yield "unit.failed"
    assert "core-dump" in finding.cause and "Its last words." in finding.cause
    clinic.follow(finding.remedy.partition(";")[0])
    yield ""


@case
def a_unit_that_does_not_start_with_the_machine(clinic: Clinic) -> Treatment:
    service(clinic)
    clinic.unit["UnitFileState"] = "disabled"
    finding = yield "unit.not-enabled"
    clinic.follow(finding.remedy)
    yield ""


@case
def a_target_that_does_not_start_with_the_machine(clinic: Clinic) -> Treatment:
    service(clinic)
    clinic.units[TARGET]["UnitFileState"] = "disabled"
    finding = yield "unit.target-not-enabled"
    clinic.follow(finding.remedy)
    yield ""


@case
def a_line_that_is_not_ready(clinic: Clinic) -> Treatment:
    service(clinic)
    clinic.unit["StatusText"] = "Not ready: the modem is being set up; Patriot connected."
    yield "line.not-ready"
    clinic.unit["StatusText"] = READY
    yield ""


# USB


@case
def no_udev_rules(clinic: Clinic) -> Treatment:
    service(clinic, MODEM)
    (clinic.root / RULES).unlink()
    finding = yield "udev.rules-missing"
    (clinic.root / "etc/udev/rules.d").mkdir(parents=True)
    clinic.follow(finding.remedy)
    yield ""


@case
def udev_rules_that_were_not_applied(clinic: Clinic) -> Treatment:
    service(clinic, MODEM)
    finding = yield "udev.rules-ineffective"
    assert "udevadm trigger" in finding.remedy
    clinic.ports = [managed()]
    yield ""


@case
def a_modem_that_may_fall_asleep(clinic: Clinic) -> Treatment:
    service(clinic, managed(power="auto"))
    finding = yield "usb.autosuspend"
    assert f"/sys{MODEM.device}/power/control" in finding.remedy
    clinic.ports = [managed()]
    yield ""


@case
def a_modem_with_a_bad_cable(clinic: Clinic) -> Treatment:
    service(clinic, managed())
    others = ["usb 1-3: USB disconnect, device number 4", "usb 1-2.1: USB disconnect, device number 5"]
    clinic.machine["kernel"] = "\n".join(others + ["usb 1-2: USB disconnect, device number 7"] * 3)
    finding = yield "usb.disconnects"
    assert " 3 times " in finding.cause
    clinic.machine["kernel"] = ""
    yield ""
