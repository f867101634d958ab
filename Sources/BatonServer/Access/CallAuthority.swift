import BatonCore
import BatonLog

/// Calls that schemas keep to some roles (specification section 2.6). What is asked is the schema alone,
/// before anything is looked up, so that the answer tells nothing of what there is.
extension StreamService {
    /// Fails where a type keeps the call from the caller's role.
    func require(
        _ call: GuardedCall, on type: String, of key: StreamKey, by role: Role
    ) throws(Problem) {
        guard let schema = schemas(of: key)[type], !schema.allows(call, by: role) else { return }
        throw Self.keeping(call, from: role, [type])
    }

    /// Fails where any type keeps the call, which is about all of them, from the caller's role.
    func require(
        _ call: GuardedCall, ofAll key: StreamKey, by role: Role
    ) throws(Problem) {
        let types = schemas(of: key).types(keeping: call, from: role)
        guard types.isEmpty else { throw Self.keeping(call, from: role, types) }
    }

    private static func keeping(
        _ call: GuardedCall, from role: Role, _ types: [String]
    ) -> Problem {
        Problem(
            .notPermitted,
            "a \(role.rawValue) may not call \(call.rawValue), as the schema of "
                + "\(types.joined(separator: ", ")) says")
    }
}
