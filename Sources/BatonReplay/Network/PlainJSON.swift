import BatonCore
import Foundation

/// Reads JSON answers as values of the model.
enum PlainJSON {
    /// The value; `nil` if it is not JSON, or holds a number that is not whole.
    static func value(_ bytes: [UInt8]) -> Value? {
        try? JSONDecoder().decode(Decoded.self, from: Data(bytes)).value
    }

    private struct Decoded: Decodable {
        let value: Value

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                value = .null
            } else if let flag = try? container.decode(Bool.self) {
                value = .boolean(flag)
            } else if let number = try? container.decode(Int64.self) {
                value = .integer(number)
            } else if let text = try? container.decode(String.self) {
                value = .string(text)
            } else if let list = try? container.decode([Decoded].self) {
                value = .list(list.map(\.value))
            } else {
                let members = try container.decode([String: Decoded].self)
                value = .object(
                    Dictionary(
                        uniqueKeysWithValues: members.map { (ExactText($0.key), $0.value.value) }))
            }
        }
    }
}
