import Glibc

/// The process's own environment.
package enum ProcessEnvironment {
    /// All variables, as they are now. A name that stands twice has its first value, as getenv(3) has it; text that is
    /// not UTF-8 is repaired.
    package static var variables: [String: String] {
        var variables: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let separator = text.firstIndex(of: "=") {
                let name = String(text[..<separator])
                if variables[name] == nil { variables[name] = String(text[text.index(after: separator)...]) }
            }
            next += 1
        }
        return variables
    }
}
