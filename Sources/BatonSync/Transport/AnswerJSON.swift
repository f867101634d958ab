package import BatonWire
package import SwiftProtobuf

/// Reads JSON answers. Members that this version does not know are passed over, as a newer server
/// may send them (specification section 4.5).
package enum AnswerJSON {
    package static func decode<Message: SwiftProtobuf.Message>(
        _: Message.Type, from bytes: [UInt8]
    ) throws(WireFailure) -> Message {
        try Protobuf.decodeJSON(Message.self, from: bytes, passingOverUnknown: true)
    }
}
