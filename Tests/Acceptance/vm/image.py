"""Debian's kernel with the few modules the machine needs, and the disk it boots from."""

from __future__ import annotations

import lzma
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from vm.debian import CACHE, Chroot, fingerprint, run, unpack

BOOT_MODULES = ("virtio_pci", "virtio_blk", "ext4", "crc32c_generic")
# The hardware of the machine, and the drivers of the modems. udev loads them, as it does anywhere.
MODULES = (*BOOT_MODULES, "virtio_console", "virtio_net", "xhci_pci", "autofs4", "af_packet", "cdc_acm", "option", "qmi_wwan", "ftdi_sio")
# What only costs time under emulation.
MASKED = (
    "apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer", "e2scrub_reap.service",
    "fstrim.timer", "getty.target", "systemd-hwdb-update.service", "systemd-logind.service", "systemd-random-seed.service",
    "systemd-tmpfiles-clean.timer", "systemd-update-utmp.service", "systemd-update-utmp-runlevel.service",
)  # fmt: skip

INIT = """#!/busybox sh
/busybox mount -t devtmpfs none /dev
for module in $(/busybox cat /modules); do /busybox insmod /$module; done
until [ -b /dev/vda ]; do /busybox usleep 20000; done
/busybox mount -t ext4 /dev/vda /root
exec /busybox switch_root /root /sbin/init
"""

# One command a line, as base64; its answer is one line: the exit code and the output.
AGENT = """#!/bin/bash
exec 3<>/dev/virtio-ports/agent
echo READY >&3
while read -r command <&3; do
    output=$(bash -c "$(base64 --decode <<<"$command")" 2>&1)
    echo "$? $(base64 --wrap=0 <<<"$output")" >&3
done
"""

UNITS = {
    "agent": "/usr/local/sbin/agent",
    "journal": "/bin/bash -c 'exec journalctl --follow --lines=all --output=json >/dev/virtio-ports/journal'",
}
UNIT = """[Unit]
BindsTo=dev-virtio\\x2dports-{name}.device
After=dev-virtio\\x2dports-{name}.device
[Service]
ExecStart={command}
[Install]
WantedBy=multi-user.target
"""

FILES = {
    "etc/hostname": "line\n",
    "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
    "etc/systemd/journald.conf.d/vm.conf": "[Journal]\nStorage=volatile\nRateLimitBurst=0\n",
    # The machine's way to Patriot; no gateway: it reaches nothing else.
    "etc/systemd/network/vm.network": "[Match]\nDriver=virtio_net\n[Network]\nAddress=10.0.2.15/24\nLinkLocalAddressing=no\n",
    "usr/local/sbin/agent": AGENT,
} | {f"etc/systemd/system/{name}.service": UNIT.format(name=name, command=command) for name, command in UNITS.items()}


@dataclass(frozen=True)
class Image:
    kernel: Path
    initramfs: Path
    disk: Path


def make(directory: Path, packages: Iterable[Path]) -> Image:
    """A disk with a fresh Debian; the packages lie in /root and are not installed."""
    kernel = Kernel.download()
    stage = directory / "stage"
    unpack(stage)
    for name, text in FILES.items():
        path = stage / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (stage / "usr/local/sbin/agent").chmod(0o755)
    for package in packages:
        shutil.copy(package, stage / "root")
    modules = stage / "usr/lib/modules" / kernel.version
    for module in kernel.closure(MODULES):
        target = modules / module.relative_to(kernel.modules)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(module, target)
    for name in ("modules.builtin", "modules.builtin.modinfo", "modules.order"):
        shutil.copy(kernel.modules / name, modules)
    root = Chroot(stage)
    root.run("depmod", kernel.version)
    root.run("systemctl", "enable", "systemd-networkd.service", *(f"{name}.service" for name in UNITS))
    root.run("systemctl", "mask", *MASKED)
    disk = directory / "disk"
    run("mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-d", stage, disk, "700M")
    shutil.rmtree(stage)
    return Image(kernel.image, initramfs(kernel, directory), disk)


def initramfs(kernel: Kernel, directory: Path) -> Path:
    modules = kernel.closure(BOOT_MODULES)
    archive = Archive()
    for folder in ("dev", "root"):
        archive.add(folder, 0o040755)
    archive.add("init", 0o100755, INIT.encode())
    archive.add("busybox", 0o100755, kernel.busybox.read_bytes())
    archive.add("modules", 0o100644, "\n".join(module.name for module in modules).encode())
    for module in modules:
        archive.add(module.name, 0o100644, module.read_bytes())
    path = directory / "initramfs"
    path.write_bytes(archive.finished())
    return path


class Archive:
    """cpio's `newc` form, which the kernel unpacks (initramfs buffer format, in its own documentation)."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._number = 0

    def add(self, name: str, mode: int, data: bytes = b"") -> None:
        self._number += 1
        fields = (self._number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
        self._bytes += b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
        self._pad()
        self._bytes += data
        self._pad()

    def finished(self) -> bytes:
        self.add("TRAILER!!!", 0)
        return bytes(self._bytes)

    def _pad(self) -> None:
        self._bytes += b"\0" * (-len(self._bytes) % 4)


@dataclass(frozen=True)
class Kernel:
    """Debian's current kernel, unpacked."""

    version: str
    folder: Path

    @classmethod
    def download(cls) -> Kernel:
        depends = run("apt-cache", "depends", "linux-image-amd64")
        name = re.search(r"Depends: (linux-image-(\S+))", depends)
        assert name, f"apt knows no kernel: run apt-get update\n{depends}"
        policy = run("apt-cache", "policy", name[1])
        folder = CACHE / f"kernel-{fingerprint(name[1], re.search(r'Candidate: (.*)', policy))}"
        kernel = cls(name[2], folder)
        if not folder.exists():
            kernel._unpack(name[1])
        return kernel

    @property
    def image(self) -> Path:
        return self.folder / "vmlinux"

    @property
    def busybox(self) -> Path:
        return self.folder / "bin/busybox"

    @property
    def modules(self) -> Path:
        return self.folder / "lib/modules" / self.version

    def _unpack(self, name: str) -> None:
        unfinished = self.folder.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        run("apt-get", "download", "-o", "APT::Sandbox::User=root", name, "busybox-static", cwd=unfinished)
        for package in unfinished.glob("*.deb"):
            run("dpkg-deb", "--extract", package, unfinished)
            package.unlink()
        # Unpacked here, not by the machine, for which it takes seconds.
        packed = (unfinished / f"boot/vmlinuz-{self.version}").read_bytes()
        payload = packed[packed.index(b"\xfd7zXZ\0") :]
        (unfinished / "vmlinux").write_bytes(lzma.LZMADecompressor().decompress(payload))
        unfinished.rename(self.folder)

    def closure(self, names: Iterable[str]) -> list[Path]:
        """The modules and what they need, each after what it needs."""
        files = {path.stem.replace("-", "_"): path for path in self.modules.rglob("*.ko")}
        ordered: dict[str, Path] = {}

        def visit(name: str) -> None:
            if name in ordered or name not in files:  # not there: built into the kernel
                return
            needed = re.search(rb"\0depends=([^\0]*)\0", files[name].read_bytes())
            for other in (needed[1].decode().split(",") if needed else ()):
                visit(other.replace("-", "_"))
            ordered[name] = files[name]

        for name in names:
            visit(name)
        return list(ordered.values())
