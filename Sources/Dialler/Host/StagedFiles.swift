import Glibc

/// Files that are replaced together: all of them or none. What they replace is kept as `….bak`.
struct StagedFiles {
    /// What a file is to hold.
    struct File {
        var path: String
        var bytes: [UInt8]
        var mode: mode_t
        /// Of a new file; `nil` for who runs the program. One that is there keeps its own.
        var owner: StagedFile.Owner?
    }

    /// A file that is there.
    struct OldFile {
        var bytes: [UInt8]
        var mode: mode_t
        var owner: StagedFile.Owner
    }

    private var staged: [StagedFile] = []

    /// Writes those that change, each beside its place.
    init(_ files: [File]) throws(LineInstallationError) {
        do throws(LineInstallationError) {
            for file in files { try stage(file) }
        } catch {
            discard()
            throw error
        }
    }

    /// The files that change, in their order.
    var targets: [String] { staged.map(\.target) }

    /// Where the new content of a file is until `commit`; nil for one that does not change.
    func place(of target: String) -> String? { staged.first { $0.target == target }?.path }

    /// Removes what was not committed.
    func discard() {
        for file in staged { file.discard() }
    }

    /// The file that is there; nil for none.
    static func old(_ path: String) throws(LineInstallationError) -> OldFile? {
        do throws(FileReadingError) {
            let file = try SmallFile.read(path, limit: 1 << 20)
            var status = stat()
            guard stat(path, &status) == 0 else { throw FileReadingError(errno: errno) }
            let owner = StagedFile.Owner(user: status.st_uid, group: status.st_gid)
            return OldFile(bytes: file.bytes, mode: file.mode, owner: owner)
        } catch .notFound {
            return nil
        } catch {
            throw .unreadable(file: path, error.description)
        }
    }

    /// Puts the files into their places; on a failure those that are there already are taken out again.
    /// - Returns: where the old ones are kept.
    func commit() throws(LineInstallationError) -> [String] {
        var done: [(file: StagedFile, backup: String?)] = []
        for file in staged {
            do throws(FileWritingError) {
                let backup = try Self.keep(file)
                try file.commit()
                done.append((file, backup))
            } catch {
                for (file, backup) in done.reversed() {
                    if let backup { rename(backup, file.target) } else { unlink(file.target) }
                }
                throw .unwritable(file: file.target, error.description)
            }
        }
        return done.compactMap(\.backup)
    }

    private mutating func stage(_ file: File) throws(LineInstallationError) {
        let before = try Self.old(file.path)
        if before?.bytes == file.bytes, before?.mode == file.mode { return }
        do throws(FileWritingError) {
            let owner = before?.owner ?? file.owner
            staged.append(try StagedFile(for: file.path, bytes: file.bytes, mode: file.mode, owner: owner))
        } catch {
            throw .unwritable(file: file.path, error.description)
        }
    }

    /// Gives the file that is there a second name, which it keeps when the new one takes the first; a secret that was open
    /// to others is so no longer.
    private static func keep(_ file: StagedFile) throws(FileWritingError) -> String? {
        let backup = file.target + ".bak"
        unlink(backup)
        guard link(file.target, backup) == 0 else {
            guard errno == ENOENT else { throw FileWritingError(call: "link", errno: errno) }
            return nil
        }
        chmod(backup, file.mode)
        return backup
    }
}
