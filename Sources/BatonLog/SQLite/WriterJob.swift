import BatonCore

/// What is handed to the writer.
enum WriterJob: Sendable {
    /// How a job's caller is answered.
    typealias Reply<Value: Sendable> = CheckedContinuation<Result<Value, LogFailure>, Never>

    case append(AppendRequest, StreamKey, Reply<AppendResult>)
    case store(StoredSnapshot, StreamKey, Reply<Void>)
    case compact(Offset, StreamKey, Reply<Offset>)

    /// Bytes that it holds while it waits.
    var cost: Int {
        switch self {
        case .append(let request, _, _): request.body.count
        case .store(let snapshot, _, _): snapshot.body.count
        case .compact: 0
        }
    }

    /// Answers that the job was not done.
    func fail(_ failure: LogFailure) {
        switch self {
        case .append(_, _, let reply): reply.resume(returning: .failure(failure))
        case .store(_, _, let reply): reply.resume(returning: .failure(failure))
        case .compact(_, _, let reply): reply.resume(returning: .failure(failure))
        }
    }
}
