"""The far end of QEMU's `usb-redir`: connecting is plugging in, closing is pulling out (protocol 0.7 of usbredir).

As long as it is plugged in, a simulated modem is behind it: it gets its power from the socket, so that a modem that is
plugged in again has forgotten everything.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
import threading
import tty
from enum import IntEnum
from pathlib import Path

from harness import SimulatedModem
from vm.usb import IN, USBDevice


class Kind(IntEnum):
    """Of a message."""

    HELLO, CONNECT, RESET, INTERFACES, ENDPOINTS = 0, 1, 3, 4, 5
    SET_CONFIGURATION, GET_CONFIGURATION, CONFIGURATION_STATUS = 6, 7, 8
    SET_ALTERNATE, GET_ALTERNATE, ALTERNATE_STATUS = 9, 10, 11
    START_INTERRUPTS, STOP_INTERRUPTS, INTERRUPTS_STATUS, CANCEL = 15, 16, 17, 21
    CONTROL, BULK = 100, 101


SUCCESS, CANCELLED, STALL = 0, 1, 4
# Version of the device, packet sizes of endpoints, ids of 64 bits, lengths of 32 bits: what an xHCI controller asks for.
CAPABILITIES = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 6
HIGH_SPEED, NOT_THERE, STANDARD_REQUEST, GET_DESCRIPTOR = 2, 255, 0x80, 6


class PluggedModem:
    """A modem from the plug to the pull."""

    def __init__(self, device: USBDevice, usb_socket: Path, link: Path) -> None:
        self.device = device
        self.modem = SimulatedModem(device.profile, link)
        self._terminal = os.open(link, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self._terminal)
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(str(usb_socket))
        self._write_lock = threading.Lock()
        self._to_host, self._from_host = device.at_endpoints
        self._wanted: list[int] = []  # the ids of reads of the AT port that wait for bytes
        self._wanted_changed = threading.Condition()
        self._is_plugged = True
        self._stop, self._stopping = os.pipe()
        self._threads = [threading.Thread(target=target, daemon=True) for target in (self._serve, self._pump)]
        for thread in self._threads:
            thread.start()

    def unplug(self) -> None:
        if not self._is_plugged:
            return
        self._is_plugged = False
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        os.write(self._stopping, b"x")
        with self._wanted_changed:
            self._wanted_changed.notify_all()
        for thread in self._threads:
            thread.join(timeout=10)
        self._connection.close()
        for descriptor in (self._terminal, self._stop, self._stopping):
            os.close(descriptor)
        self.modem.close()

    # What the modem says waits until the host reads.

    def _pump(self) -> None:
        while self._is_plugged:
            readable, _, _ = select.select([self._terminal, self._stop], [], [])
            if self._stop in readable:
                return
            try:
                data = os.read(self._terminal, 512)
            except OSError:
                return
            with self._wanted_changed:
                while not self._wanted and self._is_plugged:
                    self._wanted_changed.wait()
                if not self._is_plugged:
                    return
                request = self._wanted.pop(0)
            self._bulk(request, self._to_host, SUCCESS, len(data), data)

    # What QEMU asks.

    def _serve(self) -> None:
        stream = self._connection.makefile("rb")
        with contextlib.suppress(OSError, EOFError):
            hello = b"plugged modem".ljust(64, b"\0") + struct.pack("<I", CAPABILITIES)
            self._send(struct.pack("<III", Kind.HELLO, len(hello), 0) + hello)
            # Only after the hellos the ids are long.
            _, length, _ = struct.unpack("<III", _exactly(stream, 12))
            _exactly(stream, length)
            self._introduce()
            while self._is_plugged:
                kind, length, request = struct.unpack("<IIQ", _exactly(stream, 16))
                self._answer(kind, request, _exactly(stream, length))

    def _introduce(self) -> None:
        interfaces, device = self.device.interfaces, self.device
        rows = [bytes(column).ljust(32, b"\0") for column in zip(*(i.kind for i in interfaces), strict=True)]
        numbers = bytes(range(len(interfaces))).ljust(32, b"\0")
        self._message(Kind.INTERFACES, 0, struct.pack("<I", len(interfaces)) + numbers + b"".join(rows))
        kinds, intervals, owners, packets = [NOT_THERE] * 32, [0] * 32, [0] * 32, [0] * 32
        kinds[0] = kinds[16] = 0
        packets[0] = packets[16] = 64
        for number, interface in enumerate(interfaces):
            for endpoint in interface.endpoints:
                # First those from the host, then those to it.
                index = (endpoint.address & IN) >> 3 | endpoint.address & 0x0F
                kinds[index], intervals[index] = endpoint.kind, endpoint.interval
                owners[index], packets[index] = number, endpoint.packet
        self._message(Kind.ENDPOINTS, 0, bytes(kinds) + bytes(intervals) + bytes(owners) + struct.pack("<32H", *packets))
        head = (HIGH_SPEED, *device.kind, device.vendor, device.product, 0x0318)
        self._message(Kind.CONNECT, 0, struct.pack("<BBBBHHH", *head))

    def _answer(self, kind: int, request: int, body: bytes) -> None:
        match kind:
            case Kind.CONTROL:
                self._control(request, body)
            case Kind.BULK:
                self._data(request, body)
            case Kind.CANCEL:
                self._cancel(request)
            case Kind.SET_CONFIGURATION:
                self._message(Kind.CONFIGURATION_STATUS, request, bytes([SUCCESS, body[0]]))
            case Kind.GET_CONFIGURATION:
                self._message(Kind.CONFIGURATION_STATUS, request, bytes([SUCCESS, 1]))
            case Kind.SET_ALTERNATE | Kind.GET_ALTERNATE:
                self._message(Kind.ALTERNATE_STATUS, request, bytes([SUCCESS, body[0], 0]))
            case Kind.START_INTERRUPTS | Kind.STOP_INTERRUPTS:
                self._message(Kind.INTERRUPTS_STATUS, request, bytes([SUCCESS, body[0]]))

    def _control(self, request: int, body: bytes) -> None:
        endpoint, code, request_type, _, value, index, length = struct.unpack_from("<BBBBHHH", body)
        status, data = SUCCESS, b""
        if request_type & IN:
            descriptor = None
            if request_type == STANDARD_REQUEST and code == GET_DESCRIPTOR:
                descriptor = self.device.descriptor(value >> 8, value & 0xFF)
            status, data = (STALL, b"") if descriptor is None else (SUCCESS, descriptor[:length])
            length = len(data)
        head = struct.pack("<BBBBHHH", endpoint, code, request_type, status, value, index, length)
        self._message(Kind.CONTROL, request, head + data)

    def _data(self, request: int, body: bytes) -> None:
        endpoint, _, low, _, high = struct.unpack_from("<BBHIH", body)
        if endpoint & IN:
            if endpoint == self._to_host:
                with self._wanted_changed:
                    self._wanted.append(request)
                    self._wanted_changed.notify_all()
            return  # the other ports have nothing to say, ever
        if endpoint == self._from_host:
            os.write(self._terminal, body[10:])
        self._bulk(request, endpoint, SUCCESS, low | high << 16, b"")

    def _cancel(self, request: int) -> None:
        with self._wanted_changed:
            if request in self._wanted:
                self._wanted.remove(request)
        self._bulk(request, self._to_host, CANCELLED, 0, b"")

    def _bulk(self, request: int, endpoint: int, status: int, length: int, data: bytes) -> None:
        head = struct.pack("<BBHIH", endpoint, status, length & 0xFFFF, 0, length >> 16)
        self._message(Kind.BULK, request, head + data)

    def _message(self, kind: Kind, request: int, body: bytes) -> None:
        self._send(struct.pack("<IIQ", kind, len(body), request) + body)

    def _send(self, data: bytes) -> None:
        with self._write_lock, contextlib.suppress(OSError):  # pulled out meanwhile
            self._connection.sendall(data)


def _exactly(stream: object, length: int) -> bytes:
    data: bytes = stream.read(length)  # type: ignore[attr-defined]
    if len(data) < length:
        raise EOFError
    return data
