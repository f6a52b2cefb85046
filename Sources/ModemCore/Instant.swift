/// A moment on the clock the shell reads for us: a machine is told the time, it never asks for it.
package typealias Instant = ContinuousClock.Instant
