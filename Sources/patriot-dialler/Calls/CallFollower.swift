import Dialler
import Glibc

/// `calls --follow`: prints each call when its end is recorded, until nobody reads any more.
struct CallFollower {
    enum Format {
        case json
        case csv
        case table(showsReasons: Bool)
    }

    /// How often it is looked whether a record was added.
    private static let interval: CInt = 500
    /// A call may have begun so long before its end.
    private static let longestCall = 86_400

    let place: CallRecordPlace
    let showsLines: Bool
    let format: Format

    /// - Parameter read: the calls of those directories that are wanted, from then on.
    func run(
        after calls: [RecordedCall],
        read: ([CallRecordDirectory], WallClockTime) throws -> [RecordedCall]
    ) throws {
        let now = WallClockTime.now()
        let since = WallClockTime(seconds: now.seconds - Self.longestCall, milliseconds: 0)
        var directories = try place.directories()
        var sizes = Self.sizes(of: directories)
        // What ended before is shown only where it was asked for.
        var shown = Set(try read(directories, since).filter { $0.ending != nil }.map(\.subject.id))
        begin(calls)
        for call in calls where call.ending != nil { shown.insert(call.subject.id) }
        while Self.hasReader() {
            directories = try place.directories()
            let newSizes = Self.sizes(of: directories)
            guard newSizes != sizes else { continue }
            sizes = newSizes
            for call in try read(directories, since) where call.ending != nil {
                if shown.insert(call.subject.id).inserted { show(call) }
            }
        }
    }

    /// Of all files with records: a record that is added makes one longer.
    private static func sizes(of directories: [CallRecordDirectory]) -> [String: Int] {
        var sizes: [String: Int] = [:]
        for directory in directories {
            for month in (try? directory.months()) ?? [] {
                let path = "\(directory.path)/\(month.fileName)"
                var status = stat()
                if stat(path, &status) == 0 { sizes[path] = status.st_size }
            }
        }
        return sizes
    }

    /// Waits for the interval; false when nobody reads standard output any more.
    private static func hasReader() -> Bool {
        var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        return poll(&output, 1, interval) <= 0
    }

    // MARK: Printing

    private func begin(_ calls: [RecordedCall]) {
        switch format {
        case .json: break
        case .csv: StandardOutput.write(line: CallListing.csvHeading)
        case .table: StandardOutput.write(line: CallTable.heading(showsLines: showsLines))
        }
        for call in calls { show(call) }
    }

    private func show(_ call: RecordedCall) {
        switch format {
        case .json: StandardOutput.write(line: "\(CallListing(call).json)")
        case .csv: StandardOutput.write(line: CallListing(call).csv)
        case .table(let showsReasons):
            StandardOutput.write(line: CallTable.row(call, showsLines: showsLines, showsReasons: showsReasons))
        }
    }
}
