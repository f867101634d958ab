/// An answer of the server, whole.
struct HTTPAnswer {
    let status: Int
    /// The body, with its transfer coding undone.
    let body: [UInt8]
}

/// Reads one HTTP/1.1 answer from the pieces in which it comes (RFC 9112): a head, then a body of a
/// stated length or in chunks. Does as little as it can: it runs beside the server it measures.
struct AnswerReader {
    private enum Part {
        case head
        case body(remaining: Int)
        case chunkSize
        case chunk(remaining: Int)
        case lineBreakAfterChunk
        case lineBreakAtEnd
        case complete
    }

    private var part = Part.head
    /// What has come and is not understood yet: a part of a head, or of a line that says a size.
    private var pending: [UInt8] = []
    private(set) var status = 0
    /// What has come of the body.
    private(set) var body: [UInt8] = []

    var isComplete: Bool {
        if case .complete = part { return true }
        return false
    }

    /// Takes the next bytes; those after the end of the answer are an error of the server.
    mutating func take(_ bytes: UnsafeRawBufferPointer) throws {
        guard pending.isEmpty else {
            let whole = pending + bytes
            pending = []
            try whole.withUnsafeBytes { try take($0) }
            return
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            switch part {
            case .head:
                guard let end = Self.endOfHead(rest) else {
                    pending.append(contentsOf: rest)
                    return
                }
                try readHead(rest[..<end])
                rest = rest[end...]
            case .body(let remaining):
                let count = min(remaining, rest.count)
                body.append(contentsOf: rest.prefix(count))
                rest = rest.dropFirst(count)
                part = count == remaining ? .complete : .body(remaining: remaining - count)
            case .chunkSize:
                guard let end = rest.firstIndex(of: 0x0A) else {
                    pending.append(contentsOf: rest)
                    return
                }
                let text = String(decoding: rest[..<end], as: UTF8.self)
                guard let size = Int(text.prefix { $0.isHexDigit }, radix: 16) else {
                    throw CommandFailure("a chunk of size \"\(text)\"")
                }
                // After the last chunk an empty line follows; the server sends no trailer.
                part = size == 0 ? .lineBreakAtEnd : .chunk(remaining: size)
                rest = rest[(end + 1)...]
            case .chunk(let remaining):
                let count = min(remaining, rest.count)
                body.append(contentsOf: rest.prefix(count))
                rest = rest.dropFirst(count)
                part =
                    count == remaining ? .lineBreakAfterChunk : .chunk(remaining: remaining - count)
            case .lineBreakAfterChunk, .lineBreakAtEnd:
                guard rest.count >= 2 else {
                    pending.append(contentsOf: rest)
                    return
                }
                rest = rest.dropFirst(2)
                if case .lineBreakAtEnd = part { part = .complete } else { part = .chunkSize }
            case .complete:
                throw CommandFailure("\(rest.count) bytes after the end of an answer")
            }
        }
    }

    /// The answer, once it is whole; the reader then waits for the next one.
    mutating func finish() -> HTTPAnswer {
        let answer = HTTPAnswer(status: status, body: body)
        self = AnswerReader()
        return answer
    }

    /// What has come of a body that goes on, and is then forgotten here.
    mutating func takeBody() -> [UInt8] {
        defer { body.removeAll(keepingCapacity: true) }
        return body
    }

    private mutating func readHead(_ head: Slice<UnsafeRawBufferPointer>) throws {
        var lines = head.split(separator: 0x0A)[...]
        guard let first = lines.popFirst(), first.count >= 12,
            let status = Int(String(decoding: first.dropFirst(9).prefix(3), as: UTF8.self))
        else { throw CommandFailure("this is no HTTP answer") }
        self.status = status
        part = .body(remaining: 0)
        for line in lines {
            if let value = Self.value(of: "content-length", in: line), let length = Int(value) {
                part = .body(remaining: length)
                body.reserveCapacity(length)
            } else if Self.value(of: "transfer-encoding", in: line) == "chunked" {
                part = .chunkSize
            }
        }
        if case .body(remaining: 0) = part { part = .complete }
    }

    private static func value(
        of name: StaticString, in line: Slice<UnsafeRawBufferPointer>
    ) -> String? {
        let length = name.utf8CodeUnitCount
        guard line.count > length, line[line.startIndex + length] == UInt8(ascii: ":") else {
            return nil
        }
        for index in 0..<length where line[line.startIndex + index] | 0x20 != name.utf8Start[index]
        {
            return nil
        }
        let text = line.dropFirst(length + 1).drop { $0 == 0x20 }.prefix { $0 != 0x0D }
        return String(decoding: text, as: UTF8.self)
    }

    /// Where the head ends, its empty line among it.
    private static func endOfHead(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
        var index = bytes.startIndex + 3
        while index < bytes.endIndex {
            if bytes[index] == 0x0A, bytes[index - 1] == 0x0D, bytes[index - 2] == 0x0A {
                return index + 1
            }
            index += 1
        }
        return nil
    }
}
