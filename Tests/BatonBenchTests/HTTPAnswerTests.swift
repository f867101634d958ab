import Testing

@testable import baton

struct HTTPAnswerTests {
    private static let counted =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
    private static let chunked =
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"

    @Test(arguments: [counted, chunked])
    func `An answer is read whole, in whatever pieces it comes`(text: String) throws {
        let bytes = Array(text.utf8)
        for size in 1...bytes.count {
            var reader = AnswerReader()
            for start in stride(from: 0, to: bytes.count, by: size) {
                #expect(!reader.isComplete)
                let piece = bytes[start..<min(start + size, bytes.count)]
                try piece.withUnsafeBytes { try reader.take($0) }
            }
            try #require(reader.isComplete, "pieces of \(size)")
            let answer = reader.finish()
            #expect(answer.status == 200 && answer.body == Array("hello".utf8))
            #expect(!reader.isComplete)
        }
    }

    @Test func `An answer without a body is whole with its head`() throws {
        var reader = AnswerReader()
        try Array("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n".utf8)
            .withUnsafeBytes { try reader.take($0) }
        #expect(reader.isComplete && reader.status == 503)
    }

    @Test func `A body that goes on is handed over as far as it has come`() throws {
        var reader = AnswerReader()
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nab"
        try Array(head.utf8).withUnsafeBytes { try reader.take($0) }
        #expect(reader.takeBody() == Array("ab".utf8))
        try Array("cd\r\n1\r\ne".utf8).withUnsafeBytes { try reader.take($0) }
        #expect(reader.takeBody() == Array("cde".utf8))
        #expect(!reader.isComplete)
    }

    @Test(arguments: ["SSH-2.0-server\r\n\r\n", counted + "more"])
    func `What is no answer is told`(text: String) {
        var reader = AnswerReader()
        #expect(throws: CommandFailure.self) {
            try Array(text.utf8).withUnsafeBytes { try reader.take($0) }
        }
    }
}
