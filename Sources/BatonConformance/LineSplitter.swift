/// Cuts bytes into lines as they come, and holds no line that is longer than allowed.
public struct LineSplitter: Sendable {
    /// A line, or that one was too long.
    public enum Line: Hashable, Sendable {
        /// The bytes, without the line break.
        case whole([UInt8])
        /// It was longer than allowed; its bytes were dropped.
        case overlong
    }

    private let longest: Int
    private var pending: [UInt8] = []
    private var isOverlong = false

    /// Cuts into lines of at most `longest` bytes.
    public init(longest: Int) { self.longest = longest }

    /// The lines that end in `bytes`; what follows the last line break waits for more. O(bytes).
    public mutating func take(_ bytes: ArraySlice<UInt8>) -> [Line] {
        var lines: [Line] = []
        var rest = bytes
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            hold(rest[..<end])
            if let line = finish() { lines.append(line) }
            rest = rest[(end + 1)...]
        }
        hold(rest)
        return lines
    }

    private mutating func hold(_ bytes: ArraySlice<UInt8>) {
        if pending.count + bytes.count > longest {
            isOverlong = true
            pending.removeAll()
        }
        if !isOverlong { pending.append(contentsOf: bytes) }
    }

    /// The line that had no line break at its end; `nil` where nothing is left. Blank lines are
    /// passed over.
    public mutating func finish() -> Line? {
        defer {
            pending.removeAll()
            isOverlong = false
        }
        if isOverlong { return .overlong }
        let isBlank = pending.allSatisfy {
            $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r")
        }
        return isBlank ? nil : .whole(pending)
    }
}
