import BatonWire
import SwiftProtobuf

/// Reads JSON answers. Members that this version does not know are passed over, as a newer server
/// may send them (specification section 4.5).
enum AnswerJSON {
    static func decode<Message: SwiftProtobuf.Message>(
        _: Message.Type, from bytes: [UInt8]
    ) throws(WireFailure) -> Message {
        var options = JSONDecodingOptions()
        options.ignoreUnknownFields = true
        do {
            return try Message(jsonUTF8Bytes: bytes, options: options)
        } catch {
            throw WireFailure(
                .malformedJSON, "not the JSON form of \(Message.protoMessageName) (\(error))")
        }
    }
}
