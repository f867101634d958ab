import BatonGzip
import BatonWire
import HTTPTypes
import Hummingbird
import NIOCore
import SwiftProtobuf

/// The two encodings of every message.
enum MessageEncoding {
    case json
    case protobuf

    var contentType: String {
        switch self {
        case .json: return "application/json"
        case .protobuf: return "application/x-protobuf"
        }
    }

    /// The encoding that a request's body is in.
    init(contentType: String?) throws(Problem) {
        let type = (contentType ?? "").split(separator: ";").first ?? ""
        switch type.lowercased().filter({ $0 != " " }) {
        case "application/json": self = .json
        case "application/x-protobuf", "application/protobuf": self = .protobuf
        default:
            throw Problem(
                .unsupportedMediaType,
                "send Content-Type: application/json or application/x-protobuf"
                    + (type.isEmpty ? "" : ", not \(type.prefix(60))"))
        }
    }

    /// The encoding that an answer should be in: the one asked for, else the request's own.
    init(accept: String?, otherwise: MessageEncoding) {
        switch accept {
        case nil: self = otherwise
        // What nearly every client sends; a search in the text would take some microseconds.
        case MessageEncoding.protobuf.contentType: self = .protobuf
        case MessageEncoding.json.contentType: self = .json
        case let accept?: self = Self.sought(in: accept.lowercased()) ?? otherwise
        }
    }

    private static func sought(in accept: String) -> MessageEncoding? {
        if accept.contains("application/x-protobuf") || accept.contains("application/protobuf") {
            return .protobuf
        }
        return accept.contains("application/json") ? .json : nil
    }

    /// The message that a body holds.
    func decode<Message: SwiftProtobuf.Message>(
        _ body: [UInt8]
    ) throws(Problem) -> Message {
        do {
            switch self {
            case .protobuf: return try Protobuf.decode(Message.self, from: body)
            case .json: return try Protobuf.decodeJSON(Message.self, from: body)
            }
        } catch { throw Problem(error) }
    }
}

/// Reads bodies within limits, and writes them compressed where the client takes it.
struct Bodies: Sendable {
    let limits: ServerLimits
    /// What bounds what bodies hold, and closes connections whose bodies do not come.
    let pressure: Pressure
    /// Says who may call.
    let verifier: TokenVerifier

    /// Answers below this many bytes are sent as they are: compression would not pay.
    private static let smallest = 1024
    /// Bytes that are compressed in one go.
    private static let slice = 64 * 1024

    /// The request's body, decompressed; the context holds its bytes until the request is done. A call
    /// whose body is always small says how much it takes `atMost`, also decompressed.
    func read(
        _ request: Request, _ context: ServerContext, atMost least: Int? = nil
    ) async throws(Problem) -> [UInt8] {
        let bodyBytes = min(limits.bodyBytes, least ?? .max)
        let tooLarge = Problem(
            .bodyTooLarge,
            "the body is larger than \(bodyBytes) bytes"
                + (least == nil ? "; split it into several requests" : ""))
        if let length = request.headers[.contentLength].flatMap(Int.init), length > bodyBytes {
            throw tooLarge
        }
        var collected: [UInt8] = []
        // Also what is refused in the end has come.
        var came = 0
        defer { context.account.note(bytes: came) }
        // All at once where the length is known, or many would begin and none could end.
        var taken = request.headers[.contentLength].flatMap(Int.init) ?? 0
        try hold(taken, context)
        let slow = least == nil ? pressure.slowBodies : pressure.slowClaims
        let watched = slow.begin(on: context.channel)
        defer { slow.end(watched) }
        do {
            for try await buffer in request.body {
                came += buffer.readableBytes
                guard collected.count + buffer.readableBytes <= bodyBytes else {
                    throw tooLarge
                }
                let more = collected.count + buffer.readableBytes - taken
                if more > 0 {
                    try hold(more, context)
                    taken += more
                }
                collected.append(contentsOf: buffer.readableBytesView)
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.malformedEncoding, "the body ended before it was whole; send it again")
        }
        // What could never be held is too large, however often it is tried.
        let share = payer(context) == nil ? limits.bodyBytesAtOnce : limits.bodyBytesPerCaller
        let most = min(
            limits.decompressedBytes, share, limits.bodyBytesAtOnce,
            least ?? max(limits.bodyBytes, collected.count * limits.decompressedRatio))
        let body = try await decompress(
            collected, coding: request.headers[.contentEncoding], atMost: most, held: taken,
            context)
        if let principal = context.account.now.principal { try verifier.require(principal) }
        if case .json? = try? MessageEncoding(contentType: request.headers[.contentType]) {
            try Self.requireRoom(for: body)
        }
        return body
    }

    /// Objects and lists that a body of JSON may open, besides one for each ``bytesPerObject``. Each takes
    /// some hundred bytes once it is read, and two as it is sent.
    private static let objects = 32 * 1024
    /// An operation, the smallest thing that there are many of, has more.
    private static let bytesPerObject = 16

    /// Fails where a body of JSON would grow beyond all measure when it is read. O(bytes).
    private static func requireRoom(for json: [UInt8]) throws(Problem) {
        let most = objects + json.count / bytesPerObject
        guard json.count > most else { return }
        var (opened, isText, isEscaped) = (0, false, false)
        for byte in json {
            switch byte {
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\"): isEscaped = isText
            case UInt8(ascii: "\""): isText.toggle()
            case UInt8(ascii: "{"), UInt8(ascii: "["): opened += isText ? 0 : 1
            default: break
            }
        }
        guard opened <= most else {
            throw Problem(
                .bodyTooLarge,
                "the body opens \(opened) objects and lists, and so many bytes at most \(most): split it"
            )
        }
    }

    /// Whose share a body is held of; `nil` where that is held to nothing.
    private func payer(_ context: ServerContext) -> String? {
        context.account.now.principal.flatMap { PrincipalBudget.Payer($0).name }
    }

    private func hold(_ bytes: Int, _ context: ServerContext) throws(Problem) {
        guard bytes > 0 else { return }
        if let name = payer(context) {
            context.shares.keep(try pressure.bodyShares.take(bytes, for: name))
        }
        guard !context.held.take(bytes, from: pressure.bodies) else { return }
        throw Problem(
            .overloaded,
            "\(pressure.bodies.limit) bytes of requests are being worked on, the most there may be; try "
                + "again")
    }

    /// What the body was before it was compressed. What is more than the `held` bytes is held, block by block,
    /// before it is kept: many that grow at once would else take what none of them may.
    private func decompress(
        _ body: [UInt8], coding: String?, atMost most: Int, held: Int, _ context: ServerContext
    ) async throws(Problem) -> [UInt8] {
        let format: CompressedFormat
        switch coding?.lowercased() {
        case nil, "", "identity": return body
        case "gzip", "x-gzip": format = .gzip
        case "deflate": format = .deflate
        case .some(let other):
            throw Problem(
                .unsupportedEncoding,
                "Content-Encoding \(other.prefix(40)) is not known; use gzip, deflate or none")
        }
        var output: [UInt8] = []
        do {
            var inflater = try Inflater(format)
            inflater.feed(body)
            while let block = try inflater.next() {
                guard output.count + block.count <= most else {
                    throw Problem(
                        .bodyTooLarge, "the body decompresses to more than \(most) bytes; split it")
                }
                try hold(min(block.count, output.count + block.count - held), context)
                output += block
                // A bomb is a lot of work: others have their turn between two blocks of it.
                await Task.yield()
            }
            try inflater.finish()
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.malformedEncoding, "the body cannot be decompressed: \(error)")
        }
        return output
    }

    /// An answer in the encoding, compressed where that pays and the client takes it.
    func response(
        _ bytes: [UInt8], type: String, status: HTTPResponse.Status = .ok, to request: Request,
        headers: HTTPFields = [:]
    ) async -> Response {
        var bytes = bytes
        var isCompressed = false
        if bytes.count >= Self.smallest, compresses(request),
            let compressed = await Self.compressed(bytes), compressed.count < bytes.count
        {
            bytes = compressed
            isCompressed = true
        }
        return Response(
            status: status,
            headers: self.headers(type: type, isCompressed: isCompressed, among: headers),
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// Whether the client takes what is compressed.
    func compresses(_ request: Request) -> Bool {
        request.headers[.acceptEncoding]?.lowercased().contains("gzip") ?? false
    }

    /// The headers of an answer, besides those that it has.
    func headers(
        type: String, isCompressed: Bool, among given: HTTPFields = [:]
    ) -> HTTPFields {
        var headers = given
        headers[.contentType] = type
        headers[.cacheControl] = headers[.cacheControl] ?? "no-store"
        if isCompressed { headers[.contentEncoding] = "gzip" }
        headers[.vary] = "Accept, Accept-Encoding"
        return headers
    }

    /// The bytes, compressed in slices between which others have their turn; `nil` without the memory.
    private static func compressed(_ bytes: [UInt8]) async -> [UInt8]? {
        guard bytes.count > slice else { return try? Gzip.compress(bytes, level: .fastest) }
        guard var deflater = try? Deflater(level: .fastest) else { return nil }
        var output: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: slice) {
            output += deflater.next(Array(bytes[start..<min(start + slice, bytes.count)]))
            await Task.yield()
        }
        return output + deflater.finish()
    }

    /// A message as an answer.
    func response(
        _ message: some SwiftProtobuf.Message, as encoding: MessageEncoding, to request: Request,
        headers: HTTPFields = [:]
    ) async throws(Problem) -> Response {
        let bytes: [UInt8]
        switch encoding {
        case .protobuf: bytes = Protobuf.encode(message)
        case .json:
            do {
                bytes = try Protobuf.encodeJSON(message)
            } catch { throw Problem(error) }
        }
        return await response(
            bytes, type: encoding.contentType, to: request, headers: headers)
    }

    /// A problem as an answer.
    static func response(_ problem: Problem) -> Response {
        var headers: HTTPFields = [
            .contentType: "application/problem+json", .cacheControl: "no-store",
        ]
        switch problem.slug {
        case .unauthenticated: headers[.wwwAuthenticate] = "Bearer"
        // Spread, so that those who were refused together do not come back together.
        case .overloaded: headers[.retryAfter] = "\((problem.wait ?? 1) + Int.random(in: 0...3))"
        // Only where it is known: some limits are the same tomorrow.
        case .limitExceeded:
            headers[.retryAfter] = problem.wait.map { "\($0 + Int.random(in: 0...3))" }
        case .storageFull: headers[.retryAfter] = "\(Int.random(in: 15...45))"
        default: break
        }
        return Response(
            status: problem.slug.status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: problem.json)))
    }
}
