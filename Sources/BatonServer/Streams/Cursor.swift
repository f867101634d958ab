package import BatonCore
import BatonLog

/// Where a client stands in a stream's log: `epoch-offset`; opaque to clients.
package struct Cursor: Hashable, Sendable, CustomStringConvertible {
    package let epoch: String
    package let offset: Offset

    init(epoch: String, offset: Offset) {
        self.epoch = epoch
        self.offset = offset
    }

    /// Reads a cursor; the empty text stands before the first event of any log.
    package init(_ text: String, epoch: String) throws(Problem) {
        guard !text.isEmpty else {
            self.init(epoch: epoch, offset: .start)
            return
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[0].utf8.count <= 64,
            parts[0].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }),
            let offset = UInt64(digits: parts[1])
        else {
            throw Problem(
                .invalidCursor,
                "\"\(text.prefix(100))\" is not a cursor of this server; send one that an answer gave, "
                    + "or none to start from the first event")
        }
        self.init(epoch: String(parts[0]), offset: Offset(rawValue: offset))
    }

    package var description: String { "\(epoch)-\(offset)" }
}
