/// One connection that asks one thing after another and waits for each answer.
final class HTTPCaller {
    private final class Asker: LoadClient {
        var request: [UInt8]?
        var answer: HTTPAnswer?

        func next(at now: UInt64) -> LoadStep {
            guard let request else { return .finish }
            self.request = nil
            return .send(request)
        }

        func answered(_ answer: HTTPAnswer, sent: UInt64, at now: UInt64) throws {
            self.answer = answer
        }
    }

    private let asker = Asker()
    private let loop: LoadLoop

    init(port: Int) throws {
        loop = try LoadLoop(port: port, clients: [asker])
    }

    /// The body of the answer, which has to be 200.
    func call(_ request: [UInt8]) throws -> [UInt8] {
        asker.request = request
        asker.answer = nil
        try loop.run()
        guard let answer = asker.answer else { throw CommandFailure("no answer came") }
        guard answer.status == 200 else {
            throw CommandFailure(
                "a request was answered \(answer.status): "
                    + String(decoding: answer.body.prefix(500), as: UTF8.self))
        }
        return answer.body
    }
}
