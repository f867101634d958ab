/// Splits the text of one record into its fields.
enum CSVFields {
    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    private static let carriageReturn: UInt8 = 0x0D

    /// The fields of a record without its line end; O(bytes).
    static func split(_ record: ArraySlice<UInt8>) -> Result<[String], RowDefect> {
        let text = record.last == carriageReturn ? record.dropLast() : record
        var fields: [String] = []
        var position = text.startIndex
        while true {
            let isQuoted = position < text.endIndex && text[position] == quote
            let taken = isQuoted ? quoted(text[position...]) : plain(text[position...])
            switch taken {
            case .failure(let defect): return .failure(defect)
            case .success(let (field, end)):
                guard let string = String(validating: field, as: UTF8.self) else {
                    return .failure(RowDefect(.notText, "field \(fields.count + 1)"))
                }
                fields.append(string)
                guard end < text.endIndex else { return .success(fields) }
                position = end + 1
            }
        }
    }

    private static func plain(
        _ text: ArraySlice<UInt8>
    ) -> Result<(ArraySlice<UInt8>, Int), RowDefect> {
        let end = text.firstIndex(of: comma) ?? text.endIndex
        let field = text[..<end]
        guard !field.contains(quote) else {
            return .failure(RowDefect(.strayQuote, "a quote inside an unquoted field"))
        }
        return .success((field, end))
    }

    private static func quoted(
        _ text: ArraySlice<UInt8>
    ) -> Result<(ArraySlice<UInt8>, Int), RowDefect> {
        var field: [UInt8] = []
        var position = text.startIndex + 1
        while let end = text[position...].firstIndex(of: quote) {
            field += text[position..<end]
            let after = end + 1
            if after == text.endIndex || text[after] == comma {
                return .success((field[...], after))
            }
            guard text[after] == quote else {
                return .failure(RowDefect(.strayQuote, "text after the end of a quoted field"))
            }
            field.append(quote)
            position = after + 1
        }
        return .failure(RowDefect(.openQuote, "a quoted field has no end"))
    }
}
