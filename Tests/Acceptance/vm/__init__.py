"""A Debian machine under QEMU with modems that are plugged in and out, and the package in it.

Everything that is made lies in .build-vm. Needs root, and `mmdebstrap` and `qemu-system-x86` of Debian.
"""
