"""`certificate`: what it writes, what it prints, and that a Patriot and `openssl` accept it."""

from __future__ import annotations

import json
import socket
import stat
import subprocess
from pathlib import Path

import pytest

from bench import Bench
from certificates import make_certificate
from events import until
from harness import API_KEY, BINARY, ChildProcess
from patriot_client import PatriotClient, free_port
from terminal import Terminal


def certificate(folder: Path, *words: str | Path, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = [str(word) for word in (BINARY, "certificate", "--directory", folder, "--line", "line1", *words)]
    return subprocess.run(command, input=typed, capture_output=True, text=True, timeout=30, check=False)


def fingerprint(file: Path, digest: str) -> str:
    command = ["openssl", "x509", "-in", str(file), "-noout", "-fingerprint", f"-{digest}"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return text.split("=")[1].strip().replace(":", "")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def run_line(bench: Bench, folder: Path, port: int, *words: str | Path) -> ChildProcess:
    bench.pty_modem()
    key = folder / "line1.key"
    key.write_text(API_KEY + "\n")
    key.chmod(0o600)
    (folder / "line1.conf").write_text(
        f"PATRIOT_LISTEN={port}\nPATRIOT_API_KEY_FILE={key}\nMODEM_DEVICE={bench.modem_link}\nMODEM_PROFILE=generic-gsm\n"
    )
    state = ["--state-directory", bench.directory, "--runtime-directory", bench.directory]
    daemon = ChildProcess("daemon", [BINARY, "run", "--config", folder / "line1.conf", *state, *words])
    bench.keep(daemon)
    daemon.wait_for_line("waiting for Patriot on")
    return daemon


def test_makes_both_files_and_prints_what_windows_shows(folder: Path) -> None:
    done = certificate(folder, "--name", "dialler1", "--name", "192.0.2.7", "--name", "fd00::7")
    assert (done.returncode, done.stderr) == (0, "")
    public, private = folder / "line1.tls.pem", folder / "line1.tls.key"
    assert (mode(public), mode(private)) == (0o644, 0o600)
    assert f"Thumbprint   {fingerprint(public, 'sha1')}\n" in done.stdout
    assert f"SHA-256      {fingerprint(public, 'sha256')}\n" in done.stdout
    assert "  certutil -addstore Root line1.tls.pem\n" in done.stdout
    assert "  certutil -user -addstore Root line1.tls.pem\n" in done.stdout
    assert "PRIVATE KEY" not in done.stdout + public.read_text()
    text = subprocess.run(["openssl", "x509", "-in", public, "-noout", "-text"], capture_output=True, text=True, check=True).stdout
    for part in (
        "DNS:dialler1, IP Address:192.0.2.7, IP Address:FD00:0:0:0:0:0:0:7",
        "TLS Web Server Authentication",
        "CA:FALSE",
        "prime256v1",
    ):
        assert part in text
    shown = certificate(folder, "--show")
    assert fingerprint(public, "sha1") in shown.stdout


def test_a_patriot_that_trusts_it_connects_by_name_and_by_address(bench: Bench, folder: Path) -> None:
    assert certificate(folder, "--name", "localhost", "--name", "127.0.0.1").returncode == 0
    port = free_port()
    run_line(bench, folder, port)
    for name in ("localhost", "127.0.0.1"):
        patriot = PatriotClient(port, certificate=folder / "line1.tls.pem", server_name=name)
        bench.closing.callback(patriot.close)
        patriot.introduce()
        patriot.expect_admission()
    with pytest.raises(OSError, match="certificate verify failed"):
        PatriotClient(port, certificate=folder / "line1.tls.pem", server_name="other.example")


def test_a_renewal_keeps_the_key_and_is_used_after_a_reload(bench: Bench, folder: Path) -> None:
    assert certificate(folder, "--name", "localhost").returncode == 0
    key, before = (folder / "line1.tls.key").read_bytes(), (folder / "line1.tls.pem").read_bytes()
    port = free_port()
    daemon = run_line(bench, folder, port)
    done = certificate(folder, "--name", "localhost", "--name", "127.0.0.1")
    assert done.returncode == 0
    assert (folder / "line1.tls.key").read_bytes() == key
    assert (folder / "line1.tls.pem.bak").read_bytes() == before
    daemon.signal(1)
    daemon.wait_for_line("new certificate in use")
    patriot = PatriotClient(port, certificate=folder / "line1.tls.pem", server_name="127.0.0.1")
    bench.closing.callback(patriot.close)
    patriot.introduce()
    patriot.expect_admission()


def test_asks_for_the_names_and_again_for_wrong_ones(bench: Bench, folder: Path) -> None:
    terminal = Terminal([BINARY, "certificate", "--directory", folder, "--line", "line1"])
    bench.closing.callback(terminal.close)
    question = "Names and addresses by which Patriot's PC reaches this computer"
    terminal.wait_for(question)
    assert socket.gethostname().lower() in terminal.text or "[" in terminal.text
    terminal.type("dialler1 192.0.2\n")
    terminal.wait_for('"192.0.2" is neither a host name nor an IP address')
    terminal.answer(question, "Dialler1, 192.0.2.7  dialler1")
    assert terminal.exit_code() == 0
    shown = certificate(folder, "--show").stdout
    assert "names        dialler1, 192.0.2.7\n" in shown


@pytest.mark.parametrize("keys", ["\x03", "\x04"], ids=["Ctrl-C", "end of file"])
def test_leaving_the_question_changes_nothing(bench: Bench, folder: Path, keys: str) -> None:
    terminal = Terminal([BINARY, "certificate", "--directory", folder, "--line", "line1"])
    bench.closing.callback(terminal.close)
    terminal.wait_for("Names and addresses")
    terminal.type(keys)
    assert terminal.exit_code() != 0
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ([], 2, "--name NAME"),
        (["--name", "192.0.2"], 2, "neither a host name nor an IP address"),
        (["--name", ""], 2, "neither a host name nor an IP address"),
        (["--key", "/k"], 2, "--key needs --certificate"),
        (["--certificate", "/c", "--name", "a"], 2, "cannot be combined"),
        (["--certificate", "/nonexistent"], 1, "Nothing was changed"),
        (["--show"], 1, "does not exist"),
        (["--show", "--new-key"], 2, "--show"),
    ],
)
def test_says_what_is_wrong_and_changes_nothing(folder: Path, words: list[str], code: int, message: str) -> None:
    done = certificate(folder, *words)
    assert done.returncode == code
    assert message in done.stderr
    assert list(folder.iterdir()) == []


def test_takes_a_sites_own_certificate(bench: Bench, folder: Path) -> None:
    authority = make_certificate(bench.directory, "authority", host="Site", authority=True)
    issued = make_certificate(bench.directory, "issued", host="localhost", issuer=authority)
    done = certificate(folder, "--certificate", issued.certificate, "--key", issued.key)
    assert (done.returncode, done.stderr) == (0, "")
    assert "must trust the certificate's issuer: CN = Site" in done.stdout
    assert "certutil" not in done.stdout
    assert mode(folder / "line1.tls.key") == 0o600
    # It is not replaced by a self-signed one by mistake.
    assert certificate(folder, "--name", "localhost").returncode == 1
    port = free_port()
    run_line(bench, folder, port)
    patriot = PatriotClient(port, certificate=authority.certificate)
    bench.closing.callback(patriot.close)
    patriot.introduce()
    patriot.expect_admission()


def test_the_simulated_patriot_connects_and_dials(bench: Bench, folder: Path) -> None:
    assert certificate(folder, "--name", "127.0.0.1").returncode == 0
    port = free_port()
    daemon = run_line(bench, folder, port)
    url = f"wss://127.0.0.1:{port}/dialler"
    trust = ["--trust", str(folder / "line1.tls.pem")]

    def simulated(*words: str) -> ChildProcess:
        patriot = ChildProcess("simulated Patriot", [BINARY, "simulate", "patriot", "--connect", url, *words])
        bench.keep(patriot)
        return patriot

    # Not trusted, as a Windows without the certificate.
    simulated("--key", API_KEY).wait_for_line("connection refused: .*certificate")
    patriot = simulated("--config", json.dumps({"site": "North", "apiKey": API_KEY}), "--init-type", "InitRequest", *trust)
    patriot.wait_for_line("dialler 1 < init-response success")
    daemon.wait_for_line("Patriot connected from 127.0.0.1")
    patriot.write_line("status")
    patriot.wait_for_line("dialler 1 < call-status-update no call")
    # It connects again after it was cut off.
    patriot.write_line("kill")
    patriot.wait_for_line("dialler 2 authenticated")
    assert patriot.terminate() == 0
    wrong = simulated("--key", "wrong", *trust)
    wrong.wait_for_line("dialler 1 < init-response refused: the apiKey is wrong")
    until(lambda: daemon.is_running, "the line runs on")


def test_doctor_names_what_keeps_patriot_from_connecting(bench: Bench, folder: Path) -> None:
    """One computer, three states: the line waits, the port is another's, the certificate is for an address of the past."""
    assert certificate(folder, "--name", "localhost").returncode == 0
    port = free_port()

    def doctor() -> tuple[str, list[str]]:
        command = [str(BINARY), "doctor", "--config", str(folder / "line1.conf")]
        environment = {"STATE_DIRECTORY": str(bench.directory), "RUNTIME_DIRECTORY": str(bench.directory), "PATH": "/usr/bin:/bin"}
        texts = []
        for words in ([], ["--json"]):
            done = subprocess.run([*command, *words], capture_output=True, text=True, timeout=60, check=False, env=environment)
            texts.append(done.stdout)
        return texts[0], [finding["id"] for finding in json.loads(texts[1]) if finding["id"].startswith("listen.")]

    daemon = run_line(bench, folder, port)
    text, found = doctor()
    assert f"waiting for Patriot on :{port}" in text
    assert found in ([], ["listen.certificate-name"])  # The name of this computer is not localhost.
    assert daemon.terminate() == 0
    with socket.create_server(("127.0.0.1", port)):
        assert "listen.port" in doctor()[1]
    assert certificate(folder, "--name", "192.0.2.1").returncode == 0
    assert doctor()[1] == ["listen.certificate-name"]
