import BatonCore
import BatonLog

/// A stream that is handed on: which, how much of it, and what became of the code.
struct Handoff: Sendable {
    /// What became of the code.
    enum Status: String, Sendable {
        case open, claimed, expired
    }

    /// Who took it, and with what.
    struct Claim: Sendable {
        /// The claimer's own name for the call, by which it is known again; `nil` where it gave none.
        let idempotencyKey: String?
        /// The token that was given.
        let token: SharedToken
        /// Milliseconds since 1970.
        let at: Int64
    }

    /// By which the giver asks for it: 32 hexadecimal digits. It opens nothing.
    let id: String
    /// The one-time code.
    let code: HandoffCode
    /// The stream that is handed on.
    let key: StreamKey
    /// The entities of it that are shared.
    let entities: [String]
    /// Who hands it on. The code, and the token, are worth no more than his own.
    let giver: Principal
    /// Milliseconds since 1970 from which on the code is worth nothing.
    let expires: Int64
    /// Seconds that the token lives, from the claim on.
    let tokenSeconds: Int64
    /// Who took it, if anybody has.
    var claim: Claim?
    /// Which came first.
    var number = 0

    func status(at now: Int64) -> Status {
        if claim != nil { return .claimed }
        return now < expires ? .open : .expired
    }
}

/// A token for a stream that was handed on.
struct SharedToken: Sendable {
    let text: String
    let role: Role
    /// Where its holder stands, if that was said.
    let channel: ChannelName?
    /// Milliseconds since 1970 from which on it is worth nothing.
    let expires: Int64
}
