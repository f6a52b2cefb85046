"""The package in a real Debian, real drivers, real udev and systemd: modems are plugged in and out while it runs.

Patriot and the modems are simulated, outside of the machine. PATRIOT_DIALLER_LONG=1 adds the long half.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from certificates import Certificate
from harness import API_KEY
from patriot_server import PatriotServer
from vm import image
from vm.debian import next_version, package
from vm.machine import PATIENCE, Machine
from vm.redirection import PluggedModem
from vm.timeline import Timeline
from vm.usb import USBDevice, conexant, quectel_ec25

NUMBER = "5550123"
# The tester's own computer, as QEMU's network shows it to the machine.
OUTSIDE = "10.0.2.2"

long = pytest.mark.skipif(os.environ.get("PATRIOT_DIALLER_LONG") != "1", reason="PATRIOT_DIALLER_LONG=1 runs it")


@pytest.fixture(scope="module")
def booted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    folder = tmp_path_factory.mktemp("image")
    disk = image.make(folder, [package(), next_version(package(), folder)])
    # Short on purpose: a socket's path has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="machine-") as directory:
        machine = Machine(disk, Path(directory))
        try:
            machine.run(f"apt-get install --yes /root/{package().name}")
            yield machine
        finally:
            machine.close()


@dataclass
class Scene:
    """The machine with nothing plugged in and no line, and what a test adds to it."""

    machine: Machine
    identity: Certificate
    timeline: Timeline
    closing: ExitStack = field(default_factory=ExitStack)
    evidence: list[tuple[str, Callable[[], str]]] = field(default_factory=list)

    def patriot(self) -> PatriotServer:
        server = PatriotServer(self.identity)
        self.closing.callback(server.kill)
        self.evidence.append(("Patriot", lambda: "\n".join(map(repr, server.events.all()))))
        return server

    def plug(self, device: USBDevice, socket: int = 1) -> PluggedModem:
        link = self.machine.directory / f"modem{socket}"
        plugged = PluggedModem(device, self.machine.usb_socket(socket), link)
        self.closing.callback(plugged.unplug)
        self.evidence.append((plugged.modem.name, plugged.modem.transcript))
        return plugged

    def line(self, name: str, patriot: PatriotServer, **settings: str) -> Line:
        """Configured and enabled, not started: a modem that appears starts the target, and the target its lines."""
        values = {"PATRIOT_ADDRESS": OUTSIDE, "PATRIOT_PORT": patriot.port, "PATRIOT_PINS": self.identity.pin} | settings
        text = "".join(f"{key}={value}\n" for key, value in values.items())
        self.machine.write(f"/etc/patriot-dialler/{name}.key", API_KEY + "\n", "600")
        self.machine.write(f"/etc/patriot-dialler/{name}.conf", text, "640 -g patriot-dialler")
        self.machine.run(f"systemctl stop patriot-dialler.target && systemctl enable patriot-dialler@{name}")
        self.closing.callback(self._forget, name)
        return Line(self.machine, f"patriot-dialler@{name}.service", len(self.machine.journal))

    def _forget(self, name: str) -> None:
        self.machine.run(f"systemctl disable --now patriot-dialler@{name}; rm -f /etc/patriot-dialler/{name}.*")


@dataclass
class Line:
    machine: Machine
    unit: str
    position: int

    def wait_for(self, words: str) -> None:
        """The next entry of its journal with these words."""
        self.position = self.machine.wait_for_message(self.unit, words, self.position) + 1

    def show(self, name: str) -> str:
        return self.machine.run(f"systemctl show --property={name} --value {self.unit}")


@pytest.fixture
def scene(
    request: pytest.FixtureRequest, booted: Machine, identity: Certificate, capsys: pytest.CaptureFixture[str]
) -> Iterator[Scene]:
    scene = Scene(booted, identity, Timeline(request.node.name))
    scene.evidence.append(booted.evidence())
    request.node.bench = scene  # its evidence is shown when the test fails
    with scene.closing:
        yield scene
    with capsys.disabled():
        print(scene.timeline)


def expect_idle(patriot: PatriotServer) -> None:
    patriot.expect_authentication(PATIENCE)
    patriot.expect_status(PATIENCE, active=False)


def dial(scene: Scene, patriot: PatriotServer, plugged: PluggedModem) -> None:
    """From the click until the other side answers."""
    start = len(plugged.modem.output)
    scene.timeline.begin(f"Patriot asks for {NUMBER}")
    patriot.dial(NUMBER)
    patriot.expect_status(PATIENCE, active=True, outbound=True, caller_id=NUMBER)
    scene.timeline.mark("Patriot is told that a call is up")
    plugged.modem.wait_for_line(f"^<- ATD{NUMBER};", PATIENCE, start)
    scene.timeline.mark("the modem has the number")
    plugged.modem.wait_for_line("^line: alerting", PATIENCE, start)
    plugged.modem.command("answer")
    plugged.modem.wait_for_line(r"\+CLCC: \d,0,0,0,", PATIENCE, start)
    scene.timeline.mark("answered, and the line has seen it")


def hang_up(scene: Scene, patriot: PatriotServer) -> None:
    scene.timeline.begin("Patriot hangs up")
    patriot.hang_up()
    patriot.wait_for_status(PATIENCE, active=False)
    scene.timeline.mark("Patriot is told that no call is up")


def at_port(machine: Machine) -> str:
    ports = json.loads(machine.run("patriot-dialler modems --json"))
    return ",".join(port["node"] for port in ports if port["role"] == "gsm-modem")


def test_plugged_dialled_unplugged_in_the_call_and_plugged_again(scene: Scene) -> None:
    machine, patriot = scene.machine, scene.patriot()
    line = scene.line("line1", patriot)
    # As the README says, and before the kernel ever loaded a driver for a modem.
    machine.run("systemctl enable --now patriot-dialler@line1")
    expect_idle(patriot)
    assert line.show("StatusText").startswith("Not ready: no modem found")

    scene.timeline.begin("a Quectel EC25 is plugged in")
    modem = scene.plug(quectel_ec25())
    line.wait_for("modem: ready")
    scene.timeline.mark("ready to dial")
    assert line.show("StatusText") == "Ready: modem ready, Patriot connected, line free."
    assert at_port(machine) == "/dev/ttyUSB2"
    dial(scene, patriot, modem)

    scene.timeline.begin("the modem is pulled out, in the call")
    modem.unplug()
    patriot.expect_status(PATIENCE, active=False)
    scene.timeline.mark("Patriot is told that no call is up")
    machine.wait_for("! test -e /dev/ttyUSB2")
    assert line.show("ActiveState") == "active"

    bridge = machine.directory / "bridge"
    machine.monitor("chardev-add", id="bridge", backend={"type": "file", "data": {"out": str(bridge)}})
    machine.monitor("device_add", driver="usb-serial", id="bridge", chardev="bridge", bus="usb.0", **{"always-plugged": True})
    machine.wait_for("test -e /dev/ttyUSB0")
    scene.timeline.begin("plugged in again; a serial adapter has taken ttyUSB0 meanwhile")
    modem = scene.plug(quectel_ec25())
    line.wait_for("modem: ready")
    scene.timeline.mark("ready to dial")
    assert at_port(machine) == "/dev/ttyUSB3"
    dial(scene, patriot, modem)
    hang_up(scene, patriot)
    assert bridge.read_bytes() == b"", "an adapter that nobody named was written to"
    assert machine.run("ls -A /dev/patriot-dialler/by-path").split() == [machine.run("ls /dev/patriot-dialler/by-path")]
    machine.monitor("device_del", id="bridge")
    assert line.show("NRestarts") == "0"


def test_what_setup_is_told_becomes_a_line_that_dials(scene: Scene) -> None:
    """The README's way: the package is installed, and a technician answers at a terminal."""
    machine, patriot = scene.machine, scene.patriot()
    modem = scene.plug(quectel_ec25())
    machine.wait_for("test -e /dev/patriot-dialler/by-path")
    scene.closing.callback(scene._forget, "line1")
    # Line, who connects, modem, name, port, address, key, PIN, trust, write.
    answers = ["", "", "", "", str(patriot.port), OUTSIDE, API_KEY, "", "y", ""]
    scene.timeline.begin("setup is answered")
    typed = "".join(f"{answer}\\n" for answer in answers)
    said = machine.run(f"printf '{typed}' | script --quiet --command 'patriot-dialler setup' /dev/null")
    scene.timeline.mark("it is done")
    # On a busy computer the machine takes longer than the 20 s that setup waits.
    assert "\nReady: " in said or "sudo patriot-dialler doctor --line line1" in said, said
    expect_idle(patriot)
    machine.wait_for("systemctl show --property=StatusText --value patriot-dialler@line1 | grep --quiet ^Ready:")
    dial(scene, patriot, modem)
    hang_up(scene, patriot)
    # The line has what root alone may read, and comes again with the machine.
    assert machine.run("stat --format=%a:%U /etc/patriot-dialler/line1.key") == "600:root"
    assert machine.run("systemctl is-enabled patriot-dialler@line1") == "enabled"


def test_a_modem_that_comes_starts_the_lines(scene: Scene) -> None:
    patriot = scene.patriot()
    line = scene.line("line1", patriot)
    assert line.show("ActiveState") == "inactive"
    scene.timeline.begin("a Quectel EC25 is plugged in; no line runs")
    scene.plug(quectel_ec25())
    line.wait_for("Started patriot-dialler@line1.service")
    scene.timeline.mark("the unit is active")
    expect_idle(patriot)
    scene.timeline.mark("Patriot has accepted the key and knows that no call is up")
    line.wait_for("modem: ready")
    scene.timeline.mark("ready to dial")
    assert "thread priority" not in scene.machine.run("journalctl --boot --identifier=patriot-dialler --output=cat")


def test_a_line_without_its_key_says_where_to_put_it(scene: Scene) -> None:
    line = scene.line("keyless", scene.patriot())
    scene.machine.run("rm /etc/patriot-dialler/keyless.key && systemctl start --no-block patriot-dialler@keyless")
    line.wait_for("there is no API key")
    line.wait_for("Failed with result 'exit-code'")


def test_a_crash_tells_the_journal_where_and_the_line_comes_back(scene: Scene) -> None:
    machine = scene.machine
    patriot = scene.patriot()
    line = scene.line("line1", patriot)
    machine.run("systemctl start patriot-dialler@line1")
    expect_idle(patriot)
    scene.timeline.begin("the line crashes")
    process = line.show("MainPID")
    machine.run(f"kill -SEGV {process}")
    line.wait_for("Program crashed:")
    line.wait_for(" crashed:")
    line.wait_for(" in libc.so.6")
    scene.timeline.mark("the journal has the backtrace")
    line.wait_for("Backtrace took")
    # A fault comes again when the handler returns, and then ends the process; a signal from outside has to be sent again.
    machine.run(f"kill -SEGV {process}")
    expect_idle(patriot)
    scene.timeline.mark("it is connected again")
    assert line.show("NRestarts") == "1"


def as_line(machine: Machine, line: Line, command: str) -> bool:
    """Whether the command succeeds as the process of a line: its user, its groups, its view of the file system."""
    process = line.show("MainPID")
    shell = "setpriv --reuid={} --regid=patriot-dialler --groups=dialout --no-new-privs --inh-caps=-all --bounding-set=-all"
    user = machine.run(f"stat --format=%U /proc/{process}")
    entered = f"nsenter --target {process} --mount {shell.format(user)} sh -c '{command}'"
    return machine.run(f"{entered} >/dev/null 2>&1 && echo DONE", check=False) == "DONE"


def test_a_line_that_is_taken_over_reaches_nothing_of_another(scene: Scene) -> None:
    machine, patriot = scene.machine, scene.patriot()
    # Records of a version whose lines had one user.
    old = "/var/lib/patriot-dialler/left/calls-2026-10.jsonl"
    machine.run(f"install -d -m 750 -o patriot-dialler -g patriot-dialler $(dirname {old})")
    machine.run(f"install -m 640 -o patriot-dialler -g patriot-dialler /dev/null {old}")
    place = "path:pci-0000:00:03.0-usb-0:{}:1.2"
    left = scene.line("left", patriot, MODEM_DEVICE=place.format(1))
    right = scene.line("right", scene.patriot(), MODEM_DEVICE=place.format(2))
    scene.plug(quectel_ec25())
    machine.run("systemctl start patriot-dialler@left patriot-dialler@right")
    left.wait_for("modem: ready")
    process = left.show("MainPID")
    port = at_port(machine)
    owners = machine.run(f"stat --format=%U:%G {old} /run/patriot-dialler/left/control").split()
    assert owners == ["pd-left:patriot-dialler"] * 2

    # Without a modem the exit code of status is not 0.
    asked = "patriot-dialler status --json --line {} | grep --quiet sentence"
    own = ["test -S /run/patriot-dialler/right/control", "touch /var/lib/patriot-dialler/right/x", asked.format("right")]
    assert [command for command in own if not as_line(machine, right, command)] == []
    files = ["/run/patriot-dialler/left", "/run/patriot-dialler/left/control", "/var/lib/patriot-dialler/left", old,
             "/etc/patriot-dialler/left.key", "/run/credentials/patriot-dialler@left.service/api-key"]  # fmt: skip
    attempts = [f"test -e {path} && head -c 1 {path}" for path in files]
    attempts += [f"ls {path}" for path in files if not path.startswith("/etc/")]
    attempts += [f"head -c 1 /proc/{process}/{name}" for name in ("environ", "maps", "mem", "cmdline", "root/etc/passwd")]
    attempts += [f"ls /proc/{process}/fd/", f"kill -0 {process}", f"kill -KILL {process}"]
    attempts += [asked.format("left"), "patriot-dialler hangup --socket /run/patriot-dialler/left/control"]
    attempts += [f"head -c 1 {port}", f"echo AT >{port}"]
    assert [command for command in attempts if as_line(machine, right, command)] == []
    assert left.show("MainPID") == process
    # Of the devices of one number the serial ports, and not the virtual consoles.
    enter = f"echo $$ >\"/sys/fs/cgroup{right.show('ControlGroup')}/cgroup.procs\""
    opened = "dd if={} of=/dev/null iflag=nonblock count=0 2>/dev/null && echo DONE"
    reached = {
        node: [machine.run(f"sh -c '{way}{opened.format(node)}'", check=False) for way in ("", f"{enter} && ")]
        for node in ("/dev/ttyS0", "/dev/tty1")
    }
    assert reached == {"/dev/ttyS0": ["DONE", "DONE"], "/dev/tty1": ["DONE", ""]}
    # Who is in the group uses both, as before.
    member = "setpriv --reuid=nobody --regid=patriot-dialler --clear-groups"
    for line in ("left", "right"):
        machine.run(f"{member} {asked.format(line)} && {member} ls /var/lib/patriot-dialler/{line}")


@long
def test_an_analog_modem_of_the_communication_class(scene: Scene) -> None:
    patriot = scene.patriot()
    line = scene.line("desk", patriot)
    scene.timeline.begin("a Conexant modem is plugged in")
    modem = scene.plug(conexant())
    expect_idle(patriot)
    line.wait_for("modem: ready")
    scene.timeline.mark("ready to dial")
    start = len(modem.modem.output)
    patriot.dial(NUMBER)
    patriot.expect_status(PATIENCE, active=True, outbound=True, caller_id=NUMBER)
    modem.modem.wait_for_line(f"^<- ATDT?{NUMBER};", PATIENCE, start)
    hang_up(scene, patriot)
    scene.timeline.begin("pulled out")
    modem.unplug()
    line.wait_for("modem: ")
    scene.timeline.mark("the line has seen it")


@long
def test_two_equal_modems_go_to_their_own_lines_by_path(scene: Scene) -> None:
    sockets = {"left": 2, "right": 1}  # crossed: the first modem is not the first line's
    place = "path:pci-0000:00:03.0-usb-0:{}:1.2"
    patriots = {name: scene.patriot() for name in sockets}
    lines = {name: scene.line(name, patriots[name], MODEM_DEVICE=place.format(socket)) for name, socket in sockets.items()}
    scene.timeline.begin("two equal modems are plugged in")
    modems = {name: scene.plug(quectel_ec25(), socket) for name, socket in sockets.items()}
    for name, line in lines.items():
        line.wait_for("modem: ready")
        expect_idle(patriots[name])
        scene.timeline.mark(f"the line {name} is ready to dial")
    for name, other in (("left", "right"), ("right", "left")):
        start = len(modems[other].modem.output)
        dial(scene, patriots[name], modems[name])
        assert not [text for text in modems[other].modem.output.all(start) if "ATD" in text]
        hang_up(scene, patriots[name])
    scene.timeline.begin("the modem of one line is pulled out")
    modems["left"].unplug()
    lines["left"].wait_for("modem: ")
    scene.timeline.mark("its line has seen it")
    dial(scene, patriots["right"], modems["right"])
    hang_up(scene, patriots["right"])


@long
def test_a_reboot_with_the_modem_in(scene: Scene) -> None:
    patriot = scene.patriot()
    line = scene.line("line1", patriot)
    modem = scene.plug(quectel_ec25())
    expect_idle(patriot)
    line.wait_for("modem: ready")
    scene.timeline.begin("the machine is told to reboot")
    scene.machine.reboot()
    scene.timeline.mark("it runs again")
    expect_idle(patriot)
    line.wait_for("modem: ready")
    scene.timeline.mark("ready to dial")
    dial(scene, patriot, modem)
    hang_up(scene, patriot)


@long
def test_an_upgrade_waits_for_the_end_of_the_call(scene: Scene) -> None:
    machine, patriot = scene.machine, scene.patriot()
    line = scene.line("line1", patriot)
    modem = scene.plug(quectel_ec25())
    expect_idle(patriot)
    line.wait_for("modem: ready")
    dial(scene, patriot, modem)
    process = line.show("MainPID")

    scene.timeline.begin("the package is upgraded, in the call")
    start = len(machine.journal)
    machine.run("apt-get install --yes /root/patriot-dialler_next.deb")
    scene.timeline.mark("apt is done")
    start = machine.wait_for_message("patriot-dialler-restart.service", "has a call and is restarted", start)
    assert line.show("MainPID") == process
    assert line.show("StatusText").startswith("Outgoing call up")
    hang_up(scene, patriot)
    machine.wait_for_message("patriot-dialler-restart.service", "restarting patriot-dialler@line1.service", start)
    scene.timeline.mark("the line is restarted")
    expect_idle(patriot)
    scene.timeline.mark("Patriot has accepted the new program's key")
    assert line.show("MainPID") != process
