import Synchronization

/// Bytes of one kind that all requests together may hold at a moment.
///
/// One request alone may exceed the budget where nothing else is held, or it could never be served.
final class ByteBudget: Sendable {
    private struct State {
        var held = 0
        var most = 0
    }

    /// The budget in bytes.
    let limit: Int
    private let state = Mutex(State())

    init(_ limit: Int) { self.limit = limit }

    /// Takes bytes from the budget; false, with nothing taken, where they do not fit.
    func take(_ bytes: Int) -> Bool {
        state.withLock { state in
            guard state.held == 0 || state.held + bytes <= limit else { return false }
            state.held += bytes
            state.most = max(state.most, state.held)
            return true
        }
    }

    /// Gives back what was taken.
    func giveBack(_ bytes: Int) {
        state.withLock { state in
            precondition(state.held >= bytes, "\(bytes) of \(state.held) bytes given back")
            state.held -= bytes
        }
    }

    /// Bytes that are held now.
    var held: Int { state.withLock { $0.held } }
    /// The most that were ever held at once.
    var most: Int { state.withLock { $0.most } }
}

/// What one request holds of a budget, given back at its end at the latest.
final class HeldBytes: Sendable {
    private struct State {
        var budget: ByteBudget?
        var bytes = 0
    }

    private let state = Mutex(State())

    /// Takes more; false, with nothing more taken, where the budget has no room.
    func take(_ bytes: Int, from budget: ByteBudget) -> Bool {
        guard budget.take(bytes) else { return false }
        state.withLock { state in
            state.budget = budget
            state.bytes += bytes
        }
        return true
    }

    /// Gives all back.
    func release() {
        state.withLock { state in
            if state.bytes > 0 { state.budget?.giveBack(state.bytes) }
            state.bytes = 0
        }
    }

    deinit { release() }
}
