/// The `Retry-After` field: how long a server wants to be left alone (RFC 9110 section 10.2.3).
package enum RetryAfter {
    /// The seconds that the field asks for, at most an hour; `nil` where there is none, or where it
    /// cannot be read.
    ///
    /// - Parameters:
    ///   - field: A number of seconds, or an HTTP date.
    ///   - date: The answer's own `Date`: a date is measured from there, for the device's clock may
    ///     be wrong by more than any server would ask for.
    package static func pause(_ field: String?, date: String?) -> Duration? {
        guard let field else { return nil }
        let seconds: Int64
        if let number = Int64(field), number >= 0 {
            seconds = number
        } else if let then = HTTPDate.seconds(field), let now = date.flatMap(HTTPDate.seconds) {
            seconds = max(0, then - now)
        } else {
            return nil
        }
        return .seconds(min(seconds, SyncLimits.longestRetryAfter))
    }
}

/// Dates as HTTP writes them: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7; the two
/// obsolete forms are not sent any more).
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Seconds since 1970; `nil` where the text is no such date.
    static func seconds(_ text: String) -> Int64? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[0].hasSuffix(","), parts[5] == "GMT",
            let day = Int64(parts[1]), (1...31).contains(day),
            let month = months.firstIndex(of: String(parts[2])),
            let year = Int64(parts[3]), (1970...9999).contains(year)
        else { return nil }
        let time = parts[4].split(separator: ":").map { Int64($0) }
        guard time.count == 3, let hour = time[0], let minute = time[1], let second = time[2],
            (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        let days = days(year: year, month: Int64(month) + 1, day: day)
        return ((days * 24 + hour) * 60 + minute) * 60 + second
    }

    /// Days since 1970-01-01 in the Gregorian calendar (Hinnant, "chrono-Compatible Low-Level Date
    /// Algorithms", `days_from_civil`).
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }
}
