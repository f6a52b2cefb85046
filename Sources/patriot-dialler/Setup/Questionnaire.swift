/// Why a question was left without an answer.
enum Interruption: Error {
    /// By Ctrl-C or Ctrl-D, or because nothing is to be written.
    case ended
    /// By `<`: to the question before.
    case back
}

/// Gets each answer from its flag, else from the person at the terminal, else takes the default. Where nobody can be asked
/// it notes what is missing and goes on, so that all of it can be reported at once.
///
/// To go back, call ``goBack()`` and ask all questions again from the first: those answered before are not shown again.
struct Questionnaire {
    /// What is asked.
    struct Question {
        /// The flag that answers it, with its value: `--port NUMBER`.
        var flag: String
        var text: String
        /// What Enter means; empty for nothing, `nil` when there has to be an answer.
        var standard: String?
        /// Why the answer is wrong, and what would be right; `nil` if it is not.
        var fault: (String) -> String?
        /// Whether it must not be seen, nor shown as the default.
        var isSecret = false
    }

    /// Whether a person sits at standard input.
    let isTerminal: Bool
    /// Whether what has a default is not asked.
    let takesDefaults: Bool
    /// The flags that are needed where nobody can be asked, and what for.
    private(set) var missing: [String] = []
    /// What was answered so far, by the questions' texts.
    private var answered: [(text: String, answer: String)] = []
    /// How many of ``answered`` were asked for since the last ``goBack()``.
    private var position = 0
    /// What was answered to questions that are asked again.
    private var drafts: [String: String] = [:]

    /// Where ``say(_:)`` writes a line.
    private let output: (String) -> Void

    init(
        isTerminal: Bool,
        takesDefaults: Bool,
        output: @escaping (String) -> Void = StandardOutput.write(line:)
    ) {
        self.isTerminal = isTerminal
        self.takesDefaults = takesDefaults
        self.output = output
    }

    /// Whether the next question was answered before.
    private var isReplaying: Bool { position < answered.count }

    /// Whether a question with a default is put to somebody.
    var asks: Bool { isTerminal && !takesDefaults }

    /// Typing `-` means nothing, where nothing is an answer; `<` means the question before.
    /// - Parameter given: what the flag says, which was checked before; `nil` without the flag.
    mutating func answer(_ question: Question, given: String?) throws(Interruption) -> String {
        if let given { return given }
        if takesDefaults, let standard = question.standard { return standard }
        guard isTerminal else {
            note(question)
            return question.standard ?? ""
        }
        defer { position += 1 }
        if isReplaying { return answered[position].answer }
        let answer = try asked(question)
        // The first is for the line's name: what was typed for one line is no default for another.
        if answered.isEmpty, drafts[question.text].map({ $0 != answer }) ?? false { drafts = [:] }
        answered.append((question.text, answer))
        return answer
    }

    private func asked(_ question: Question) throws(Interruption) -> String {
        let draft = drafts[question.text]
        while true {
            let answer = try typed(question, draft: draft)
            if answer.isEmpty {
                if let standard = draft ?? question.standard { return standard }
                StandardOutput.write(line: "  An answer is required.")
            } else if answer == "-", !question.isSecret, question.fault("") == nil {
                return ""
            } else if let fault = question.fault(answer) {
                say("  \(fault)")
            } else {
                return answer
            }
        }
    }

    /// Takes the last answer back, so that its question is the next that is put to somebody.
    mutating func goBack() {
        if let last = answered.popLast() { drafts[last.text] = last.answer }
        position = 0
        missing = []
    }

    /// For a person at the terminal, as wide as that is; not again for questions that were answered before.
    func say(_ text: String) {
        guard !isReplaying else { return }
        output(Self.wrapped(text))
    }

    /// Notes a flag that is needed.
    mutating func note(_ question: Question) {
        let standard = question.standard.map { " (default: \($0.isEmpty ? "none" : $0))" }
        missing.append("  \(question.flag)\(standard ?? "")\n      \(question.text)")
    }

    /// Yes or no; Enter means no unless said otherwise.
    func isYes(_ text: String, standard: Bool = false) throws(Interruption) -> Bool {
        while true {
            switch try line("\(text) [\(standard ? "Y/n" : "y/N")] ").lowercased() {
            case "": return standard
            case "y", "yes": return true
            case "n", "no": return false
            default: StandardOutput.write(line: "  Answer y or n.")
            }
        }
    }

    /// What is typed as an answer; not checked.
    func line(_ prompt: String, isSecret: Bool = false) throws(Interruption) -> String {
        let prompt = Self.wrapped(prompt)
        while true {
            guard let answer = isSecret ? Terminal.secret(prompt) : Terminal.answer(prompt) else { throw .ended }
            guard answer == "<" else { return answer }
            guard answered.isEmpty else { throw .back }
            StandardOutput.write(line: "  There is no question before this one.")
        }
    }

    /// - Parameter draft: the answer that was given before; Enter takes it.
    private func typed(_ question: Question, draft: String?) throws(Interruption) -> String {
        let standard = draft ?? question.standard ?? ""
        let shown = question.isSecret ? (draft ?? "").isEmpty ? "" : " [as typed before]" : " [\(standard)]"
        return try line("\(question.text)\(standard.isEmpty ? "" : shown): ", isSecret: question.isSecret)
    }

    /// At words to the width of the terminal, each line as far in as it was; as it is where the width is not known.
    private static func wrapped(_ text: String) -> String {
        guard let width = StandardOutput.width else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            guard line.count > width else { return String(line) }
            let indent = line.prefix { $0 == " " }
            let parts = ScreenLine.wrapped(String(line), to: width - indent.count).map { indent + $0 }
            // The blank between a question and its answer stays.
            return parts.joined(separator: "\n") + (line.last == " " ? " " : "")
        }.joined(separator: "\n")
    }
}
