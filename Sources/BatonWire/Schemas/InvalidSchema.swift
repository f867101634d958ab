/// A schema document that must not be put in force: all that is wrong, and where.
public struct InvalidSchema: Error, Hashable, Sendable, CustomStringConvertible {
    /// One thing that is wrong.
    public struct Finding: Hashable, Sendable {
        /// Where in the document: an RFC 6901 JSON Pointer, empty for the whole.
        public let pointer: String
        /// What is wrong there and how to mend it.
        public let reason: String
    }

    /// What was found, at least one, in the order of the document as far as it was read.
    public let findings: [Finding]

    init(_ findings: [Finding]) { self.findings = findings }

    init(_ pointer: String, _ reason: String) {
        findings = [Finding(pointer: pointer, reason: reason)]
    }

    /// `pointer: reason` of each finding, a line each.
    public var description: String {
        findings.map { $0.pointer.isEmpty ? $0.reason : "\($0.pointer): \($0.reason)" }
            .joined(separator: "\n")
    }
}
