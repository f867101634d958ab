package import BatonCore
package import BatonLog
import BatonWire

extension StoredSnapshot {
    /// The state that the snapshot holds, as it was stored: not yet refolded under schemas that came
    /// into force since. O(n log n) in the live state.
    ///
    /// Its hash is made from what was read and held against the stored one, as whoever pulls it does
    /// (specification section 6.2): a state that the disk has changed is not handed on.
    ///
    /// - Throws: `storage-failed` where it cannot be read, or is not what was stored.
    package func checkedState() throws(Problem) -> StreamState {
        let state: StreamState
        do {
            state = try StreamState(
                Protobuf.decode(Baton_V1_State.self, from: body), offset: offset)
        } catch {
            throw Problem(
                .storageFailed, "the stored snapshot at offset \(offset) cannot be read: \(error)")
        }
        guard StateHash(of: state).bytes == stateHash else {
            throw Problem(
                .storageFailed,
                "the stored snapshot at offset \(offset) does not have the hash that was stored "
                    + "with it; run baton verify, and restore the stream from a backup")
        }
        return state
    }
}
