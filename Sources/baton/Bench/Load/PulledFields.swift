import BatonLog

/// What a device has to know of a pull's answer to go on, read without decoding an event.
struct PulledFields {
    private(set) var cursor = ""
    private(set) var more = false
    /// Events in the batches.
    private(set) var events = 0
    private(set) var hasSnapshot = false

    /// Reads an encoded `PullResponse`.
    init(_ bytes: [UInt8]) throws {
        var walk = FieldWalk(bytes[...])
        while let field = try walk.next() {
            switch field {
            case (1, .bytes): hasSnapshot = true
            case (2, .bytes(let batch)):
                var inner = FieldWalk(batch)
                while let field = try inner.next() {
                    if case (4, .bytes) = field { events += 1 }
                }
            case (3, .bytes(let text)): cursor = String(decoding: text, as: UTF8.self)
            case (4, .number(let number)): more = number != 0
            default: break
            }
        }
    }
}

/// The fields of a protobuf message, one after another, as far as this protocol uses them.
struct FieldWalk {
    enum Content {
        case number(UInt64)
        case bytes(ArraySlice<UInt8>)
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The next field's number and content; `nil` at the end.
    mutating func next() throws -> (Int, Content)? {
        guard !rest.isEmpty else { return nil }
        let tag = try varint()
        switch tag & 7 {
        case 0: return (Int(tag >> 3), .number(try varint()))
        case 2:
            let length = Int(try varint())
            guard length <= rest.count else { throw CommandFailure("an answer that is cut off") }
            defer { rest = rest.dropFirst(length) }
            return (Int(tag >> 3), .bytes(rest.prefix(length)))
        default: throw CommandFailure("an answer with a field of type \(tag & 7)")
        }
    }

    private mutating func varint() throws -> UInt64 {
        var (number, shift): (UInt64, UInt64) = (0, 0)
        while let byte = rest.popFirst() {
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        throw CommandFailure("an answer that is cut off")
    }
}
