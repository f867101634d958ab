internal import BatonCore

/// Reads the times of the data sets: `2022-10-25 07:49:55.195000+00:00`, `… UTC`, `…Z`, or no zone.
enum TimeText {
    /// Milliseconds since 1970; a time without a zone is read as UTC, microseconds are cut off.
    static func milliseconds(_ text: String) throws(RowDefect) -> Int64 {
        var rest = text[...]
        for zone in [" UTC", "Z", "+00:00"] where rest.hasSuffix(zone) {
            rest = rest.dropLast(zone.count)
            break
        }
        let parts = rest.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? parts[1] : "0"
        let whole = Array(parts.first ?? "")
        guard whole.count == 19, whole[10] == " " || whole[10] == "T", !fraction.isEmpty,
            fraction.count <= 9, fraction.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }),
            let time = InstantFormat.milliseconds(
                of: String(whole[..<10]) + "T" + String(whole[11...]) + "."
                    + String((fraction + "000").prefix(3)) + "Z")
        else { throw RowDefect(.badTime, "\"\(text.prefix(40))\"") }
        return time
    }

    /// As above, and `nil` for an empty field.
    static func millisecondsIfPresent(_ text: String) throws(RowDefect) -> Int64? {
        text.isEmpty ? nil : try milliseconds(text)
    }
}
