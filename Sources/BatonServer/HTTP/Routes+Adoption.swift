import BatonCore
import BatonLog
import BatonWire
import Hummingbird

extension Routes {
    @Sendable func adopt(
        _ request: Request, _ context: ServerContext
    ) async throws -> Response {
        try await answer(request, context, to: "adopt another stream", with: service.adopt)
    }

    @Sendable func undoAdoption(
        _ request: Request, _ context: ServerContext
    ) async throws -> Response {
        try await answer(request, context, to: "undo an adoption") {
            (source, target, channel) async throws(Problem) in
            let caller = context.account.now.principal
            // Shoppers do it, too, and are not to fill the record.
            let isStaff = ![.customer, .kiosk, nil].contains(caller?.role)
            let act = AdministrativeCall(
                "adoption.undo", by: caller,
                ["stream": target.stream.description, "from": source.stream.description],
                now: service.wallClock)
            return try await act.recorded(in: isStaff ? audit : nil) { () async throws(Problem) in
                try await service.undoAdoption(of: source, from: target, channel: channel)
            }
        }
    }

    /// Both calls name two streams, which the token must cover, each of them whole.
    private func answer(
        _ request: Request, _ context: ServerContext, to purpose: String,
        with call: (StreamKey, StreamKey, ChannelName) async throws(Problem)
            -> Baton_V1_AdoptResponse
    ) async throws -> Response {
        let (target, caller) = try caller(request, context)
        try caller.requireWholeStream(to: purpose)
        try service.require(.adopt, ofAll: target, by: caller.role)
        let encoding = try MessageEncoding(contentType: request.headers[.contentType])
        let body = try await bodies.read(request, context)
        let message: Baton_V1_AdoptRequest = try encoding.decode(body)
        let source = try service.key(message.from, for: caller)
        let response = try await call(
            source, target, service.channel(named: message.channel, by: caller))
        metrics.count([response.verdict], of: target.tenant)
        return try await bodies.response(
            response, as: MessageEncoding(accept: request.headers[.accept], otherwise: encoding),
            to: request, headers: [.batonOffset: "\(response.head)"])
    }
}
