import ModemCore
import TestSupport
import Testing

/// The dialogues of `Field/`, each whole, glued and split at every byte.
@Suite struct FieldTests {
    private static let names = (try? Repository.names(in: "Tests/ModemCoreTests/Field")) ?? []

    @Test func thereAreCasesOfManyFamilies() throws {
        let cases = try Self.names.map(Self.read)
        #expect(cases.count >= 25)
        let profiles = Set(cases.compactMap(\.profile?.name))
        #expect(Set(ModemProfile.all.map(\.name)).subtracting(profiles) == [])
        #expect(cases.contains { $0.profile == nil })
    }

    @Test(arguments: names)
    func patriotIsToldTheTruth(_ name: String) throws {
        let field = try Self.read(name)
        for feeding in [.whole, .glued, .bytewise] + Feeding.everyByte {
            let bench = Self.bench(for: field)
            bench.begin(feeding)
            FieldPlayer(bench: bench, field: field).play(glued: feeding == .glued)
            guard !bench.hasFailed else { break }
        }
    }

    private static func read(_ name: String) throws -> FieldCase {
        try FieldCase(name: name, text: Repository.text(of: "Tests/ModemCoreTests/Field/\(name)"))
    }

    private static func bench(for field: FieldCase) -> Bench {
        guard !field.isPlugged else {
            return Bench(field.profile ?? .genericGSM, identifiesProfile: field.profile == nil)
        }
        // Where the set-up is not what the case is about, its many commands are left out.
        let bench = Bench(field.profile ?? .genericGSM, options: ModemOptions(initOverride: ["+CMEE=1"]))
        bench.becomeReady()
        return bench
    }
}

/// Plays one case on a bench and checks what it says.
struct FieldPlayer {
    let bench: Bench
    let field: FieldCase

    func play(glued: Bool) {
        var told = 0
        for (index, step) in field.steps.enumerated() {
            // The answers that follow an event are the modem's from that event on.
            let answers = field.steps[(index + 1)...].prefix { if case .reply = $0 { true } else { false } }
            switch step {
            case .act(let action):
                answers.forEach(register)
                act(action)
            case .received(let lines):
                answers.forEach(register)
                let blocks = lines.map { "\r\n\($0)\r\n" }
                for block in glued ? [blocks.joined()] : blocks { bench.feed(block) }
            case .pause(let duration): bench.wait(duration)
            case .reply: register(step)
            case .told(let expected):
                let all = self.told
                let news = Array(all.dropFirst(told))
                bench.check(news == expected, "\(field), step \(index): told \(news)")
                told = all.count
            case .ended(let word):
                let cause = bench.outcome.causes.last?.name ?? "no end"
                bench.check(cause == word, "\(field), step \(index): \(cause)")
            case .state(let word):
                bench.check(bench.readiness.word == word, "\(field), step \(index): \(bench.readiness)")
            }
        }
        for case .reply(let command, _) in field.steps {
            bench.check(bench.outcome.sent.contains(command), "\(field): never wrote \(command)")
        }
    }

    private func register(_ step: FieldCase.Step) {
        guard case .reply(let command, let lines) = step else { return }
        bench.replies[command] = lines.map { "\r\n\($0)\r\n" }.joined()
    }

    private func act(_ action: FieldCase.Action) {
        switch action {
        case .dial(let number): bench.dial(number)
        case .hangUp: bench.hangUp()
        case .answer: bench.answer()
        case .plug: bench.plug()
        case .unplug: bench.unplug()
        }
    }

    /// One update for each change of what Patriot sees.
    private var told: [FieldCase.Told] {
        bench.outcome.calls.map(FieldCase.Told.init).reduce(into: []) { list, next in
            if (list.last ?? .none) != next { list.append(next) }
        }
    }
}
