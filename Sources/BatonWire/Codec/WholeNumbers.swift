/// Writes whole numbers as such: a protobuf value holds 2 as a double, whose JSON would be `2.0`,
/// which readers that want an integer refuse. All numbers of ours are whole (specification 2.4).
enum WholeNumbers {
    /// The JSON with `.0` taken off its numbers. O(bytes).
    static func trimmed(_ json: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(json.count)
        var isInString = false
        var index = 0
        while index < json.count {
            let byte = json[index]
            if isInString {
                result.append(byte)
                if byte == UInt8(ascii: "\\"), index + 1 < json.count {
                    index += 1
                    result.append(json[index])
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
            } else if byte == UInt8(ascii: "."), isZeroFraction(json, at: index) {
                index += 1
            } else {
                isInString = byte == UInt8(ascii: "\"")
                result.append(byte)
            }
            index += 1
        }
        return result
    }

    private static func isZeroFraction(_ json: [UInt8], at point: Int) -> Bool {
        guard point + 1 < json.count, json[point + 1] == UInt8(ascii: "0") else { return false }
        guard point + 2 < json.count else { return true }
        let next = json[point + 2]
        return next == UInt8(ascii: ",") || next == UInt8(ascii: "}") || next == UInt8(ascii: "]")
    }
}
