/// The files of the repository that these tests belong to.
package enum Repository {
    package static let path = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    /// What a file of at most 1 MiB holds.
    package static func text(of name: String) throws -> String {
        try TextFile.read("\(path)/\(name)", limit: 1 << 20)
    }

    /// What is in one of its directories, sorted.
    package static func names(in directory: String) throws -> [String] {
        try TemporaryDirectory.names(in: "\(path)/\(directory)")
    }

    /// The paths of all files below one of its directories.
    package static func files(below directory: String) throws -> [String] {
        try names(in: directory).flatMap { name in
            let path = "\(directory)/\(name)"
            return (try? files(below: path)) ?? [path]
        }
    }
}
