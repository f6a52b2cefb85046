/// Somebody ended the questions before their end.
struct Abandoned: Error {}

/// Gets each answer from its flag, else from the person at the terminal, else takes the default. Where nobody can be asked
/// it notes what is missing and goes on, so that all of it can be told at once.
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

    /// Whether a question with a default is put to somebody.
    var asks: Bool { isTerminal && !takesDefaults }

    /// Typing `-` means nothing, where nothing is an answer.
    /// - Parameter given: what the flag says, which was checked before; `nil` without the flag.
    mutating func answer(_ question: Question, given: String?) throws(Abandoned) -> String {
        if let given { return given }
        if takesDefaults, let standard = question.standard { return standard }
        guard isTerminal else {
            note(question)
            return question.standard ?? ""
        }
        while true {
            let answer = try Self.typed(question)
            if answer.isEmpty {
                if let standard = question.standard { return standard }
                StandardOutput.write(line: "  An answer is required.")
            } else if answer == "-", !question.isSecret, question.fault("") == nil {
                return ""
            } else if let fault = question.fault(answer) {
                StandardOutput.write(line: "  \(fault)")
            } else {
                return answer
            }
        }
    }

    /// Notes a flag that is needed.
    mutating func note(_ question: Question) {
        let standard = question.standard.map { " (default: \($0.isEmpty ? "none" : $0))" }
        missing.append("  \(question.flag)\(standard ?? "")\n      \(question.text)")
    }

    /// Yes or no; Enter means no unless said otherwise.
    static func isYes(_ text: String, standard: Bool = false) throws(Abandoned) -> Bool {
        while true {
            guard let answer = Terminal.answer("\(text) [\(standard ? "Y/n" : "y/N")] ") else { throw Abandoned() }
            switch answer.lowercased() {
            case "": return standard
            case "y", "yes": return true
            case "n", "no": return false
            default: StandardOutput.write(line: "  Answer y or n.")
            }
        }
    }

    private static func typed(_ question: Question) throws(Abandoned) -> String {
        let standard = question.standard.map { $0.isEmpty ? "" : " [\($0)]" } ?? ""
        let answer =
            question.isSecret
            ? Terminal.secret("\(question.text): ") : Terminal.answer("\(question.text)\(standard): ")
        guard let answer else { throw Abandoned() }
        return answer
    }
}
