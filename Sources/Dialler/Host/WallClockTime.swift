import Glibc

/// A moment of the wall clock, for what people and records are told; nothing is ever timed by it.
package struct WallClockTime: Equatable, Hashable, Sendable {
    /// Since 1970-01-01T00:00:00Z, leap seconds not counted.
    package var seconds: Int
    /// 0...999.
    package var milliseconds: Int

    package init(seconds: Int, milliseconds: Int) {
        self.seconds = seconds
        self.milliseconds = milliseconds
    }

    /// What the clock shows now.
    package static func now() -> WallClockTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallClockTime(seconds: time.tv_sec, milliseconds: time.tv_nsec / 1_000_000)
    }

    /// What the clock shows now, in microseconds since 1970.
    package static func microseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
    }

    /// In UTC by ISO 8601: `2026-11-22T09:05:07.042Z`
    package var text: String {
        let parts = utc
        let fraction = String(String(1000 + milliseconds).suffix(3))
        return "\(parts.date)T\(parts.clock).\(fraction)Z"
    }

    /// Reads what ``text`` writes, and nothing else.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 24, let years = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]),
            let day = Self.number(bytes[8..<10]), let hour = Self.number(bytes[11..<13]),
            let minute = Self.number(bytes[14..<16]), let second = Self.number(bytes[17..<19]),
            let fraction = Self.number(bytes[20..<23])
        else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (Int32(years - 1900), Int32(month - 1), Int32(day))
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (Int32(hour), Int32(minute), Int32(second))
        self.init(seconds: timegm(&parts), milliseconds: fraction)
        // What the calendar does not have, timegm(3) moves to where it has it.
        guard self.text == text else { return nil }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard digits.allSatisfy(isDigit) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// From this moment to the other; negative if the clock was set back in between.
    package func duration(to other: WallClockTime) -> Duration {
        .seconds(other.seconds - seconds) + .milliseconds(other.milliseconds - milliseconds)
    }
}

extension WallClockTime: Comparable {
    package static func < (left: WallClockTime, right: WallClockTime) -> Bool {
        (left.seconds, left.milliseconds) < (right.seconds, right.milliseconds)
    }
}

/// The parts of a moment that a calendar and a clock show.
package struct CalendarTime: Equatable, Sendable {
    /// With its century.
    package var year: Int
    /// 1...12.
    package var month: Int
    /// 1...31.
    package var day: Int
    /// 0...23.
    package var hour: Int
    /// 0...59.
    package var minute: Int
    /// 0...60.
    package var second: Int

    fileprivate init(_ parts: tm) {
        year = Int(parts.tm_year) + 1900
        month = Int(parts.tm_mon) + 1
        day = Int(parts.tm_mday)
        hour = Int(parts.tm_hour)
        minute = Int(parts.tm_min)
        second = Int(parts.tm_sec)
    }

    /// `2026-11-22`
    package var date: String { "\(year)-\(twoDigits(month))-\(twoDigits(day))" }

    /// `09:05:07`
    package var clock: String { "\(twoDigits(hour)):\(twoDigits(minute)):\(twoDigits(second))" }
}

extension WallClockTime {
    /// In Coordinated Universal Time.
    package var utc: CalendarTime {
        var time = seconds
        var parts = tm()
        gmtime_r(&time, &parts)
        return CalendarTime(parts)
    }

    /// By the machine's time zone.
    package var local: CalendarTime {
        var time = seconds
        var parts = tm()
        localtime_r(&time, &parts)
        return CalendarTime(parts)
    }

    /// The midnight or the minute that the machine's time zone has then.
    package init(localYear year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0) {
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (Int32(clamping: year - 1900), Int32(month - 1), Int32(day))
        (parts.tm_hour, parts.tm_min) = (Int32(hour), Int32(minute))
        // Whether it is summer is found out.
        parts.tm_isdst = -1
        self.init(seconds: mktime(&parts), milliseconds: 0)
    }
}

/// `7` as `07`.
func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
}
