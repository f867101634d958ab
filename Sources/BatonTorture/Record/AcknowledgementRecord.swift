import BatonCore
import Foundation
import Synchronization

/// All that was acknowledged, in a file of the torture's own: written before anybody acts on an
/// answer, and never taken from the server under torture.
final class AcknowledgementRecord: Sendable {
    private struct State {
        var reached: [StreamID: [ReplicaID: Counter]] = [:]
        var unchecked: [StreamID: [Acknowledgement]] = [:]
        var pushed = 0
        var thin = 0
    }

    private let state = Mutex(State())
    private let file: FileHandle

    /// Makes the file.
    init(path: String) throws(TortureFailure) {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else {
            throw TortureFailure(.folder, "\(path) cannot be written: check the folder's rights")
        }
        self.file = file
    }

    /// Notes what one answer acknowledged.
    func note(_ acknowledged: [Acknowledgement]) {
        guard !acknowledged.isEmpty else { return }
        let lines = acknowledged.map { one in
            let digest = one.digest.map { String($0, radix: 16) } ?? "-"
            return "\(one.stream) \(one.dot) \(digest) \(one.mark?.description ?? "-")\n"
        }
        state.withLock { state in
            // Under the lock, so that the lines of two answers do not mix.
            file.write(Data(lines.joined().utf8))
            for one in acknowledged {
                state.unchecked[one.stream, default: []].append(one)
                let counter = state.reached[one.stream]?[one.dot.replica] ?? one.dot.counter
                state.reached[one.stream, default: [:]][one.dot.replica] = max(
                    counter, one.dot.counter)
                if one.digest == nil { state.thin += 1 } else { state.pushed += 1 }
            }
        }
    }

    /// What was acknowledged of a stream since this was last asked.
    func takeUnchecked(of stream: StreamID) -> [Acknowledgement] {
        state.withLock { $0.unchecked.removeValue(forKey: stream) ?? [] }
    }

    /// The last counter of each replica that was acknowledged so far, by stream. All before it are in
    /// the log too (L2).
    var reached: [StreamID: [ReplicaID: Counter]] { state.withLock { $0.reached } }

    /// How many events of devices, and of thin clients, were acknowledged so far.
    var counts: (pushed: Int, thin: Int) { state.withLock { ($0.pushed, $0.thin) } }
}
