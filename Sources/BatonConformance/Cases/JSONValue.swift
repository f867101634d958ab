import BatonCore
import BatonWire
import SwiftProtobuf

/// JSON of whole numbers, as the core holds it.
enum JSONValue {
    static func read(_ bytes: [UInt8]) throws(WireFailure) -> Value {
        try Value(Protobuf.decodeJSON(Google_Protobuf_Value.self, from: bytes))
    }
}
