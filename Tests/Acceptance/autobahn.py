#!/usr/bin/env python3
"""Runs the product's WebSocket layer through Autobahn's cases.

    autobahn.py VENV WEBSOCKET_ECHO [--outdir DIRECTORY]

In both roles: our client against a fuzzing server, then our server against a fuzzing client.
VENV is a virtual environment with the packages of requirements.txt, WEBSOCKET_ECHO the built executable of that name.
Left out are 9.* (megabytes where 64 KiB is our limit), 12.* and 13.* (compression, which we do not offer).
Exit code 0: each case ran, and its behaviour and its close were OK, NON-STRICT or INFORMATIONAL.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

EXCLUDED = ["9.*", "12.*", "13.*"]
EXPECTED_CASES = 247
ACCEPTED = {"OK", "NON-STRICT", "INFORMATIONAL"}
AGENT = "patriot-dialler"
TIME_LIMIT_SECONDS = 240


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("venv", type=pathlib.Path)
    parser.add_argument("echo", type=pathlib.Path)
    parser.add_argument("--outdir", type=pathlib.Path, help="where the report stays (default: nowhere)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="autobahn-") as temporary:
        outdir = arguments.outdir or pathlib.Path(temporary)
        run_cases(arguments.venv, arguments.echo, outdir / "client")
        run_cases_against_server(arguments.venv, arguments.echo, outdir / "server")
        client = judge(read_report(outdir / "client", AGENT))
        server = judge(read_report(outdir / "server"))
        return client or server


def run_cases(venv: pathlib.Path, echo: pathlib.Path, outdir: pathlib.Path) -> None:
    """The fuzzing server on a free port, and the echo against it."""
    command = [venv / "bin" / "kosoku", "-m", "fuzzingserver", "-o", outdir, "127.0.0.1:0"]
    for case in EXCLUDED:
        command += ["-x", case]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        port = announced_port(server)
        subprocess.run([echo, "127.0.0.1", port, AGENT], check=True, timeout=TIME_LIMIT_SECONDS)
        # The server ends by itself once it has written the report; its verdict is read from there.
        server.communicate(timeout=30)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        sys.exit(f"autobahn.py: the cases did not run to their end: {error}")
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()


def run_cases_against_server(venv: pathlib.Path, echo: pathlib.Path, outdir: pathlib.Path) -> None:
    """The echo on a free port, and the fuzzing client against it."""
    server = subprocess.Popen([echo, "--listen"], stdout=subprocess.PIPE, text=True)
    try:
        port = server.stdout.readline().split()[-1]
        command = [venv / "bin" / "kosoku", "-m", "fuzzingclient", "-o", outdir, f"127.0.0.1:{port}"]
        for case in EXCLUDED:
            command += ["-x", case]
        subprocess.run(command, check=True, timeout=TIME_LIMIT_SECONDS, capture_output=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        sys.exit(f"autobahn.py: the cases against our server did not run to their end: {error}")
    finally:
        server.kill()
        server.wait()


def announced_port(server: subprocess.Popen) -> str:
    for line in server.stderr:
        if "listening on" in line:
            return line.strip().rsplit(":", 1)[1]
    sys.exit("autobahn.py: the fuzzing server ended before it listened; is kosoku installed in the environment?")


def read_report(outdir: pathlib.Path, agent: str | None = None) -> dict[str, dict]:
    """The cases of that agent; without one, of the only agent in the report."""
    index = outdir / "index.json"
    if not index.exists():
        sys.exit(f"autobahn.py: the fuzzing server wrote no {index}")
    report = json.loads(index.read_text())
    return report.get(agent or next(iter(report), ""), {})


def judge(cases: dict[str, dict]) -> int:
    """Prints the table; 1 unless all is well."""
    bad = []
    table = {kind: collections.Counter() for kind in ("behavior", "behaviorClose")}
    for case, result in sorted(cases.items(), key=lambda item: [int(part) for part in item[0].split(".")]):
        for kind, counter in table.items():
            counter[result[kind]] += 1
        if any(result[kind] not in ACCEPTED for kind in table):
            bad.append(f"case {case}: {result['behavior']}, close {result['behaviorClose']}")
    print(f"{'':15}" + "".join(f"{kind:>15}" for kind in table))
    for verdict in sorted(set().union(*table.values())):
        print(f"{verdict:15}" + "".join(f"{counter[verdict]:>15}" for counter in table.values()))
    if len(cases) != EXPECTED_CASES:
        bad.append(f"{len(cases)} cases ran, {EXPECTED_CASES} were expected")
    print("\n".join(bad) or f"all {len(cases)} cases passed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
