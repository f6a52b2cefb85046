"""A Debian 12 of its own, made once and kept: the root of the package's tests and of the virtual machine."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness import REPOSITORY

CACHE = REPOSITORY / ".build-vm"
SUITE = "bookworm"
# apt, so that the package is installed as a technician does it; what the package depends on, so that no test needs a network.
PACKAGES = ("systemd", "systemd-sysv", "udev", "kmod", "procps", "libssl3", "libstdc++6", "libudev1", "libedit2")
WITHOUT = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*")


def run(*command: str | Path, timeout: float = 600, **options: object) -> str:
    """Runs to the end; what it printed. A failure shows both its outputs."""
    outcome = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, timeout=timeout, check=False, **options
    )
    if outcome.returncode != 0:
        raise AssertionError(f"{command} ended with {outcome.returncode}:\n{outcome.stdout}{outcome.stderr}")
    return outcome.stdout


def fingerprint(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def base() -> Path:
    """The root as an archive; made when it is missing (half a minute)."""
    archive = CACHE / f"base-{fingerprint(SUITE, PACKAGES, WITHOUT)}.tar"
    if not archive.exists():
        CACHE.mkdir(exist_ok=True)
        excludes = [f"--dpkgopt=path-exclude={pattern}" for pattern in WITHOUT]
        unfinished = archive.with_suffix(".unfinished.tar")
        command = ["mmdebstrap", "--mode=root", "--variant=apt", f"--include={','.join(PACKAGES)}", *excludes]
        run(*command, SUITE, unfinished)
        unfinished.rename(archive)
    return archive


def unpack(root: Path) -> None:
    root.mkdir(parents=True)
    run("tar", "--extract", "--file", base(), "--directory", root)


class Chroot:
    """A root in which nothing is running, and which does not start anything (policy-rc.d)."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, *command: str) -> str:
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
        return run("unshare", "--mount", "--pid", "--fork", f"--root={self.root}", "--mount-proc", *command, env=environment)

    def install(self, package: Path) -> str:
        """By apt, as a technician does."""
        shutil.copy(package, self.root / "tmp")
        return self.run("apt-get", "install", "--yes", "--no-install-recommends", f"/tmp/{package.name}")


@contextmanager
def chroot(root: Path) -> Iterator[Chroot]:
    unpack(root)
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    try:
        yield Chroot(root)
    finally:
        shutil.rmtree(root)


def package() -> Path:
    """The package that was built last."""
    built = sorted((REPOSITORY / ".build-deb").glob("patriot-dialler_*.deb"), key=os.path.getmtime)
    assert built, "there is no package: run udev/build-deb"
    return built[-1]


def next_version(original: Path, directory: Path) -> Path:
    """The same package with a higher version."""
    tree = directory / "next"
    run("dpkg-deb", "--raw-extract", original, tree)
    control = tree / "DEBIAN/control"
    control.write_text(control.read_text().replace("\nVersion: ", "\nVersion: 9:"))
    following = directory / "patriot-dialler_next.deb"
    run("dpkg-deb", "--build", "--root-owner-group", "-Zgzip", "-z1", tree, following)
    shutil.rmtree(tree)
    return following
