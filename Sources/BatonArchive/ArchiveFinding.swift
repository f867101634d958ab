package import BatonCore
package import BatonLog

/// Where an archive is not what was written, and how that shows (`protocol/archive.md`, section 6).
package struct ArchiveFinding: Hashable, Sendable, CustomStringConvertible {
    /// Whose entries are damaged; `nil` where that cannot be told.
    package let stream: StreamKey?
    /// The file, by its path below the archive.
    package let file: String
    /// The first offset that cannot be trusted; `nil` where no entry is in doubt.
    package let offset: Offset?
    /// What is wrong there.
    package let reason: String

    /// Joins the parts.
    package init(stream: StreamKey?, file: String, offset: Offset? = nil, reason: String) {
        self.stream = stream
        self.file = file
        self.offset = offset
        self.reason = reason
    }

    /// `acme cust-1 offset 7: reason (acme/cust-1/0000000000000001.entries)`.
    package var description: String {
        let place = [
            stream.map { "\($0.tenant) \($0.stream)" }, offset.map { "offset \($0)" },
        ].compactMap(\.self).joined(separator: " ")
        return (place.isEmpty ? "" : place + ": ") + "\(reason) (\(file))"
    }
}
