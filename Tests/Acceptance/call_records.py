"""The daemon's call records as a reader of the files sees them, who is not the program that wrote them."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Record = dict[str, Any]


@dataclass
class CallRecords:
    """All records of a directory; a line that is not whole is counted, not read."""

    records: list[Record] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, directory: Path) -> CallRecords:
        found = cls()
        for file in sorted(directory.glob("calls-*.jsonl")):
            for line in file.read_text(errors="backslashreplace").split("\n"):
                if not line:
                    continue
                try:
                    found.records.append(json.loads(line))
                except ValueError:
                    found.torn.append(line)
        return found

    @property
    def by_id(self) -> dict[str, list[Record]]:
        calls: dict[str, list[Record]] = defaultdict(list)
        for record in self.records:
            calls[record["id"]].append(record)
        return calls

    @property
    def open(self) -> list[str]:
        """The calls without an end."""
        return [id for id, records in self.by_id.items() if records[-1]["event"] in ("start", "answered")]

    def events(self, number: str) -> list[list[str]]:
        """The events of each call to or from the number; of an end its result."""
        return [
            [record.get("result", record["event"]) for record in records]
            for records in self.by_id.values()
            if records[0].get("number") == number
        ]

    def expect_in_order(self) -> None:
        """Each call has exactly one start, which comes first, and at most one end, which comes last."""
        for id, records in self.by_id.items():
            events = [record["event"] for record in records]
            allowed = (["refused"], ["start"], ["start", "answered"], ["start", "end"], ["start", "answered", "end"])
            assert events in allowed, f"call {id}: {events}"
