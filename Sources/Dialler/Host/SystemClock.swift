import CLinux
import Glibc

/// What the system knows of its own clock.
enum SystemClock {
    /// Whether it was set by a time server (adjtimex(2), `STA_UNSYNC`); a clock that only counts since it was switched on, or was
    /// set by hand, is not.
    ///
    /// The unit forbids to ask (`ProtectClock=`); systemd-timesyncd says it in a file, too.
    static var isSynchronized: Bool {
        if access("/run/systemd/timesync/synchronized", F_OK) == 0 { return true }
        var state = timex()
        let result = adjtimex(&state)
        return result >= 0 && result != TIME_ERROR && state.status & STA_UNSYNC == 0
    }
}
