/// All promises that a world is held to.
package enum Promises {
    /// A fresh set, for one world.
    static var all: [any Promise] {
        [
            CausalOrder(), AcknowledgedSurvives(), NothingDoubled(), ReadYourWrites(),
            HashesAgree(), SnapshotAndTail(), HealsInTime(), NothingLost(), RefusalsKept(),
            RemovedStaysRemoved(), Convergence(), AdoptedOnce(), OneOrderACheckout(),
            NoDotTwice(),
        ]
    }

    /// Their names, in the order in which they are checked.
    package static var names: [String] { all.map { type(of: $0).name } }

    /// A fresh set of one promise, or of all.
    static func all(only name: String?) -> [any Promise] {
        all.filter { name == nil || type(of: $0).name == name }
    }
}
