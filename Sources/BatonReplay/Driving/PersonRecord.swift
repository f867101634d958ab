import BatonCore
import BatonSync

/// What one person's replay came to.
struct PersonRecord: Sendable {
    /// Events of the data set that are to be written.
    var due = 0
    /// Of these, those that had to wait until their device saw the order that they are about.
    var deferred = 0
    /// Of these, those that found nothing to change.
    var unchanging = 0
    /// Of these, those that became an event.
    var written = 0
    /// Dots that thin clients were answered with.
    var thinDots: [Dot] = []
    /// Writes that were refused before they had a dot, by reason.
    var refused: [String: Int] = [:]
    /// Times that a client was closed and opened again by chance.
    var restarts = 0
    /// Troubles that clients met and mended, by kind.
    var healed: [String: Int] = [:]

    /// What devices met and could not mend, by what was said.
    var troubles: [String: Int] = [:]

    mutating func note(_ report: SyncReport) {
        for trouble in report.healed {
            let name =
                switch trouble {
                case .clockCorrected: "clock-corrected"
                case .replicaReplaced: "replica-replaced"
                case .stateReplaced: "state-replaced"
                case .logReplaced: "log-replaced"
                case .streamMoved: "stream-moved"
                }
            healed[name, default: 0] += 1
        }
    }
}
