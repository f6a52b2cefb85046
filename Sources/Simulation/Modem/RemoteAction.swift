/// What the called party does when it is dialled. Times count from the moment the digits are out, before any speed-up.
package enum RemoteReaction: Equatable, Sendable {
    /// A person takes the call.
    case answerAfter(Duration)
    /// A modem takes the call: a data dial connects.
    case modemAnswersAfter(Duration)
    case busyAfter(Duration)
    case rejectAfter(Duration)
    /// Rings until somebody acts.
    case ringForever
    /// Rings until the network gives up after a minute.
    case noAnswer
    /// The number does not exist (24.008 cause 1).
    case unobtainable
    /// Nothing dialled goes out: the line is in use elsewhere, or barred by the modem itself (analog).
    case lineInUse, delayed, blacklisted
}

/// What happens to the modem from outside: the remote party, the network, the cable, a fault.
package enum RemoteAction: Equatable, Sendable {
    /// The remote party takes our call.
    case answer
    case busy
    case noAnswer
    case reject
    /// The remote party ends the call, or stops calling.
    case hangUp
    /// Somebody calls us, and gives up after that many rings.
    case ring(SimulatedCaller, times: Int)
    case stopRinging
    /// The operator lifts or replaces the handset that is parallel to the modem (analog).
    case handset(lifted: Bool)
    /// The telephone cord (analog).
    case lineCord(plugged: Bool)
    /// The +CREG `<stat>` (GSM).
    case registration(Int)
    /// The +CSQ `<rssi>` (GSM).
    case signal(Int)
    /// The USB plug. The machine loses power.
    case unplug, replug
    /// The modem neither reacts nor answers.
    case silence(Bool)
    /// The modem starts again by itself.
    case reset
    /// Somebody switches the echo.
    case echo(Bool)
    /// An unsolicited line, as it stands.
    case noise(String)
    /// From a command to its reply, from now on.
    case replyDelay(Duration)
    case dropNextLine
    case duplicateNextLine
    /// The first half of the next line is lost.
    case corruptNextLine
    /// The next end of a call is not told, by any line.
    case loseNextEnd(Bool)
    /// The next dial takes more power than there is: the modem vanishes for three seconds.
    case brownOut
    /// A second caller knocks while a call is up, and gives up after four times (GSM).
    case wait(SimulatedCaller)
    /// ATH says OK and does nothing, whatever +CVHU says.
    case lyingHangUp(Bool)
    /// What the next dialled party does.
    case reaction(RemoteReaction)

    /// A call with that caller ID; nil is a caller who withholds it.
    package static func ring(callerID: String?, times: Int = 8) -> RemoteAction {
        .ring(callerID.map { .number($0) } ?? .withheld, times: times)
    }
}
