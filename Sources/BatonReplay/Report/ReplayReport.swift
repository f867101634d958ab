/// What a replay came to: what was read, what was done, and what the checks found.
public struct ReplayReport: Sendable, Encodable {
    /// The data set and what reading it met.
    public struct Data: Sendable, Encodable {
        /// A file of the data set.
        public struct File: Sendable, Encodable {
            /// The file's name without its folder.
            public let name: String
            /// What it is for: `events`, `details`, `not-needed`, `unknown`.
            public let role: String
            /// What it was taken for.
            public let content: String
        }

        /// Something odd that was used all the same.
        public struct Note: Sendable, Encodable {
            /// The note's stable name.
            public let name: String
            /// What was found and what was made of it.
            public let explanation: String
            /// How often.
            public let count: Int
            /// Where first: `file:line`.
            public let example: String?
        }

        /// Which data set it is: `rees46`, `olist` …
        public let kind: String
        /// Its files.
        public let files: [File]
        /// Rows that were read, those skipped included.
        public let rowsRead: Int
        /// Rows that were skipped, by reason.
        public let skipped: [String: Int]
        /// The first skipped rows: `file:line: reason: detail`.
        public let problems: [String]
        /// What was odd, by name.
        public let notes: [Note]
        /// Events by kind of action.
        public let actions: [String: Int]
        /// Events of types of which nothing is made, by type.
        public let unknownTypes: [String: Int]
        /// Persons, each with a stream.
        public let people: Int
    }

    /// How it was replayed.
    public struct Mode: Sendable, Encodable {
        /// `online` or `offline`.
        public let name: String
        /// The share of time that devices were offline.
        public let offline: Double?
        /// The seed of all chance.
        public let seed: UInt64
    }

    /// The devices.
    public struct Devices: Sendable, Encodable {
        /// Those with the SDK and a store of their own.
        public let sdk: Int
        /// Thin clients.
        public let thin: Int
        /// Devices whose state was compared at the end.
        public var compared = 0
        /// Devices that differ from what the log makes.
        public var diverged = 0
        /// The first of these: `stream/device`.
        public var divergedNames: [String] = []
        /// Troubles that clients met and mended, by kind.
        public var healed: [String: Int] = [:]
        /// What clients met and could not mend, by what was said.
        public var troubles: [String: Int] = [:]
    }

    /// The events that are synced.
    public struct Events: Sendable, Encodable {
        /// Actions of the data set that change something.
        public var due = 0
        /// Of these, those that became an event.
        public var written = 0
        /// Of these, those that found nothing to change.
        public var unchanging = 0
        /// Of these, those that waited until their device saw the order that they are about.
        public var deferred = 0
        /// Of these, those whose order never came.
        public var neverPossible = 0
        /// Written events that stand in the log, each once.
        public var kept = 0
        /// Deliveries of events that the log had already, and that changed nothing.
        public var duplicatesAbsorbed = 0
        /// Events that were refused, by reason.
        public var refused: [String: Int] = [:]
        /// Of the refused ones, those that were refused before they became an event.
        public var refusedUnwritten = 0
        /// Written events that the log lacks.
        public var lost = 0
        /// The first of these: `stream dot`.
        public var lostDots: [String] = []
        /// Events that stand in the log twice or that nobody wrote.
        public var doubled = 0
        /// The first of these: `stream dot`.
        public var doubledDots: [String] = []
        /// Conflicts that no later write has settled, by the rule that decided.
        public var openConflicts: [String: Int] = [:]
    }

    /// Entities of one type, compared with the plain count.
    public struct Compared: Sendable, Encodable {
        /// How many were compared.
        public var compared = 0
        /// How many differ.
        public var different = 0
    }

    /// The comparison with the plain count.
    public struct Comparison: Sendable, Encodable {
        /// Carts.
        public var carts = Compared()
        /// Orders: lines, state, total and payments.
        public var orders = Compared()
        /// Profiles: address, tags, journey.
        public var profiles = Compared()
        /// The first differences, at most ``ReplayReport/keptDetails``.
        public var differences: [String] = []

        /// How many entities differ.
        public var different: Int { carts.different + orders.different + profiles.different }
    }

    /// What happened on the way to the server.
    public struct Network: Sendable, Encodable {
        /// Requests that were delivered.
        public var requests = 0
        /// Requests that got no answer, though no fault of the replay's struck them: the server
        /// was away.
        public var unanswered = 0
        /// Faults, by kind.
        public var faults: [String: Int] = [:]
        /// Times that a client was closed and opened again by chance.
        public var restarts = 0
    }

    /// How long it took.
    public struct Time: Sendable, Encodable {
        /// Seconds of playing the events.
        public let playing: Double
        /// Seconds of settling and comparing.
        public let settling: Double
        /// Events written a second while playing.
        public let eventsPerSecond: Double

        init(playing: Double = 0, settling: Double = 0, events: Int = 0) {
            self.playing = playing
            self.settling = settling
            eventsPerSecond = playing > 0 ? Double(events) / playing : 0
        }
    }

    /// How many names and differences are kept of each kind; those beyond are only counted.
    public static let keptDetails = 100

    /// The data set and what reading it met.
    public let data: Data
    /// How it was replayed.
    public let mode: Mode
    /// The devices.
    public var devices: Devices
    /// The events that are synced.
    public var events = Events()
    /// The comparison with the plain count.
    public var comparison = Comparison()
    /// What happened on the way to the server.
    public var network = Network()
    /// How long it took.
    public var time = Time()
    /// What is wrong, in a few words each; empty if all is well.
    public var findings: [String] { checked() }

    /// Writes the findings too, so that a program need not work them out.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(data, forKey: .data)
        try container.encode(mode, forKey: .mode)
        try container.encode(devices, forKey: .devices)
        try container.encode(events, forKey: .events)
        try container.encode(comparison, forKey: .comparison)
        try container.encode(network, forKey: .network)
        try container.encode(time, forKey: .time)
        try container.encode(findings, forKey: .findings)
    }

    private enum CodingKeys: String, CodingKey {
        case data, mode, devices, events, comparison, network, time, findings
    }

    private func checked() -> [String] {
        var findings: [String] = []
        func find(_ count: Int, _ words: String) {
            if count > 0 { findings.append("\(count) \(words)") }
        }
        find(devices.diverged, "devices diverged")
        find(devices.healed["state-replaced"] ?? 0, "states had to be replaced by a snapshot")
        find(devices.troubles.values.reduce(0, +), "syncs failed for good")
        find(events.lost, "events lost")
        find(events.doubled, "events doubled")
        let unaccounted =
            events.due - events.written - events.unchanging - events.neverPossible
            - events.refusedUnwritten
        find(abs(unaccounted), "actions unaccounted for")
        if mode.name == "online" {
            find(comparison.different, "entities differ from the plain count")
        }
        return findings
    }
}
