import BatonCore
import BatonLog
import BatonWire

extension StreamState {
    /// Reads a stored snapshot. O(state).
    init(stored: StoredSnapshot) throws(WireFailure) {
        let message = try Protobuf.decode(Baton_V1_State.self, from: stored.body)
        try self.init(message, offset: stored.offset)
    }
}

extension StoredSnapshot {
    /// The state as an engine keeps it; its hash is worked out unless it is known. O(n log n) in the
    /// state.
    init(_ state: StreamState, hash: StateHash? = nil) {
        self.init(
            offset: state.offset, body: Protobuf.encode(state.message),
            stateHash: (hash ?? StateHash(of: state)).bytes)
    }
}
