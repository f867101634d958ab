import BatonCore

/// What is handed to the writer.
enum WriterJob: Sendable {
    /// How a job's caller is answered.
    typealias Reply<Value: Sendable> = CheckedContinuation<Result<Value, LogFailure>, Never>

    case append(AppendRequest, StreamKey, Reply<AppendResult>)
    case store(PackedSnapshot, SnapshotKind, StreamKey, Reply<Void>)
    /// Answers with the horizon, and whether there is more to drop.
    case compact(Offset, StreamKey, Reply<(horizon: Offset, isDone: Bool)>)
    case putBack(PutBack, StreamKey, Reply<LogHead>)
    case begin(StreamBeginning, PackedSnapshot?, StreamKey, Reply<Void>)
    /// Answers whether free pages are left.
    case shrink(pages: Int, Reply<Bool>)

    /// A run of an archive.
    struct PutBack: Sendable {
        let chunks: [ArchivedChunk]
        let chain: [UInt8]
        let movedTo: StreamID?
    }

    /// Bytes that it holds while it waits.
    var cost: Int {
        switch self {
        case .append(let request, _, _): request.body.count
        case .store(let snapshot, _, _, _): snapshot.body.count
        case .putBack(let run, _, _): run.chunks.reduce(0) { $0 + $1.chunk.body.count }
        case .begin(_, let base, _, _): base?.body.count ?? 0
        case .compact, .shrink: 0
        }
    }

    /// Answers that the job was not done.
    func fail(_ failure: LogFailure) {
        switch self {
        case .append(_, _, let reply): reply.resume(returning: .failure(failure))
        case .store(_, _, _, let reply): reply.resume(returning: .failure(failure))
        case .compact(_, _, let reply): reply.resume(returning: .failure(failure))
        case .putBack(_, _, let reply): reply.resume(returning: .failure(failure))
        case .begin(_, _, _, let reply): reply.resume(returning: .failure(failure))
        case .shrink(_, let reply): reply.resume(returning: .failure(failure))
        }
    }
}
