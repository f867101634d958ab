internal import BatonGzip

/// One line of a file, without its line feed.
struct TextLine {
    /// From 1.
    let number: Int
    /// The bytes before the line feed; a carriage return before it is still there.
    let bytes: ArraySlice<UInt8>
    /// Whether a line feed followed.
    let isEnded: Bool
    /// Whether the line was longer than ``LineReader/longestLine``: its bytes are then left out.
    let isTooLong: Bool
}

/// Cuts a file into lines, in memory bounded by the longest line.
///
/// Lines can be put back, so that a reader that took too many can go on after the first.
struct LineReader {
    /// A session of OTTO's with 500 events takes 25 KiB; beyond 4 MiB it is no line of a data set.
    static let longestLine = 4 * 1024 * 1024

    /// The damage in the file's compressed data, once it has been met.
    var damage: String? { source.damage?.description }
    /// The number of the last line that was read from the file.
    private(set) var lastNumber = 0

    private let source: FileBytes
    private var block: [UInt8] = []
    private var position = 0
    private var returned: [TextLine] = []

    init(_ source: FileBytes) { self.source = source }

    /// Gives lines back, to be read again in the same order.
    mutating func putBack(_ lines: some Collection<TextLine>) {
        returned.append(contentsOf: lines.reversed())
    }

    /// The next line, or `nil` at the end. The piece of a line before damage is not a line.
    mutating func next() throws(ReplayFailure) -> TextLine? {
        if let line = returned.popLast() { return line }
        var parts: [UInt8] = []
        var isTooLong = false
        var hasBytes = false
        while true {
            if position == block.count {
                guard let next = try source.next() else { break }
                block = next
                position = 0
            }
            hasBytes = true
            let rest = block[position...]
            let end = rest.firstIndex(of: 0x0A)
            let piece = rest[..<(end ?? rest.endIndex)]
            position = end.map { $0 + 1 } ?? rest.endIndex
            if end != nil, parts.isEmpty, !isTooLong {
                return line(piece, isEnded: true, isTooLong: false)
            }
            isTooLong = isTooLong || parts.count + piece.count > Self.longestLine
            if isTooLong { parts = [] } else { parts += piece }
            if end != nil { return line(parts[...], isEnded: true, isTooLong: isTooLong) }
        }
        guard hasBytes, source.damage == nil else { return nil }
        return line(parts[...], isEnded: false, isTooLong: isTooLong)
    }

    private mutating func line(
        _ bytes: ArraySlice<UInt8>, isEnded: Bool, isTooLong: Bool
    ) -> TextLine {
        lastNumber += 1
        return TextLine(
            number: lastNumber, bytes: bytes, isEnded: isEnded, isTooLong: isTooLong)
    }
}
