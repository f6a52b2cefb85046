import PatriotCore

/// A stranger's first message: one key at most opens the session, the answer is JSON that says which of the two it is, and
/// neither the answer nor the log shows the key.
enum InitRequestFuzzing {
    private static let key = APIKey("ABC123DEF456")
    private static let otherKey = APIKey("ABC123DEF457")

    static func check(_ bytes: [UInt8]) throws {
        let (request, refusal) = InitRequest.check(bytes, against: key)
        if let refusal {
            try isFitForLog(refusal.description)
            try isFitForLog(refusal.answer)
        }
        guard let request else { return try hold(refusal != nil, "let in without a request") }
        if refusal == nil {
            try hold(request.key == .text(key), "let in with \(request.key)")
            try hold(InitRequest.check(bytes, against: otherKey).refusal == .wrongKey, "let in by any key")
        }
        let answer = request.response(error: refusal?.answer)
        try hold(answer.count <= 1000, "an answer of \(answer.count) bytes")
        let read = InitResponse(decoding: answer)
        try hold(
            read == InitResponse(success: refusal == nil, error: refusal?.answer),
            "answered \(String(describing: read))"
        )
        // What comes back is the type and the requestId, which may be anything, the key too: then it was in the clear anyway.
        guard !request.type.contains(key.text), request.requestID.map({ !"\($0)".contains(key.text) }) ?? true else {
            return
        }
        try hold(!String(decoding: answer, as: UTF8.self).contains(key.text), "the answer holds the key")
    }
}
