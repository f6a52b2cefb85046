/// A moment on the clock the shell reads for us: a machine is told the time, it never asks for it.
package typealias Instant = ContinuousClock.Instant

/// The first of those that are awaited; nil when none is.
func earliest(_ deadlines: Instant?...) -> Instant? {
    var first: Instant?
    for case let deadline? in deadlines where first.map({ deadline < $0 }) ?? true { first = deadline }
    return first
}
