public import BatonCore
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What is not to be let in any more, though its tokens are good (specification section 11.2).
public struct Revocations: Sendable, Equatable {
    /// Whom a revocation is of.
    public enum Target: Hashable, Sendable {
        /// One token, by its `jti`.
        case token(String)
        /// All tokens bound to a replica, and whatever is pushed under it.
        case replica(ReplicaID)
        /// All tokens that a holder, a device or a person, had been issued before.
        case subject(String)
    }

    /// One revocation.
    public struct Entry: Hashable, Sendable {
        /// Whose token.
        public let tenant: TenantID
        /// Which ones.
        public let target: Target
        /// When it was revoked: seconds since 1970.
        public let since: Int64

        /// Joins the parts.
        public init(tenant: TenantID, target: Target, since: Int64) {
            self.tenant = tenant
            self.target = target
            self.since = since
        }
    }

    private struct Key: Hashable {
        let tenant: TenantID
        let target: Target
    }

    private var since: [Key: Int64] = [:]

    /// Entries of one list: all are looked through at once.
    public static let most = 100_000

    /// Nothing is revoked.
    public init() {}

    /// The entries, in an order that is always the same.
    public var entries: [Entry] {
        since.map { Entry(tenant: $0.key.tenant, target: $0.key.target, since: $0.value) }
            .sorted { Line($0) < Line($1) }
    }

    /// Revokes; false where the list is full.
    public mutating func revoke(_ entry: Entry) -> Bool {
        let key = Key(tenant: entry.tenant, target: entry.target)
        guard since[key] != nil || since.count < Self.most else { return false }
        since[key] = max(entry.since, since[key] ?? .min)
        return true
    }

    /// Takes a revocation back; false where there was none.
    public mutating func restore(_ target: Target, of tenant: TenantID) -> Bool {
        since.removeValue(forKey: Key(tenant: tenant, target: target)) != nil
    }

    /// Whether nothing is pushed under a replica any more.
    func covers(_ replica: ReplicaID, of tenant: TenantID) -> Bool {
        since[Key(tenant: tenant, target: .replica(replica))] != nil
    }

    /// Why a caller is not let in; `nil` where it is. O(1).
    func refusal(of principal: Principal) -> TokenRefusal? {
        guard !since.isEmpty else { return nil }
        let (tenant, token) = (principal.tenant, principal.token)
        return refusal(
            of: tenant, id: token.id, replica: principal.replica, subject: token.subject,
            issued: token.issued)
            ?? token.others.lazy.compactMap {
                refusal(
                    of: tenant, id: $0.id, replica: $0.replica.flatMap(ReplicaID.init),
                    subject: $0.subject, issued: $0.issued)
            }.first
    }

    private func refusal(
        of tenant: TenantID, id: String?, replica: ReplicaID?, subject: String?, issued: Int64?
    ) -> TokenRefusal? {
        if let id, since[Key(tenant: tenant, target: .token(id))] != nil {
            return TokenRefusal(.revoked, "the token \(id.prefix(100).debugDescription)")
        }
        if let replica, covers(replica, of: tenant) {
            return TokenRefusal(.revoked, "the replica \(replica)")
        }
        if let subject, let time = since[Key(tenant: tenant, target: .subject(subject))],
            issued.map({ $0 <= time }) ?? true
        {
            return TokenRefusal(.revoked, "what \(subject.prefix(100).debugDescription) had")
        }
        return nil
    }
}

extension Revocations {
    /// Reads a list.
    public init(json: [UInt8]) throws(TokenKeys.Failure) {
        guard let list = try? JSONDecoder().decode(List.self, from: Data(json)) else {
            throw TokenKeys.Failure(
                description: "not a list of revocations: {\"revoked\": [{\"tenant\": …}]}")
        }
        for line in list.revoked {
            guard let entry = line.entry else {
                throw TokenKeys.Failure(
                    description: "a revocation names a tenant, a time as since, and one of token, "
                        + "replica and subject")
            }
            guard revoke(entry) else {
                throw TokenKeys.Failure(description: "more than \(Self.most) revocations")
            }
        }
    }

    /// The list as JSON, an entry a line.
    public var json: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let lines = try entries.map {
                String(decoding: try encoder.encode(Line($0)), as: UTF8.self)
            }
            return Array("{\"revoked\":[\n\(lines.joined(separator: ",\n"))\n]}\n".utf8)
        }
    }

    private struct List: Codable {
        let revoked: [Line]
    }

    private struct Line: Codable, Comparable {
        let tenant: String
        var token: String?
        var replica: String?
        var subject: String?
        let since: Int64

        init(_ entry: Entry) {
            tenant = entry.tenant.description
            since = entry.since
            switch entry.target {
            case .token(let id): token = id
            case .replica(let id): replica = id.description
            case .subject(let name): subject = name
            }
        }

        var entry: Entry? {
            guard let tenant = try? TenantID(tenant) else { return nil }
            let target: Target
            switch (token, replica, subject) {
            case (let id?, nil, nil): target = .token(id)
            case (nil, let text?, nil):
                guard let id = ReplicaID(text) else { return nil }
                target = .replica(id)
            case (nil, nil, let name?): target = .subject(name)
            default: return nil
            }
            return Entry(tenant: tenant, target: target, since: since)
        }

        private var order: [String] {
            [tenant, token.map { "token " + $0 } ?? "", replica ?? "", subject ?? ""]
        }

        static func < (left: Line, right: Line) -> Bool {
            left.order.lexicographicallyPrecedes(right.order)
        }
    }
}

/// The revocations in force.
final class RevocationBook: Sendable {
    private let list = Mutex(Revocations())

    /// What is revoked now.
    var now: Revocations { list.withLock { $0 } }

    func put(_ revocations: Revocations) { list.withLock { $0 = revocations } }
}
