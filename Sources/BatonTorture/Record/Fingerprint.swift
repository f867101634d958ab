import BatonWire
import Crypto
import SwiftProtobuf

/// What an event says, so short that a hundred thousand can be remembered.
struct Fingerprint: Hashable, Sendable {
    /// The first 64 bits of the SHA-256 of its encoding.
    let digest: UInt64
    /// The mark that its writer put in, if any.
    let mark: Mark?
    /// Whether the server refused it for good, and a record stands in its place.
    let isVoid: Bool

    init(of message: Baton_V1_Event) {
        digest = SHA256.hash(data: Protobuf.encode(message)).prefix(8)
            .reduce(0) { $0 << 8 | UInt64($1) }
        mark =
            message.operations.lazy
            .filter { $0.path == Self.markPath }
            .compactMap { Mark($0.set.stringValue) }.first
        isVoid = message.hasVoid
    }

    /// Where the mark stands in a cart.
    static let markPath = "/note"
}
