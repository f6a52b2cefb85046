#!/usr/bin/env python3
"""Switches off one safeguard of the modem core after the other and shows which test notices.

Run by hand, from anywhere: Tests/Acceptance/mutations.py [WORD ...] runs those whose name holds a word, without one all.
It works on a copy, outside the package; each safeguard costs a build. Exit 1 when a change is not noticed.
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEST_LIMIT = 900  # seconds; a machine that spins is noticed, too

MANIFEST = """// swift-tools-version: 6.2
import PackageDescription
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
let package = Package(name: "patriot-dialler", targets: [
    .target(name: "Basics", swiftSettings: strict),
    .target(name: "ModemCore", dependencies: ["Basics"], swiftSettings: strict),
    .target(name: "Simulation", dependencies: ["Basics", "ModemCore"], swiftSettings: strict),
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(name: "ModemCoreTests", dependencies: ["Basics", "ModemCore", "TestSupport"], swiftSettings: strict),
    .testTarget(
        name: "SimulationTests", dependencies: ["Basics", "Simulation", "ModemCore", "TestSupport"],
        swiftSettings: strict),
])
"""

# Name, file of Sources/ModemCore, what stands there, what stands there instead.
MUTATIONS = [
    ("a call that is remembered is told at once", "CallMachine+Recall.swift",
     "call = remembered.call\n            begun = remembered.begun\n            return [.changed(remembered.call)]", "return []"),
    ("a wanted end outlives a silent modem", "CallMachine+Recall.swift",
     "recall?.remembered.wantsEnd = true\n", ""),
    ("a call of another boot is not adopted unseen", "RememberedCall.swift",
     "guard mayLast, age != nil else", "guard mayLast else"),
    ("a line without a memory is cleared", "CallMachine+Recall.swift",
     "isLineDoubtful = true\n            return []", "return []"),
    ("what takes long is refused in a call", "ModemMachine+Operator.swift",
     "if call != nil, let part = operatorCommand.slowPart { throw .slowInACall(part) }", ""),
    ("hang-up is proven by the list of calls", "CallMachine+HangUp.swift",
     "else { return end(hangUp.cause, now: now) + owed(entries, now: now) }\n        callID = entry.id",
     "else { return [] }\n        if true { return end(hangUp.cause, now: now) }\n        callID = entry.id"),
    ("one list without the call is not believed", "CallMachine+CallList.swift",
     "poll.absences >= policy.absencesToEnd", "poll.absences >= min(1, policy.absencesToEnd)"),
    ("a list confirms an end in its middle", "CallMachine+Reports.swift",
     "guard poll.isInFlight, isListInFlight else { return endChecked(cause, now: now) }",
     "if true { return endChecked(cause, now: now) }"),
    ("a dial that the modem swallows has failed", "ModemProfile.swift",
     "case .accepted, .startedThenAnswered: min(timeout, .seconds(20))", "case .accepted, .startedThenAnswered: timeout"),
    ("a modem that dies of the dial is given up", "CallMachine+Dial.swift", "answerDeadline = now + DialTiming.anyAnswer\n", ""),
    ("lines of a read are not the next command's", "ATChatMachine.swift",
     "guard case .ready = state, !isReading,", "guard case .ready = state,"),
    ("an end that crosses the dial is doubted", "CallMachine+Dial.swift",
     "return wasFreedJustNow(now: now)\n    }\n\n    /// The dial may", "return false\n    }\n\n    /// The dial may"),
    ("a failure that no command waits for is asked for", "CallMachine+Dial.swift",
     "case .up:\n            return failureStrayed(result, now: now)", "case .up:\n            return []"),
    ("a late reply is not the next command's", "ATChatMachine.swift",
     "phase: .draining,\n                deadline: now + Timing.quiet,\n                limit: now + Timing.drainLimit,\n"
     "                attemptsLeft: Self.resyncAttempts,",
     "phase: .settling,\n                deadline: now,\n                limit: now,\n"
     "                attemptsLeft: Self.resyncAttempts,"),
    ("nothing is asked where the modem forbids it", "CallMachine+CallList.swift",
     "case .alerting: return hasAlerted ? policy.setupInterval : PollTiming.patience", "case .alerting: return policy.setupInterval"),
    ("one command at a time", "ATChatMachine.swift",
     "guard case .ready = state, !isReading, !queue.isEmpty else { return [] }", "guard !queue.isEmpty else { return [] }"),
    ("only voice rows of the list count", "CallListEntry.swift",
     "[0, 3, 4, 5].contains(mode)", "mode >= 0"),
    ("6 and 7 in the list are calls that are over", "CallListEntry.swift",
     "default: nil", "default: .active"),
    ("late rings of a call just hung up are no new call", "CallMachine+Incoming.swift",
     "return tailRingReceived(now: now) ?? firstRingReceived(now: now)", "return firstRingReceived(now: now)"),
    ("an aborted dial still owes its result", "CallMachine+Reports.swift",
     "guard profile.kind == .gsm, isOurs(id: id), !isDialPending else { return [] }",
     "guard profile.kind == .gsm, isOurs(id: id) else { return [] }"),
    ("the echo is no answer", "ATChatMachine.swift",
     "if line == command.text {", "if line == command.text, line.isEmpty {"),
    ("the last tries of the PIN are left to a person", "SetupMachine+SIM.swift",
     "left < Self.minimumPINTries", "left < 0"),
    ("every state has an end", "CallMachine.swift",
     "if let deadline = stateDeadline, now >= deadline { return stateTimedOut(now: now) }",
     "if let deadline = stateDeadline, now >= deadline { stateDeadline = nil }"),
    ("a restart ends the call", "ModemMachine.swift",
     "if profile.resetBanners.contains(line) { return modemReset(now: now) }", ""),
    ("a hang-up goes before questions", "ATCommand.swift",
     "case .dial, .beforeDial, .answer, .hangUp, .clear, .handOver: true",
     "case .dial, .beforeDial, .answer, .hangUp, .clear, .handOver: false"),
    ("a line that was not proven free is cleared", "CallMachine+HangUp.swift",
     "keep(left, isTold: false)\n        return actions + [.giveUp]", "return actions + [.giveUp]"),
    ("a modem that echoes again is set up again", "ModemMachine.swift",
     "return actions + (chat.isBusy ? [] : setUpAnew(now: now))", "return actions"),
    ("a list that only waits has no middle", "CallMachine+Reports.swift",
     "guard poll.isInFlight, isListInFlight else", "guard poll.isInFlight else"),
    ("a person's command gives way to the call", "ModemMachine.swift",
     "(purpose.isUrgent ? endOperatorCommand(now: now) : [])", "[]"),
    ("a maker's report is no line of an answer", "ATChatMachine+Lines.swift",
     "|| prefixes.contains(where: line.hasPrefix)", ""),
    ("one command to clear the line is enough", "ATChatMachine.swift",
     "purpose != .clear || !queue.contains(request)", "true"),
    ("a new state is no longer in doubt", "CallMachine.swift",
     "isDoubted = false\n        reached(state)", "reached(state)"),
    ("nothing is asked behind the next dial", "CallMachine.swift",
     "actions += [.withdraw(.redialLock), .withdraw(.explain)]", ""),
    ("a caller who redials is asked for", "CallMachine+CallList.swift",
     "(phase == .idle && ringTail != nil)", "false"),
    ("a SIM that spoke up waits for the answer that is due", "SetupMachine.swift",
     "case .registration, .radio, .radioOn: isSIMChanged = true",
     "case .registration, .radio, .radioOn:\n            step = .simWait\n            retryAt = now"),
]


def is_pure(path):
    return not re.search(r"^\s*(package )?import (NIO|SerialDevice|PatriotCore|Logging)", path.read_text(), re.MULTILINE)


def copy(package):
    (package / "Package.swift").write_text(MANIFEST)
    for target in ("Basics", "ModemCore"):
        shutil.copytree(ROOT / "Sources" / target, package / "Sources" / target)
    for folder in ("TestSupport", "ModemCoreTests"):
        shutil.copytree(ROOT / "Tests" / folder, package / "Tests" / folder)
    for folder, name in [("Sources/Simulation", "*.swift"), ("Tests/SimulationTests", "*.swift")]:
        (package / folder).mkdir(parents=True)
        for path in (ROOT / folder).rglob(name):
            if is_pure(path) and not path.name.startswith("SimulatedPatriot") and path.name != "SimulatedTerminal.swift":
                shutil.copy(path, package / folder)


def run(package, *arguments):
    # A group of its own: what the command has started ends with it.
    process = subprocess.Popen(
        ["swift", *arguments],
        cwd=package,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=TEST_LIMIT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return False, "no end within the time limit"
    return process.returncode == 0, output


def test(package):
    """The quick tests first; the others only if those see nothing."""
    slow = "Storm|Invariant"
    for tests in (["ModemCoreTests", "--skip", slow], [slow], ["SimulationTests"]):
        good, output = run(package, "test", "--skip-build", "--filter", *tests)
        if not good:
            break
    return good, output


def failed_tests(output):
    names = re.findall(r"✘ Test (\w+\([^)]*\)) (?:recorded|with)", output)
    return list(dict.fromkeys(names)) or ["the test process"]


def build(package):
    good, output = run(package, "build", "--build-tests")
    if not good:
        sys.exit(f"does not build:\n{output[-3000:]}")


def main():
    words = [word.lower() for word in sys.argv[1:]]
    chosen = [m for m in MUTATIONS if not words or any(word in m[0].lower() for word in words)]
    survivors = []
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder:
        package = pathlib.Path(folder)
        copy(package)
        build(package)
        good, output = test(package)
        if not good:
            sys.exit(f"fails without any change: {', '.join(failed_tests(output))}\n{output[-3000:]}")
        for name, file, old, new in chosen:
            [path] = (package / "Sources/ModemCore").rglob(file)
            source = path.read_text()
            if source.count(old) != 1:
                survivors.append(name)
                print(f"STALE     {name}: {file} has {source.count(old)} times: {old}", flush=True)
                continue
            path.write_text(source.replace(old, new))
            build(package)
            good, output = test(package)
            path.write_text(source)
            if good:
                survivors.append(name)
                print(f"SURVIVED  {name}", flush=True)
            else:
                tests = failed_tests(output)
                more = f" and {len(tests) - 3} more" if len(tests) > 3 else ""
                print(f"noticed   {name}: {', '.join(tests[:3])}{more}", flush=True)
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} noticed")
    sys.exit(1 if survivors else 0)


if __name__ == "__main__":
    main()
