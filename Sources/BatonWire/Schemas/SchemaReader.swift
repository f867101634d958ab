import BatonCore

/// Reads a schema document, and notes all that it cannot read with its place.
///
/// What cannot be read is stood in for, so that the rest is read and checked as well, and a person
/// mends a document in one go.
struct SchemaReader {
    private(set) var findings: [InvalidSchema.Finding] = []

    /// Reads a part; `nil` where it cannot be read, which is noted.
    @discardableResult
    mutating func attempt<Part>(
        _ read: (inout SchemaReader) throws(InvalidSchema) -> Part
    ) -> Part? {
        do {
            return try read(&self)
        } catch {
            findings += error.findings
            return nil
        }
    }

    mutating func schema(at place: JSONPlace) -> Schema {
        attempt { _ throws(InvalidSchema) in
            try place.checkMembers(["type", "version", "adopt", "readers", "callers", "fields"])
        }
        let type = attempt { _ throws(InvalidSchema) in try place.required("type").text() }
        let version = attempt { _ throws(InvalidSchema) in
            let version = try place.required("version")
            guard let number = Int(exactly: try version.integer()) else {
                throw version.failure("a smaller number is expected")
            }
            return number
        }
        let adoption = attempt { _ throws(InvalidSchema) in
            try place.member("adopt")?.choice(EntityAdoption.self)
        }
        let readers = namedRoles("readers", of: place)
        let callers = attempt { reader throws(InvalidSchema) in
            try place.member("callers").map { place throws(InvalidSchema) in
                try reader.callers(at: place)
            }
        }
        let fields = attempt { reader throws(InvalidSchema) in
            try reader.fields(at: place.required("fields"))
        }
        return Schema(
            type: type ?? "unread", version: version ?? 1, adoption: (adoption ?? nil) ?? .merge,
            readers: readers, callers: (callers ?? nil) ?? [:],
            fields: fields ?? [Field("unread", Self.unread)])
    }

    /// Stands in for a rule that cannot be read.
    private static let unread = Rule.count(CountRule())

    /// What a field says beside its rule.
    private static let fieldMembers = [
        "name", "writers", "readers", "most", "adopt", "redact", "report", "compare",
    ]

    private mutating func fields(at place: JSONPlace) throws(InvalidSchema) -> [Field] {
        var fields: [Field] = []
        for element in try place.elements() {
            guard case .object = element.value else {
                findings += element.failure("an object is expected").findings
                fields.append(Field(ExactText("unread\(fields.count)"), Self.unread))
                continue
            }
            let name = attempt { _ throws(InvalidSchema) in
                ExactText(try element.required("name").text())
            }
            let rule = attempt { reader throws(InvalidSchema) in
                try reader.rule(at: element, besides: Self.fieldMembers)
            }
            let writers = namedRoles("writers", of: element)
            let readers = namedRoles("readers", of: element)
            let adoption = attempt { _ throws(InvalidSchema) in
                try element.member("adopt")?.choice(Adoption.self)
            }
            let most = attempt { _ throws(InvalidSchema) in
                try element.member("most").map { place throws(InvalidSchema) in
                    guard let most = Int(exactly: try place.integer()) else {
                        throw place.failure("a smaller number is expected")
                    }
                    return most
                }
            }
            let redaction = attempt { reader throws(InvalidSchema) in
                try element.member("redact").map { place throws(InvalidSchema) in
                    try reader.redaction(at: place)
                }
            }
            let isReported = attempt { _ throws(InvalidSchema) in
                try element.member("report")?.boolean() ?? true
            }
            let compared = attempt { _ throws(InvalidSchema) in
                try element.member("compare").map { place throws(InvalidSchema) in
                    ExactText(try place.text())
                }
            }
            fields.append(
                Field(
                    name ?? ExactText("unread\(fields.count)"), rule ?? Self.unread,
                    writers: writers, readers: readers,
                    adoption: rule == nil ? nil : adoption ?? nil,
                    most: rule == nil ? nil : most ?? nil,
                    redaction: (redaction ?? nil) ?? .none, isReported: isReported ?? true,
                    comparedBy: rule == nil ? nil : compared ?? nil))
        }
        return fields
    }

    /// The roles that a member names; none where it is not there, or cannot be read.
    private mutating func namedRoles(_ name: String, of place: JSONPlace) -> [Role] {
        let roles = attempt { reader throws(InvalidSchema) in
            try place.member(name).map { place throws(InvalidSchema) in
                try reader.roles(at: place)
            }
        }
        return (roles ?? nil) ?? []
    }

    private mutating func callers(
        at place: JSONPlace
    ) throws(InvalidSchema) -> [GuardedCall: [Role]] {
        try place.checkMembers(GuardedCall.allCases.map(\.rawValue))
        var callers: [GuardedCall: [Role]] = [:]
        for call in GuardedCall.allCases {
            let roles = namedRoles(call.rawValue, of: place)
            if !roles.isEmpty { callers[call] = roles }
        }
        return callers
    }

    private mutating func redaction(at place: JSONPlace) throws(InvalidSchema) -> Redaction {
        switch place.value {
        case .boolean(true): return .except([])
        case .boolean(false): return .none
        case .object:
            try place.checkMembers(["except"])
            return .except(try roles(at: place.required("except")))
        default: throw place.failure("true is expected, or {\"except\": roles}")
        }
    }

    private mutating func roles(at place: JSONPlace) throws(InvalidSchema) -> [Role] {
        var roles: [Role] = []
        for element in try place.elements() { roles.append(try element.choice()) }
        guard !roles.isEmpty else {
            throw place.failure("names at least one role; leave it out to name all")
        }
        return roles
    }

    private mutating func rule(
        at place: JSONPlace, besides others: [String] = []
    ) throws(InvalidSchema) -> Rule {
        let name = try place.required("rule").choice(RuleName.self)
        let (rule, members) = try rule(name, at: place)
        try place.checkMembers(others + ["rule"] + members)
        return rule
    }

    /// The rule, and the members that say it.
    private mutating func rule(
        _ name: RuleName, at place: JSONPlace
    ) throws(InvalidSchema) -> (Rule, members: [String]) {
        switch name {
        case .register:
            let (type, members) = try place.valueType()
            let pick = try place.member("pick")?.choice(PickName.self) ?? .latest
            return (
                .register(type, try self.pick(pick, at: place)),
                members + (pick == .strictest ? ["pick", "order"] : ["pick"])
            )
        case .count:
            let base = try place.member("base")?.choice(CountRule.Base.self) ?? .max
            let floor = try place.member("floor")?.integer()
            return (
                .count(CountRule(base: base, floor: floor, range: try place.range())),
                ["base", "floor", "least", "greatest"]
            )
        case .set:
            let (type, members) = try place.valueType()
            return (.set(type), members)
        case .log:
            let (type, members) = try place.valueType()
            return (.log(type), members)
        case .map: return (.map(try rule(at: place.required("entries"))), ["entries"])
        case .record:
            return (.record(Record(try fields(at: place.required("fields")))), ["fields"])
        case .workflow:
            return (
                .workflow(
                    Workflow(
                        precedence: try place.required("precedence").texts(),
                        moves: try moves(at: place.required("moves")))), ["precedence", "moves"]
            )
        }
    }

    private func pick(_ name: PickName, at place: JSONPlace) throws(InvalidSchema) -> Pick {
        switch name {
        case .latest: return .latest
        case .max: return .max
        case .min: return .min
        case .all: return .all
        case .strictest: return .strictest(try place.required("order").elements().map(\.value))
        }
    }

    private mutating func moves(at place: JSONPlace) throws(InvalidSchema) -> [Workflow.Move] {
        var moves: [Workflow.Move] = []
        let before = findings.count
        for element in try place.elements() {
            let move = attempt { reader throws(InvalidSchema) in
                try element.checkMembers(["from", "to", "roles"])
                return Workflow.Move(
                    ExactText(try element.required("from").text()),
                    ExactText(try element.required("to").text()),
                    roles: try element.member("roles").map { place throws(InvalidSchema) in
                        try reader.roles(at: place)
                    } ?? [])
            }
            if let move { moves.append(move) }
        }
        // What is wrong has been noted; a workflow without these moves would only seem to be worse.
        guard findings.count == before else { throw InvalidSchema([]) }
        return moves
    }
}

private enum RuleName: String, CaseIterable {
    case register, count, set, map, record, workflow, log
}

private enum PickName: String, CaseIterable {
    case latest, max, min, strictest, all
}

private enum TypeName: String, CaseIterable {
    case text, integer, boolean, money, instant, enumeration, reference
}

extension JSONPlace {
    /// The range that `least` and `greatest` declare.
    fileprivate func range() throws(InvalidSchema) -> ClosedRange<Int64> {
        let all = CountRule.anyNumber
        let least = try member("least")?.integer() ?? all.lowerBound
        let greatest = try member("greatest")?.integer() ?? all.upperBound
        guard least <= greatest else {
            throw failure("least \(least) is above greatest \(greatest)")
        }
        return least...greatest
    }

    /// The value type that an object declares, and the members that say it.
    fileprivate func valueType() throws(InvalidSchema) -> (ValueType, members: [String]) {
        switch try required("type").choice(TypeName.self) {
        case .text:
            let longest = try member("longest")
            guard
                let bytes = try Int(exactly: longest?.integer() ?? Int64(ProtocolLimits.textBytes))
            else { throw (longest ?? self).failure("a smaller number is expected") }
            return (.text(longest: bytes), ["type", "longest"])
        case .integer:
            return (.integer(try range()), ["type", "least", "greatest"])
        case .boolean: return (.boolean, ["type"])
        case .money:
            let named = try member("currencies")
            let currencies = try named?.texts() ?? []
            if let named, currencies.isEmpty {
                throw named.failure("names at least one currency; leave it out to allow any")
            }
            return (
                .money(MoneyRange(currencies: currencies, amounts: try range())),
                ["type", "least", "greatest", "currencies"]
            )
        case .instant: return (.instant, ["type"])
        case .reference:
            let media = try member("media")
            let types = try media?.texts() ?? []
            if let media, types.isEmpty {
                throw media.failure("names at least one media type; leave it out to allow any")
            }
            return (.reference(media: types), ["type", "media"])
        case .enumeration:
            return (.enumeration(try required("values").texts()), ["type", "values"])
        }
    }
}
