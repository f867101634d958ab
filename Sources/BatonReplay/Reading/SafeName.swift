internal import BatonCore

/// Makes names that streams, entities and map keys may have from what a data set calls things.
enum SafeName {
    /// `prefix` and the id; if the id has other letters than names may have, or is too long, they
    /// are replaced and a hash of the whole id is appended, so that distinct ids stay distinct.
    static func make(_ prefix: String, _ id: String) -> String {
        var isChanged = id.utf8.count > 96
        let safe = String(
            String.UnicodeScalarView(
                id.unicodeScalars.prefix(96).map { scalar in
                    if isAllowed(scalar) { return scalar }
                    isChanged = true
                    return "-"
                }))
        return prefix + safe + (isChanged ? "-" + String(StableHash.of(id), radix: 16) : "")
    }

    /// The stream of a person whom the data set calls `id`.
    static func stream(_ prefix: String, _ id: String) throws(RowDefect) -> StreamID {
        guard !id.isEmpty else { throw RowDefect(.missingField, "the person's id is empty") }
        do { return try StreamID(make(prefix, id)) } catch {
            throw RowDefect(.badName, "\"\(id.prefix(40))\": \(error)")
        }
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "a"..."z", "0"..."9", ".", "_", "~", ":", "@", "-": true
        default: false
        }
    }
}
