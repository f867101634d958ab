import BatonCore
import BatonWire

/// Puts together a sync request around events' bytes as they were first encoded.
///
/// Decoding and encoding anew might yield other bytes, by which the log would take a retry for a
/// clone (specification section 4.3). Protobuf lets fields stand in any order, so a message without
/// its events, followed by these as raw fields, is the whole message.
package enum SyncMessage {
    /// The request's protobuf encoding.
    package static func encode(_ asks: [SyncAsk]) -> [UInt8] {
        var request: [UInt8] = []
        for ask in asks {
            var message = Baton_V1_StreamSync()
            message.stream = ask.stream.description
            message.after = ask.cursor
            message.replica = ask.replica.description
            var bytes = Protobuf.encode(message)
            if let batch = ask.batch { append(2, encode(batch), to: &bytes) }
            append(1, bytes, to: &request)
        }
        return request
    }

    private static func encode(_ batch: OutgoingBatch) -> [UInt8] {
        var message = Baton_V1_Batch()
        message.replica = batch.replica.description
        message.counter = batch.counter.rawValue
        var bytes = Protobuf.encode(message)
        for encoding in batch.encodings { append(4, encoding, to: &bytes) }
        return bytes
    }

    /// Appends a length-delimited field.
    private static func append(_ number: UInt8, _ content: [UInt8], to bytes: inout [UInt8]) {
        bytes.append(number << 3 | 2)
        var length = content.count
        while length >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: length) | 0x80)
            length >>= 7
        }
        bytes.append(UInt8(length))
        bytes.append(contentsOf: content)
    }
}
