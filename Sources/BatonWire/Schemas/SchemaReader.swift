import BatonCore

/// Reads the parts of a schema document.
enum SchemaReader {
    private enum RuleName: String, CaseIterable {
        case register, count, set, map, record, workflow, log
    }

    private enum TypeName: String, CaseIterable {
        case text, integer, boolean, money, instant, enumeration, reference
    }

    private enum PickName: String, CaseIterable {
        case latest, max, min, strictest, all
    }

    static func schema(at place: JSONPlace) throws(InvalidSchema) -> Schema {
        try place.checkMembers(["type", "version", "adopt", "fields"])
        let version = try place.required("version")
        guard let number = Int(exactly: try version.integer()) else {
            throw version.failure("a smaller number is expected")
        }
        return Schema(
            type: try place.required("type").text(), version: number,
            adoption: try place.member("adopt")?.choice() ?? .merge,
            fields: try fields(at: place.required("fields")))
    }

    private static func fields(at place: JSONPlace) throws(InvalidSchema) -> [Field] {
        var fields: [Field] = []
        for element in try place.elements() {
            let name = ExactText(try element.required("name").text())
            let writers = try element.member("writers").map(roles) ?? []
            let rule = try rule(at: element, besides: ["name", "writers", "adopt", "redact"])
            fields.append(
                Field(
                    name, rule, writers: writers,
                    adoption: try element.member("adopt")?.choice(),
                    redaction: try element.member("redact").map(redaction) ?? .none))
        }
        return fields
    }

    private static func redaction(at place: JSONPlace) throws(InvalidSchema) -> Redaction {
        switch place.value {
        case .boolean(true): return .except([])
        case .boolean(false): return .none
        default:
            guard case .object = place.value else {
                throw place.failure("true is expected, or {\"except\": roles}")
            }
            try place.checkMembers(["except"])
            return .except(try roles(at: place.required("except")))
        }
    }

    private static func roles(at place: JSONPlace) throws(InvalidSchema) -> [Role] {
        var roles: [Role] = []
        for element in try place.elements() { roles.append(try element.choice()) }
        guard !roles.isEmpty else {
            throw place.failure("names at least one role; leave it out to name all")
        }
        return roles
    }

    private static func rule(
        at place: JSONPlace, besides others: [String] = []
    ) throws(InvalidSchema) -> Rule {
        func check(_ members: [String]) throws(InvalidSchema) {
            try place.checkMembers(others + ["rule"] + members)
        }
        switch try place.required("rule").choice(RuleName.self) {
        case .register:
            let (type, members) = try type(at: place)
            let pick = try place.member("pick")?.choice(PickName.self) ?? .latest
            try check(members + (pick == .strictest ? ["pick", "order"] : ["pick"]))
            return .register(type, try self.pick(pick, at: place))
        case .count:
            try check(["base", "floor"])
            let base = try place.member("base")?.choice(CountRule.Base.self) ?? .max
            return .count(CountRule(base: base, floor: try place.member("floor")?.integer()))
        case .set:
            let (type, members) = try type(at: place)
            try check(members)
            return .set(type)
        case .log:
            let (type, members) = try type(at: place)
            try check(members)
            return .log(type)
        case .map:
            try check(["entries"])
            return .map(try rule(at: place.required("entries")))
        case .record:
            try check(["fields"])
            return .record(Record(try fields(at: place.required("fields"))))
        case .workflow:
            try check(["precedence", "moves"])
            return .workflow(
                Workflow(
                    precedence: try place.required("precedence").texts(),
                    moves: try moves(at: place.required("moves"))))
        }
    }

    private static func pick(
        _ name: PickName, at place: JSONPlace
    ) throws(InvalidSchema) -> Pick {
        switch name {
        case .latest: return .latest
        case .max: return .max
        case .min: return .min
        case .all: return .all
        case .strictest: return .strictest(try place.required("order").elements().map(\.value))
        }
    }

    private static func moves(at place: JSONPlace) throws(InvalidSchema) -> [Workflow.Move] {
        var moves: [Workflow.Move] = []
        for element in try place.elements() {
            try element.checkMembers(["from", "to", "roles"])
            moves.append(
                Workflow.Move(
                    ExactText(try element.required("from").text()),
                    ExactText(try element.required("to").text()),
                    roles: try element.member("roles").map(roles) ?? []))
        }
        return moves
    }

    /// The value type, and the members that say it.
    private static func type(
        at place: JSONPlace
    ) throws(InvalidSchema) -> (ValueType, members: [String]) {
        switch try place.required("type").choice(TypeName.self) {
        case .text:
            let longest = try place.member("longest")
            guard
                let bytes = try Int(exactly: longest?.integer() ?? Int64(ProtocolLimits.textBytes))
            else { throw (longest ?? place).failure("a smaller number is expected") }
            return (.text(longest: bytes), ["type", "longest"])
        case .integer:
            let limit = Int64(largestExactInteger)
            let least = try place.member("least")?.integer() ?? -limit
            let greatest = try place.member("greatest")?.integer() ?? limit
            guard least <= greatest else {
                throw place.failure("least \(least) is above greatest \(greatest)")
            }
            return (.integer(least...greatest), ["type", "least", "greatest"])
        case .boolean: return (.boolean, ["type"])
        case .money: return (.money, ["type"])
        case .instant: return (.instant, ["type"])
        case .reference: return (.reference, ["type"])
        case .enumeration:
            return (.enumeration(try place.required("values").texts()), ["type", "values"])
        }
    }
}
