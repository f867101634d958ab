public import SwiftProtobuf

/// Decoding with bounds, and errors that say what to do.
public enum Protobuf {
    /// Nesting of messages: a value as deep as allowed takes three messages a level.
    private static let depth = 100

    /// Reads a message from its binary encoding. Unknown fields are kept.
    public static func decode<Message: SwiftProtobuf.Message>(
        _: Message.Type, from bytes: [UInt8]
    ) throws(WireFailure) -> Message {
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = depth
        do {
            return try Message(serializedBytes: bytes, options: options)
        } catch {
            throw WireFailure(
                .malformedProtobuf,
                "not a protobuf \(Message.protoMessageName) (\(error)); see protocol/baton.proto")
        }
    }

    /// Reads a message from its JSON form. Unknown members are refused, for JSON could not keep them;
    /// who reads without passing on may pass over them.
    public static func decodeJSON<Message: SwiftProtobuf.Message>(
        _: Message.Type, from bytes: [UInt8], passingOverUnknown: Bool = false
    ) throws(WireFailure) -> Message {
        var options = JSONDecodingOptions()
        options.messageDepthLimit = depth
        options.ignoreUnknownFields = passingOverUnknown
        do {
            return try Message(
                jsonUTF8Bytes: SurrogatePairs.unescaped(bytes), options: options)
        } catch {
            throw WireFailure(
                .malformedJSON,
                "not the JSON form of \(Message.protoMessageName) (\(error)); "
                    + "see protocol/baton.proto")
        }
    }

    /// A message's binary encoding, the same each time.
    public static func encode(_ message: some SwiftProtobuf.Message) -> [UInt8] {
        Deterministic.bytes(of: message)
    }

    /// A message's JSON form, in UTF-8.
    public static func encodeJSON(
        _ message: some SwiftProtobuf.Message
    ) throws(WireFailure) -> [UInt8] {
        var options = JSONEncodingOptions()
        options.useDeterministicOrdering = true
        do {
            return WholeNumbers.trimmed(try message.jsonUTF8Bytes(options: options))
        } catch {
            throw WireFailure(.malformedJSON, "the message has no JSON form (\(error))")
        }
    }
}
