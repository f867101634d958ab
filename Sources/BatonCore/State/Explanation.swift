/// Why a place in an entity holds what it holds: the writes that made it, those that did not, and what
/// decided between them (specification section 10.6).
public struct Explanation: Hashable, Sendable {
    /// What became of a write.
    public enum Part: String, Hashable, Sendable {
        /// It is the value, or the base of a count.
        case decides
        /// It counts into the value: an increment, an element, a fact.
        case contributes
        /// Another concurrent write prevails over it.
        case overruled
        /// It only keeps a write alive, which another one tells of or of which something newer is known.
        case keeps
        /// A later write that had seen it stands in its place.
        case superseded
        /// A removal that had seen it took it away.
        case removed
        /// It is itself a removal, and adds nothing.
        case removes
    }

    /// One write, or one removal.
    public struct Write: Hashable, Sendable {
        /// The event that holds it.
        public let dot: Dot
        /// Its place in the log; ``Offset/start`` while it is pending on this device.
        public let offset: Offset
        /// When it was written, by the writer's clock.
        public let timestamp: Timestamp
        /// What it did: `set`, `add`, `remove` …
        public let action: String
        /// What was written or removed; `nil` where the place was cleared.
        public let value: Value?
        /// Of a keep: the event that first wrote the value.
        public let origin: Dot?
        /// What became of it.
        public let part: Part
        /// With `superseded` and `removed`: the event that did so.
        public let by: Dot?
        /// Those of the other writes listed here that had not seen it, nor it them; at most
        /// ``Explanation/mostConcurrent``.
        public let concurrent: [Dot]
        /// What became of it and why, in words.
        public let why: String
    }

    /// The place in the entity.
    public let path: FieldPath
    /// The rule there, such as `register latest` or `count max`.
    public let rule: String
    /// The value; `nil` where nothing is to be seen.
    public let value: Value?
    /// Whether values are hidden from who asked.
    public let isRedacted: Bool
    /// How the value comes about, in words.
    public let summary: String
    /// The writes in the order of the log, pending ones last.
    public let writes: [Write]
    /// How many older ones were left out of ``writes``.
    public let omitted: Int

    /// A place lists at most so many writes; the newest, and those that decide.
    public static let mostWrites = 100
    /// A write lists at most so many concurrent ones, and a sentence names at most so many writes.
    public static let mostConcurrent = 20
}

/// An event with its place in the log.
public struct LoggedEvent: Hashable, Sendable {
    /// Its place in the log.
    public let offset: Offset
    /// The event.
    public let event: Event

    /// Joins the parts.
    public init(offset: Offset, event: Event) {
        self.offset = offset
        self.event = event
    }

    var stamp: Stamp {
        Stamp(
            dot: event.dot, offset: offset, context: event.context, timestamp: event.timestamp)
    }
}

extension StreamState {
    /// The explanation of every place of an entity at or below `path`, by path: of those in which
    /// something lives, and of those that events of `history` touched.
    ///
    /// `history` is what the log still holds, in its order, up to this state; without it only live
    /// writes are told of. Values that the schema hides from `role` are told of as marks; `nil`
    /// hides nothing. O(n log n) in the live size and the operations in `history`; but for each write that
    /// lives no more, the removals since are looked through for the first that had seen it, and for each
    /// that decides or is overruled, those that had not: a comparison of a few numbers each.
    public func explanation(
        of entity: EntityID, at path: FieldPath = FieldPath([]), history: [LoggedEvent] = [],
        schemas: SchemaSet, for role: Role? = nil
    ) -> [Explanation] {
        guard let schema = schemas[entity.type] else { return [] }
        var survey = PlaceSurvey(entity: entity, schema: schema, path: path)
        survey.survey(history)
        if let root = entities[entity]?.root { survey.survey(root) }
        return survey.places.keys.sorted().compactMap { path in
            guard let place = survey.places[path] else { return nil }
            let isHidden = role.map { schema.isRedacted(path, for: $0) } ?? false
            return PlaceStory(
                path: path, place: place, removals: survey.removals(above: path),
                isHidden: isHidden
            ).explanation
        }
    }
}

extension Rule {
    /// The rule as explanations and conflicts name it.
    var explainedName: String {
        switch self {
        case .register(_, let pick): return "register \(pick.name)"
        case .count(let count): return "count \(count.base.rawValue)"
        default: return name
        }
    }
}
