import BatonGzip
import BatonWire
import Hummingbird
import HummingbirdCore
import NIOCore

extension Routes {
    /// Bytes of batches from which on a JSON answer is made while it is sent.
    private static let longAnswer = 64 * 1024

    @Sendable func pull(
        _ request: Request, _ context: ServerContext
    ) async throws -> Response {
        let (key, caller) = try caller(request, context)
        _ = try await service.requireStream(key)
        let pulled = try await service.pull(
            key, after: request.uri.queryParameters["after"].map(String.init) ?? "",
            limit: limit(request, most: service.limits.eventsPerPull),
            in: service.sight(of: key, for: caller))
        switch MessageEncoding(accept: request.headers[.accept], otherwise: .json) {
        case .protobuf:
            return await bodies.response(
                pulled.encoded, type: MessageEncoding.protobuf.contentType, to: request)
        case .json:
            let length = pulled.batches.reduce(0) { $0 + $1.frames.count }
            guard length > Self.longAnswer else {
                return try await bodies.response(pulled.decoded(), as: .json, to: request)
            }
            return try sent(PulledText(pulled), holding: length, to: request)
        }
    }

    /// An answer whose text is made at the pace of its client; until then `length` bytes are held for it.
    private func sent(
        _ text: PulledText, holding length: Int, to request: Request
    ) throws(Problem) -> Response {
        let held = HeldBytes()
        guard held.take(length, from: pressure.answers) else {
            throw pressure.answersOverloaded
        }
        let isCompressed = bodies.compresses(request)
        var response = Response(
            status: .ok,
            headers: bodies.headers(
                type: MessageEncoding.json.contentType, isCompressed: isCompressed))
        response.body = ResponseBody { writer in
            defer { held.release() }
            var text = text
            var deflater = isCompressed ? try Deflater(level: .fastest) : nil
            while let piece = try text.next() {
                let bytes = deflater?.next(piece) ?? piece
                try await writer.write(ByteBuffer(bytes: bytes))
                await Task.yield()
            }
            if let rest = deflater?.finish() { try await writer.write(ByteBuffer(bytes: rest)) }
            try await writer.finish(nil)
        }
        return response
    }
}
