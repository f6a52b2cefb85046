"""The Debian package: what is in it, and that it comes and goes without a trace, in a root of its own."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from vm.debian import Chroot, chroot, next_version, package, run

LINE = "PATRIOT_ADDRESS=192.0.2.7\n"
# Written by anyone who installs anything. The user stays, locked, so that nobody else gets its number (Debian Policy 9.2.2).
NOT_OURS = ("var/lib/dpkg", "var/log", "var/cache", "var/lib/apt", "etc/passwd", "etc/group", "etc/shadow", "etc/gshadow", "tmp")


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Chroot]:
    with chroot(tmp_path / "root") as root:
        yield root


def contents(root: Path) -> dict[str, tuple[int, int, int, str]]:
    """Every path below it with mode, owner, group, and target or a digest."""
    found = {}
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = Path(folder, name)
            relative = str(path.relative_to(root))
            if relative.startswith(NOT_OURS):
                continue
            status = path.lstat()
            text = ""
            if path.is_symlink():
                text = os.readlink(path)
            elif stat.S_ISREG(status.st_mode):
                text = hashlib.sha256(path.read_bytes()).hexdigest()
            found[relative] = (status.st_mode, status.st_uid, status.st_gid, text)
    return found


def installed_version(root: Chroot) -> str:
    return root.run("dpkg-query", "--show", "--showformat=${db:Status-Abbrev}${Version}", "patriot-dialler")


def test_lintian_has_nothing_to_say() -> None:
    assert run("lintian", "--allow-root", "--fail-on", "error,warning", package()) == ""


def test_the_libraries_are_the_systems() -> None:
    depends = run("dpkg-deb", "--field", package(), "Depends")
    for library in ("libc6", "libssl3", "libstdc++6", "libudev1", "libedit2", "systemd", "udev"):
        assert library in depends.replace(" (", ",").replace(" ", "").split(","), depends


def test_there_is_a_page_and_a_completion_for_whoever_types() -> None:
    listing = run("dpkg-deb", "--contents", package())
    for path in (
        "man/man1/patriot-dialler.1.gz",
        "man/man5/patriot-dialler.conf.5.gz",
        "bash-completion/completions/patriot-dialler",
        "zsh/vendor-completions/_patriot-dialler",
        "fish/vendor_completions.d/patriot-dialler.fish",
        "doc/patriot-dialler/README.md",
        "doc/patriot-dialler/hardware.md",
    ):
        assert f"./usr/share/{path}\n" in listing


def test_it_is_installed_upgraded_removed_and_purged(root: Chroot, tmp_path: Path) -> None:
    before = contents(root.root)

    assert "\nTo set a line up: sudo patriot-dialler setup\n" in root.install(package())
    assert installed_version(root).startswith("ii ")
    assert root.run("patriot-dialler", "--version").strip() in installed_version(root)
    user = root.run("getent", "passwd", "patriot-dialler").split(":")
    assert user[5:] == ["/var/lib/patriot-dialler", "/usr/sbin/nologin\n"]
    folder = (root.root / "etc/patriot-dialler").stat()
    assert (stat.S_IMODE(folder.st_mode), folder.st_uid, folder.st_gid) == (0o750, 0, int(user[3]))
    assert root.run("systemctl", "is-enabled", "patriot-dialler.target") == "enabled\n"

    configuration = root.root / "etc/patriot-dialler/line1.conf"
    configuration.write_text(LINE)
    records = root.root / "var/lib/patriot-dialler/line1/calls-2026-11.jsonl"
    records.parent.mkdir(parents=True)
    records.write_text("{}\n")
    root.run("systemctl", "enable", "patriot-dialler@line1.service")
    enabled = root.root / "etc/systemd/system/patriot-dialler.target.wants/patriot-dialler@line1.service"

    assert "patriot-dialler setup" not in root.install(next_version(package(), tmp_path))
    assert installed_version(root).startswith("ii 9:")
    assert configuration.read_text() == LINE and records.exists() and enabled.is_symlink()

    root.run("apt-get", "remove", "--yes", "patriot-dialler")
    assert not (root.root / "usr/bin/patriot-dialler").exists()
    assert configuration.read_text() == LINE and records.exists() and enabled.is_symlink()

    root.run("apt-get", "purge", "--yes", "patriot-dialler")
    assert contents(root.root) == before
    assert root.run("getent", "shadow", "patriot-dialler").startswith("patriot-dialler:!")
