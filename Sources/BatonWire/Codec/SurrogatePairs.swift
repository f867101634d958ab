/// Writes escaped surrogate pairs of JSON as the scalar that they mean.
///
/// SwiftProtobuf 1.39 joins the halves of a pair by "or" where it must add (`JSONScanner.swift`, `0x10000 |
/// high << 10 | low`), so that `\ud842\udfb7` (U+20BB7, as in a Japanese name) reads as U+10BB7. A
/// scalar that is not escaped is read as it is, so no pair is left for it.
enum SurrogatePairs {
    /// The JSON with its escaped pairs as UTF-8; the same bytes where it has none. O(bytes).
    static func unescaped(_ json: [UInt8]) -> [UInt8] {
        guard json.contains(UInt8(ascii: "\\")) else { return json }
        var result: [UInt8] = []
        result.reserveCapacity(json.count)
        var index = 0
        while index < json.count {
            guard json[index] == UInt8(ascii: "\\"), index + 1 < json.count else {
                result.append(json[index])
                index += 1
                continue
            }
            if let scalar = pair(in: json, at: index) {
                result.append(contentsOf: Array(String(Character(scalar)).utf8))
                index += 12
            } else {
                // A backslash escapes what follows, another backslash too.
                result.append(json[index])
                result.append(json[index + 1])
                index += 2
            }
        }
        return result
    }

    /// The scalar whose two halves are escaped from `index` on; `nil` where that is no pair.
    private static func pair(in json: [UInt8], at index: Int) -> Unicode.Scalar? {
        guard let high = unit(in: json, at: index), (0xD800...0xDBFF).contains(high),
            let low = unit(in: json, at: index + 6), (0xDC00...0xDFFF).contains(low)
        else { return nil }
        return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    }

    /// The code unit that `\uXXXX` at `index` escapes; `nil` where it is something else.
    private static func unit(in json: [UInt8], at index: Int) -> UInt32? {
        guard index + 6 <= json.count, json[index] == UInt8(ascii: "\\"),
            json[index + 1] == UInt8(ascii: "u")
        else { return nil }
        var unit: UInt32 = 0
        for byte in json[(index + 2)..<(index + 6)] {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 | UInt32(byte - 48)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): unit = unit << 4 | UInt32(byte - 87)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): unit = unit << 4 | UInt32(byte - 55)
            default: return nil
            }
        }
        return unit
    }
}
