// Written by `baton schema swift`: do not edit it, write it anew. It is of the schemas
//   appointment, version 1
//   loyalty, version 1
//   wish-list, version 1

import BatonSync

/// An entity of the type `appointment`, as version 1 declares it.
struct Appointment: TypedEntity {
    static let type = "appointment"
    /// Where it lies.
    let place: FieldPlace

    /// What lies at that place.
    init(_ place: FieldPlace) { self.place = place }

    /// A workflow.
    var status: WorkflowField<Status> { .init(place["status"]) }
    /// A register (instant); of concurrent writes the latest stands.
    var at: RegisterField<Instant> { .init(place["at"]) }
    /// A register (integer); of concurrent writes the latest stands.
    var minutes: RegisterField<Int64> { .init(place["minutes"]) }
    /// A register (text); of concurrent writes the latest stands.
    var store: RegisterField<String> { .init(place["store"]) }
    /// A register (text); of concurrent writes the latest stands. Written by: associate, service.
    var associate: RegisterField<String> { .init(place["associate"]) }
    /// A log (text).
    var wishes: LogField<String> { .init(place["wishes"]) }
    /// A register (boolean); of concurrent writes the latest stands.
    var reminders: RegisterField<Bool> { .init(place["reminders"]) }

    /// The states at `appointment/status`; the last one prevails over all others.
    enum Status: String, FieldContent, CaseIterable {
        /// "asked".
        case asked
        /// "confirmed".
        case confirmed
        /// "missed".
        case missed
        /// "cancelled".
        case cancelled
        /// "kept".
        case kept
    }
}

/// An entity of the type `loyalty`, as version 1 declares it.
struct Loyalty: TypedEntity {
    static let type = "loyalty"
    /// Where it lies.
    let place: FieldPlace

    /// What lies at that place.
    init(_ place: FieldPlace) { self.place = place }

    /// A count; what all devices add adds up. Written by: associate, service.
    var points: CountField { .init(place["points"]) }
    /// A register (enumeration); of concurrent writes the latest stands. Written by: service.
    var tier: RegisterField<Tier> { .init(place["tier"]) }
    /// A register (money); of concurrent writes the greatest stands. Written by: service.
    var highestSpend: RegisterField<Money> { .init(place["highestSpend"]) }
    /// A log (text). Written by: associate, service.
    var entries: LogField<String> { .init(place["entries"]) }
    /// A register (instant); of concurrent writes the least stands.
    var memberSince: RegisterField<Instant> { .init(place["memberSince"]) }
    /// A set (text).
    var rewards: SetField<String> { .init(place["rewards"]) }

    /// The values at `loyalty/tier`.
    enum Tier: String, FieldContent, CaseIterable {
        /// "basic".
        case basic
        /// "silver".
        case silver
        /// "gold".
        case gold
    }
}

/// An entity of the type `wish-list`, as version 1 declares it.
struct WishList: TypedEntity {
    static let type = "wish-list"
    /// Where it lies.
    let place: FieldPlace

    /// What lies at that place.
    init(_ place: FieldPlace) { self.place = place }

    /// A register (text); of concurrent writes the latest stands.
    var title: RegisterField<String> { .init(place["title"]) }
    /// A map.
    var items: MapField<ItemsEntry> { .init(place["items"]) }
    /// A set (text).
    var sharedWith: SetField<String> { .init(place["sharedWith"]) }

    /// The fields at `wish-list/items`.
    struct ItemsEntry: TypedPlace {
        /// Where it lies.
        let place: FieldPlace

        /// What lies at that place.
        init(_ place: FieldPlace) { self.place = place }

        /// A register (text); of concurrent writes the latest stands.
        var title: RegisterField<String> { .init(place["title"]) }
        /// A register (money); of concurrent writes the latest stands.
        var price: RegisterField<Money> { .init(place["price"]) }
        /// A count; what all devices add adds up.
        var wanted: CountField { .init(place["wanted"]) }
        /// A register (enumeration); of concurrent writes the strictest stands.
        var priority: RegisterField<Priority> { .init(place["priority"]) }
        /// A register (reference); of concurrent writes the latest stands.
        var picture: RegisterField<AssetReference> { .init(place["picture"]) }

        /// The values at `wish-list/items/priority`.
        enum Priority: String, FieldContent, CaseIterable {
            /// "must".
            case must
            /// "nice".
            case nice
            /// "some-day".
            case someDay = "some-day"
        }
    }
}
