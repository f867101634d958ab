// Written by `baton schema swift`: do not edit it, write it anew. It is of the schemas
//   protocol, version 3

public import BatonSync

/// An entity of the type `protocol`, as version 3 declares it.
public struct ProtocolEntity: TypedEntity {
    /// The type's name in the schema.
    public static let type = "protocol"
    /// Where it lies.
    public let place: FieldPlace

    /// What lies at that place.
    public init(_ place: FieldPlace) { self.place = place }

    /// A register (text); of concurrent writes the latest stands.
    public var `default`: RegisterField<String> { .init(place["default"]) }
    /// A register (integer); of concurrent writes all stand.
    public var init_: ManyField<Int64> { .init(place["init"]) }
    /// A count; what all devices add adds up.
    public var place_: CountField { .init(place["place"]) }
    /// A set (boolean).
    public var `class`: SetField<Bool> { .init(place["class"]) }
    /// A register (boolean); of concurrent writes the latest stands.
    public var Type_: RegisterField<Bool> { .init(place["Type"]) }
    /// A group of fields.
    public var string: StringField { .init(place["string"]) }
    /// A register (enumeration); of concurrent writes the latest stands.
    public var money: RegisterField<MoneyField> { .init(place["money"]) }
    /// A map.
    public var sizes: MapField<MapField<CountField>> { .init(place["sizes"]) }
    /// A map.
    public var consents: MapField<RegisterField<ConsentsEntry>> { .init(place["consents"]) }
    /// A register (reference); of concurrent writes the latest stands.
    public var picture: RegisterField<AssetReference> { .init(place["picture"]) }

    /// The fields at `protocol/string`.
    public struct StringField: TypedPlace {
        /// Where it lies.
        public let place: FieldPlace

        /// What lies at that place.
        public init(_ place: FieldPlace) { self.place = place }

        /// A register (instant); of concurrent writes the latest stands.
        public var `in`: RegisterField<Instant> { .init(place["in"]) }
        /// A workflow.
        public var self_: WorkflowField<SelfField> { .init(place["self"]) }

        /// The states at `protocol/string/self`; the last one prevails over all others.
        public enum SelfField: String, FieldContent, CaseIterable {
            /// "open".
            case open
            /// "is".
            case `is`
            /// "shut".
            case shut
        }
    }

    /// The values at `protocol/money`.
    public enum MoneyField: String, FieldContent, CaseIterable {
        /// "some-day".
        case someDay = "some-day"
        /// "none".
        case none_ = "none"
        /// "2nd".
        case _2nd = "2nd"
        /// "in".
        case `in`
        /// "★".
        case u2605 = "★"
        /// "EUR".
        case eur = "EUR"
        /// "say \"\\(no)\"".
        case sayNo = "say \"\\(no)\""
    }

    /// The values at `protocol/consents`.
    public enum ConsentsEntry: String, FieldContent, CaseIterable {
        /// "withdrawn".
        case withdrawn
        /// "given".
        case given
    }
}
