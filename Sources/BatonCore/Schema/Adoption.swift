/// What becomes of an anonymous stream's entity when its stream is adopted into a customer's.
public enum EntityAdoption: String, Hashable, Sendable, CaseIterable {
    /// Its fields go into the customer's entity of the same id, each as its ``Adoption`` says.
    case merge
    /// It becomes an entity of its own, under an id that is derived: two orders stay two.
    case apart
    /// It stays behind.
    case ignore
}

/// What adoption does with one place of an anonymous stream's entity (specification section 2.5).
public enum Adoption: String, Hashable, Sendable, CaseIterable {
    /// Of a count: the two numbers add up.
    case sum
    /// Of a count: the greater number stands.
    case max
    /// Of a register or workflow: the customer's own value stays; only where there is none is the
    /// anonymous one taken.
    case fill
    /// Of a register: the anonymous value is written in place of the customer's own.
    case replace
    /// Of a set: the elements of both.
    case union
    /// Of a log: the facts of both.
    case append
    /// It stays behind.
    case ignore
}

extension Rule {
    /// The adopt rules that fit, the default first; empty where a rule has places of its own below.
    ///
    /// A map whose entries are single values speaks for these.
    public var adoptions: [Adoption] {
        switch self {
        case .register: return [.fill, .replace, .ignore]
        case .count: return [.sum, .max, .ignore]
        case .set: return [.union, .ignore]
        case .log: return [.append, .ignore]
        case .workflow: return [.fill, .ignore]
        case .map(let below): return below.adoptions
        case .record: return []
        }
    }

    /// What adoption does at a place of this rule, where `named` is the innermost adopt rule that a
    /// field on the way to it names; `nil` where it is for the places below to say.
    public func adoption(named: Adoption?) -> Adoption? {
        switch self {
        case .map, .record: return nil
        default: return named ?? adoptions.first
        }
    }
}
