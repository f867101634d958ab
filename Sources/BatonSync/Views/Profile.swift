import BatonCore

/// Who a customer is, as far as the customer has said.
public struct Profile: Sendable {
    /// The profile as any entity.
    public let view: EntityView

    /// All that stands in it now.
    public var contents: ProfileContents { ProfileContents(view.value) }
    /// The customer's name.
    public var name: String? { contents.name }
    /// The customer's e-mail address.
    public var email: String? { contents.email }
    /// The customer's telephone number.
    public var phone: String? { contents.phone }

    /// The contents now, and again whenever they may look different. See ``EntityView/changes``.
    public var changes: EntityChanges<ProfileContents> { view.changes { ProfileContents($0) } }

    /// Whether a consent is given. Of two that were said apart, a withdrawal prevails.
    public func hasConsent(_ purpose: String) -> Bool { contents.consents[purpose] == true }

    /// Gives a consent.
    public func grant(consent purpose: String) async throws(SyncFailure) {
        try await edit { $0.setConsent(purpose, given: true) }
    }

    /// Withdraws a consent.
    public func withdraw(consent purpose: String) async throws(SyncFailure) {
        try await edit { $0.setConsent(purpose, given: false) }
    }

    /// Notes a fact of the customer's journey.
    public func note(_ fact: String) async throws(SyncFailure) { try await edit { $0.note(fact) } }

    /// Makes several changes in one event. See ``CustomerStream/edit(_:)``.
    @discardableResult
    public func edit<Result: Sendable>(
        _ body: @escaping @Sendable (inout ProfileEdit) throws -> Result
    ) async throws(SyncFailure) -> Result {
        let id = view.id.id
        return try await view.stream.edit { try $0.profile(id, body) }
    }
}
