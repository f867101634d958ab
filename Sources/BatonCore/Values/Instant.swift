/// A point in time as text: `YYYY-MM-DDThh:mm:ss.sssZ`, always UTC, always with milliseconds.
///
/// One form only (a profile of RFC 3339), so that equal instants are equal texts and the order of
/// texts is the order of time.
public enum InstantFormat {
    /// Whether `text` is an instant in the one form, with a date and time that exist.
    public static func isValid(_ text: String) -> Bool { milliseconds(of: text) != nil }

    /// Milliseconds since 1970-01-01T00:00:00Z; `nil` if `text` is not in the one form.
    public static func milliseconds(of text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count == 24 else { return nil }
        for (index, mark) in [
            (4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":"), (19, "."), (23, "Z"),
        ]
            as [(Int, Character)] where bytes[index] != mark.asciiValue
        {
            return nil
        }
        func number(_ range: Range<Int>) -> Int64? {
            var result: Int64 = 0
            for byte in bytes[range] {
                guard NameRule.isDigit(byte) else { return nil }
                result = result * 10 + Int64(byte - 48)
            }
            return result
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            let fraction = number(20..<23), (1...12).contains(month),
            day >= 1, day <= daysInMonth(month, of: year), hour < 24, minute < 60, second < 60
        else { return nil }
        let days = daysSinceEpoch(year: year, month: month, day: day)
        return ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + fraction
    }

    /// The one form of a time from year 0 to 9999; times outside are held to the nearest end.
    public static func text(milliseconds: Int64) -> String {
        let time = min(max(milliseconds, -62_167_219_200_000), 253_402_300_799_999)
        let day = (time >= 0 ? time : time - 86_399_999) / 86_400_000
        let within = time - day * 86_400_000
        let (year, month, date) = civil(daysSinceEpoch: day)
        func padded(_ number: Int64, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(date, 2))"
            + "T\(padded(within / 3_600_000, 2)):\(padded(within / 60_000 % 60, 2))"
            + ":\(padded(within / 1000 % 60, 2)).\(padded(within % 1000, 3))Z"
    }

    private static func daysInMonth(_ month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: return 30
        default: return 31
        }
    }

    // Days to and from a civil date in the proleptic Gregorian calendar, after Howard Hinnant,
    // "chrono-Compatible Low-Level Date Algorithms".
    private static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }

    private static func civil(daysSinceEpoch: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let monthNumber = month < 10 ? month + 3 : month - 9
        return (
            yearOfEra + era * 400 + (monthNumber <= 2 ? 1 : 0), monthNumber,
            dayOfYear - (153 * month + 2) / 5 + 1
        )
    }
}
