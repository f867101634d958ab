import BatonCore

extension MemoryLog {
    public func beginning(of stream: StreamKey) async throws(LogFailure) -> StreamBeginning {
        try look(stream).beginning
    }

    public func begin(_ stream: StreamKey, at beginning: StreamBeginning) async throws(LogFailure) {
        try change(stream) { stream throws(LogFailure) in try stream.begin(at: beginning) }
    }
}
