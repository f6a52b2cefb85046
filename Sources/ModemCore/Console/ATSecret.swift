import Basics

/// Finds PINs, PUKs and passwords in text that goes to or comes from a modem, for the refusal and for the mask of the logs.
package enum ATSecret {
    /// From where on nothing of a line may be shown: behind the `=` of a command that takes a secret, and behind the `:` of an
    /// answer that gives one.
    ///
    /// Blanks, characters that are not shown, and the case of letters do not matter (V.250 5.2.1, 5.4.1). Several commands may stand in one line, so that the
    /// rest of the line goes too.
    /// - Returns: the index of a scalar; nil when nothing has to be hidden.
    package static func start(inLine line: [Unicode.Scalar]) -> Int? {
        let dense = line.indices.filter { !line[$0].properties.isWhitespace && !isInvisible(line[$0]) }
        for (position, index) in dense.enumerated() where line[index] == "=" || line[index] == ":" {
            let name = name(before: position, dense, line)
            let mayHide = line[index] == "=" ? mayTakeSecret(name) : answersWithSecret.contains(String(name))
            guard name.count > 1, mayHide else { continue }
            let value = value(behind: position, dense, line)
            if !value.isEmpty, line[index] == ":" || takesSecret(name, value) { return index + 1 }
        }
        return nil
    }

    /// In capitals, with the character before it where that is none of a name.
    private static func name(before position: Int, _ dense: [Int], _ line: [Unicode.Scalar]) -> Substring {
        var start = position
        while start > 0, isNamePart(line[dense[start - 1]]) { start -= 1 }
        if start > 0, line[dense[start - 1]].isASCII { start -= 1 }
        return String(String.UnicodeScalarView(dense[start..<position].map { line[$0] })).uppercased()[...]
    }

    private static func value(behind position: Int, _ dense: [Int], _ line: [Unicode.Scalar]) -> Substring {
        var isQuoted = false
        let rest = dense[(position + 1)...].prefix { index in
            if line[index] == "\"" { isQuoted.toggle() }
            return isQuoted || line[index] != ";"
        }
        return String(String.UnicodeScalarView(rest.map { line[$0] })).uppercased()[...]
    }

    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "a"..."z", "0"..."9": true
        default: false
        }
    }

    /// What stands before the name may be the end of something else: an echo is glued to what came before it.
    private static func mayTakeSecret(_ name: Substring) -> Bool {
        ATCommandTable.mayTakeSecret(name) || name.hasSuffix("CSIM")
    }

    private static func takesSecret(_ name: Substring, _ value: Substring) -> Bool {
        guard value != "?" else { return false }
        return ATCommandTable.effect(of: name, value: value).map { $0 == .takesSecret } ?? mayTakeSecret(name)
    }

    /// They give back the user and the password of a connection, or the key of the modem, when they are asked.
    private static let answersWithSecret: Set<String> = [
        "+CGAUTH", "+QICSGP", "+UAUTHREQ", "+UPSD", "^AUTHDATA", "^SGAUTH", "^SICS", "$QCPDPP", "#PDPAUTH", "*EIAAUW",
        "+CSOCKAUTH", "+SAPBR", "+CSTT", "+XGAUTH", "!ENTERCND",
    ]
}
