public import BatonCore
public import SwiftProtobuf

extension Value {
    /// Reads a JSON value from its message; fractions and numbers beyond ±(2^53 − 1) are refused.
    public init(_ message: Google_Protobuf_Value) throws(WireFailure) {
        switch message.kind {
        case .nullValue, nil: self = .null
        case .boolValue(let flag): self = .boolean(flag)
        case .numberValue(let number): try self.init(wireNumber: number)
        case .stringValue(let string): self = .string(string)
        case .listValue(let list):
            var elements: [Value] = []
            elements.reserveCapacity(list.values.count)
            for element in list.values { elements.append(try Value(element)) }
            self = .list(elements)
        case .structValue(let object):
            var members: [ExactText: Value] = [:]
            members.reserveCapacity(object.fields.count)
            for (key, member) in object.fields { members[ExactText(key)] = try Value(member) }
            self = .object(members)
        }
    }

    /// Reads a number as the wire carries it.
    init(wireNumber number: Double) throws(WireFailure) {
        guard number.rounded() == number, number.magnitude <= Double(largestExactInteger) else {
            throw WireFailure(
                .malformedEvent,
                "\(number) is not a whole number within ±\(largestExactInteger); "
                    + "write amounts in minor units, other fractions as text")
        }
        self = .integer(Int64(number))
    }

    /// The value's message.
    public var message: Google_Protobuf_Value {
        switch self {
        case .null: return .with { $0.nullValue = .nullValue }
        case .boolean(let flag): return Google_Protobuf_Value(boolValue: flag)
        case .integer(let number): return Google_Protobuf_Value(numberValue: Double(number))
        case .text(let text): return Google_Protobuf_Value(stringValue: text.string)
        case .list(let elements):
            return Google_Protobuf_Value(
                listValue: Google_Protobuf_ListValue(values: elements.map(\.message)))
        case .object(let members):
            var object = Google_Protobuf_Struct()
            for (key, member) in members { object.fields[key.string] = member.message }
            return Google_Protobuf_Value(structValue: object)
        }
    }
}
