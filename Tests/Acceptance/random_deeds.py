"""What chance does to a line and around it."""

from __future__ import annotations

import contextlib
import random
import signal
import time
from collections.abc import Callable

from control_client import Client
from random_world import World

# How often each deed is done, compared with the others.
WEIGHTS = {
    "dial": 24, "dial_by_hand": 4, "hang_up": 8, "hang_up_by_hand": 2, "ask_for_status": 8, "talk_nonsense": 3,
    "answer": 16, "refuse": 5, "end_remotely": 6, "ring": 8, "stop_ringing": 3, "prepare": 4,
    "unplug": 2, "reset": 1, "brown_out": 1, "lose_line": 3, "be_silent": 1, "say_noise": 4, "lose_end": 1, "lie": 1,
    "lose_network": 1, "slow_down": 1, "lose_patriot": 2, "patriot_drops": 3,
    "stop_process": 4, "reload": 3, "visit": 4, "misbehave": 2, "send_command": 3, "stall_reader": 1,
    "kill": 2, "terminate": 1,
}  # fmt: skip
# What is not done to a line that is to get old.
DEADLY = ("kill", "terminate")


class Deeds:
    """Draws deeds by a seed; `settle` takes back what would keep the line from being well."""

    def __init__(self, world: World, seed: int, *, without: tuple[str, ...] = ()) -> None:
        self._world, self._random = world, random.Random(seed)
        self._deeds = {name: weight for name, weight in WEIGHTS.items() if name not in without}
        self._visitors: list[Client] = []
        self._remedies: list[tuple[int, Callable[[], None]]] = []

    def do_one(self) -> None:
        name = self._random.choices([*self._deeds], weights=[*self._deeds.values()])[0]
        self._world.deeds.append(name)
        self._world.seen[f"deed {name}"] += 1
        getattr(self, name)()
        for remedy in [due for due in self._remedies if due[0] <= len(self._world.deeds)]:
            self._remedies.remove(remedy)
            remedy[1]()
        time.sleep(self._random.choice([0, 0.02, 0.3, 1.5]) * self._random.random())
        self._world.follow()

    def settle(self) -> None:
        """The modem is well, Patriot is there, nobody holds anything."""
        self._world.deeds.append("settle")
        for _, remedy in self._remedies:
            remedy()
        self._remedies.clear()
        for command in ("replug", "registration 1"):
            self._modem(command)
        for visitor in self._visitors:
            visitor.close()
        self._visitors.clear()

    def _for_a_while(self, remedy: Callable[[], None]) -> None:
        """The remedy follows some deeds later."""
        self._remedies.append((len(self._world.deeds) + self._random.randrange(8), remedy))

    # Operators

    def dial(self) -> None:
        number = self._world.new_number()
        self._patriot(lambda: self._world.patriot.dial(number))

    def dial_by_hand(self) -> None:
        self._by_hand("dial", number=self._world.new_number())

    def hang_up(self) -> None:
        self._patriot(self._world.patriot.hang_up)
        self._world.hung_up()

    def hang_up_by_hand(self) -> None:
        self._by_hand("hangup")

    def ask_for_status(self) -> None:
        for _ in range(self._random.choice([1, 1, 1, 50])):
            self._patriot(self._world.patriot.request_status)

    def talk_nonsense(self) -> None:
        nonsense = ["", "{", '{"type":"dial-request"}', '{"type":7}', '{"type":"dial-request","payload":{"phoneNo":"*21#"}}',
                    '{"type":"future"}', "[]", '{"type":"dial-request","payload":{"phoneNo":""}}']  # fmt: skip
        self._patriot(lambda: self._world.patriot.send_text(self._random.choice(nonsense)))

    # The network

    def _modem(self, command: str) -> None:
        self._world.modem.command(command)

    def answer(self) -> None:
        self._modem("answer")

    def refuse(self) -> None:
        self._modem(self._random.choice(["busy", "reject", "noanswer"]))

    def end_remotely(self) -> None:
        self._modem("hangup")

    def ring(self) -> None:
        self._modem(f"ring 556{self._random.randrange(10**6):06}")

    def stop_ringing(self) -> None:
        self._modem("stop")

    def prepare(self) -> None:
        self._modem("next " + self._random.choice(["answer", "busy", "reject", "ring", "noanswer", "delayed"]))

    def lose_network(self) -> None:
        self._modem("registration " + self._random.choice(["0", "2", "3"]))
        self._for_a_while(lambda: self._modem("registration " + self._random.choice(["1", "5"])))

    # The modem

    def unplug(self) -> None:
        self._modem("unplug")
        self._for_a_while(lambda: self._modem("replug"))

    def reset(self) -> None:
        self._modem("reset")

    def brown_out(self) -> None:
        self._modem("brownout")

    def lose_line(self) -> None:
        self._modem(self._random.choice(["drop", "duplicate"]))

    def be_silent(self) -> None:
        self._modem("silence on")
        self._for_a_while(lambda: self._modem("silence off"))

    def say_noise(self) -> None:
        self._modem("noise " + self._random.choice(["^RSSI:19", "+CIEV: 1,2", "OK", "ERROR", "\x01\x02", "+CMTI: 1"]))

    def lose_end(self) -> None:
        self._modem("loseend on")
        self._for_a_while(lambda: self._modem("loseend off"))

    def lie(self) -> None:
        self._modem("lying on")
        self._for_a_while(lambda: self._modem("lying off"))

    def slow_down(self) -> None:
        self._modem(f"delay {self._random.randrange(3)}")
        self._for_a_while(lambda: self._modem("delay 0"))

    # Patriot

    def lose_patriot(self) -> None:
        if self._world.patriot.is_up:
            self._world.patriot.kill()
            self._for_a_while(self._world.patriot.start)

    def patriot_drops(self) -> None:
        self._world.patriot.drop()

    def _patriot(self, act: Callable[[], None]) -> None:
        """Whether it is connected or not."""
        with contextlib.suppress(Exception):
            act()

    # The machine

    def stop_process(self) -> None:
        start = time.monotonic()
        self._world.daemon.signal(signal.SIGSTOP)
        time.sleep(self._random.choice([0.05, 0.5, 3]) * self._random.random())
        self._world.daemon.signal(signal.SIGCONT)
        self._world.stopped(start, time.monotonic())

    def reload(self) -> None:
        if not self._world.is_serving:
            return
        daemon = self._world.daemon
        good = [line for line in daemon.configuration.read_text().splitlines() if not line.startswith(("DIAL_DU", "NO"))]
        change = self._random.choice(["DIAL_DURING_CALL=keep", "DIAL_DURING_CALL=replace", "NO_SUCH_KEY=1"])
        daemon.configuration.write_text("\n".join([*good, change]) + "\n")
        daemon.reload()

    def kill(self) -> None:
        self._world.restart(killed=True)

    def terminate(self) -> None:
        self._world.restart(killed=False)

    # The control socket

    def _by_hand(self, request: str, **members: object) -> None:
        client = self._world.control()
        if client is None:
            return
        # The reply to a command may take long; nobody waits for it here.
        with client, contextlib.suppress(OSError):
            client.send_request(request, **members)
        if request == "hangup":
            self._world.hung_up()

    def visit(self) -> None:
        client = self._world.control()
        if client is not None:
            client.send_request(self._random.choice(["status", "watch"]))
            self._visitors.append(client)
        if len(self._visitors) > 20:
            self._visitors.pop(0).close()

    def misbehave(self) -> None:
        client = self._world.control()
        if client is not None:
            with client, contextlib.suppress(OSError):
                client.send(self._random.choice([b"\n\n", b"{", b"x" * 70000, b'{"request":"fly"}\n', b"\xff\xfe\n", b"[]\n"]))

    def send_command(self) -> None:
        self._by_hand("at", command=self._random.choice(["AT+CSQ", "ATI", "AT+CREG?", "AT+NONSENSE?"]), timeout=2)

    def stall_reader(self) -> None:
        """Watches and never reads."""
        client = self._world.control()
        if client is not None:
            client.send_request("watch")
            for _ in range(200):
                with contextlib.suppress(OSError):
                    client.send_request("status")
            self._visitors.append(client)
