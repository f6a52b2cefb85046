import Glibc

/// The names in a folder.
package enum FolderListing {
    /// Without the dotted ones; nil when the folder may not be read. One that is not there has none.
    package static func names(in folder: String) -> [String]? {
        guard let stream = opendir(folder) else { return errno == ENOENT ? [] : nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: $0.pointee)) {
                    String(cString: $0)
                }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }
}
