import BatonCore
package import BatonLog
import BatonWire

/// Why a stream was not compacted: what went wrong and how it may be remedied. Nothing was dropped,
/// unless it says otherwise.
package struct CompactionFailure: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is, by a stable name.
    package enum Code: String, Sendable, CaseIterable {
        /// The state that would be left is another one than the state that is there.
        case stateDiffers = "state-differs"
        /// The log is not what was written.
        case damaged = "log-damaged"
        /// Another compaction of the same stream went ahead.
        case overtaken = "compaction-overtaken"
        /// The log failed.
        case log = "log-failed"
        /// The archive failed.
        case archive = "archive-failed"
    }

    /// What kind of failure it is.
    package let code: Code
    /// The stream.
    package let key: StreamKey
    /// What went wrong and how it may be remedied.
    package let message: String
    /// What the layer below said, if anything.
    package let cause: String?
    /// Where in the source it was found.
    package let location: String

    /// Joins the parts.
    package init(
        _ code: Code, _ key: StreamKey, _ message: String, cause: String? = nil,
        file: String = #fileID, line: Int = #line
    ) {
        self.code = code
        self.key = key
        self.message = message
        self.cause = cause
        location = "\(file):\(line)"
    }

    /// `code: tenant stream: message (cause)`.
    package var description: String {
        "\(code.rawValue): \(key.tenant) \(key.stream): \(message)"
            + (cause.map { " (\($0))" } ?? "")
    }
}

extension CompactionFailure {
    static func differs(
        _ key: StreamKey, before: StateSummary, after: StateSummary
    ) -> CompactionFailure {
        let difference =
            before.hash == after.hash
            ? "it would cover other events (state hash \(before.hash))"
            : "the state hash is \(before.hash) before and would be \(after.hash) after"
        return CompactionFailure(
            .stateDiffers, key,
            "\(difference); nothing was changed: run baton verify, and report it as a bug")
    }

    static func overtaken(_ key: StreamKey) -> CompactionFailure {
        CompactionFailure(
            .overtaken, key, "another process compacted the stream meanwhile: run it again")
    }

    static func damaged(_ key: StreamKey, at offset: Offset) -> CompactionFailure {
        CompactionFailure(
            .damaged, key,
            "the log is not what was written from offset \(offset) on, nothing was changed: run "
                + "baton verify")
    }
}

/// What must be the same before and after: the state hash and what is covered.
struct StateSummary: Hashable {
    let hash: StateHash
    let vector: VersionVector

    init(of state: StreamState) {
        hash = StateHash(of: state)
        vector = state.vector
    }
}
