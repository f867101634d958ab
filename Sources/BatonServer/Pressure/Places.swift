import Synchronization

/// A number of places, of which each is taken or free.
final class Places: Sendable {
    /// How many there are.
    let limit: Int
    private let taken = Mutex(0)

    init(_ limit: Int) { self.limit = limit }

    /// Takes a place; false where none is free.
    func take() -> Bool {
        taken.withLock { taken in
            guard taken < limit else { return false }
            taken += 1
            return true
        }
    }

    /// Frees a place.
    func free() {
        taken.withLock { taken in
            precondition(taken > 0, "a place is freed that nobody took")
            taken -= 1
        }
    }

    /// How many are taken.
    var count: Int { taken.withLock { $0 } }
}

/// One place that is taken until it is freed, or until nobody knows of it any more.
final class PlaceTaken: Sendable {
    private let places: Places
    private let isFree = Mutex(false)

    /// Takes a place; `nil` where none is free.
    init?(_ places: Places) {
        guard places.take() else { return nil }
        self.places = places
    }

    /// Frees it; a second time does nothing.
    func free() {
        let isFirst = isFree.withLock { isFree in
            defer { isFree = true }
            return !isFree
        }
        if isFirst { places.free() }
    }

    deinit { free() }
}
