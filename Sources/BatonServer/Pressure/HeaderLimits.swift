import HTTPTypes

/// How much the head of a request may hold. The decoder of HTTP/1.1 sees to that itself; that of HTTP/2 knows
/// no limit but its own.
struct HeaderLimits: Sendable {
    private let lines: Int
    private let lineBytes: Int
    private let bytes: Int

    init(_ limits: ServerLimits) {
        lines = limits.headers
        lineBytes = limits.headerBytes
        bytes = limits.headersBytes
    }

    /// What is answered to a head that is beyond them, or that is none.
    var problem: Problem {
        Problem(
            .invalidParameter,
            "this is no request of HTTP, or it has more than \(lines) header lines, or a line of more than "
                + "\(lineBytes) bytes, or more than \(bytes) bytes of them; send less")
    }

    /// Fails where the headers are beyond the limits.
    func check(_ headers: HTTPFields) throws(Problem) {
        guard headers.count <= lines else { throw problem }
        var sum = 0
        for field in headers {
            let length = field.name.rawName.utf8.count + field.value.utf8.count
            sum += length
            guard length <= lineBytes, sum <= bytes else { throw problem }
        }
    }
}
