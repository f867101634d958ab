internal import BatonCore

/// Tells who stands behind Snowplow's ids.
///
/// A person is whom the shop knows by a login: every event of a cookie that ever carried a user
/// id, not as a guest, is that user's, as in Snowplow's own user stitching. A cookie that never
/// did is a person of its own. The network id is the last resort only: one computer in a shop, or
/// at a developer's, has many people's cookies behind one network id, and one person's cart must
/// not meet the next person's.
struct SnowplowPeople {
    private var userOfCookie: [String: String] = [:]

    /// Learns from an event who uses its cookie; the last login stands.
    mutating func learn(from row: SnowplowRow) {
        if let cookie = cookie(of: row), let user = user(of: row) { userOfCookie[cookie] = user }
    }

    /// The stream of the person behind an event.
    func stream(of row: SnowplowRow) throws(RowDefect) -> StreamID {
        if let user = user(of: row) ?? cookie(of: row).flatMap({ userOfCookie[$0] }) {
            return try SafeName.stream("cust-", user)
        }
        if let cookie = cookie(of: row) { return try SafeName.stream("anon-", cookie) }
        return try SafeName.stream("anon-net-", row.networkUserID ?? "")
    }

    private func cookie(of row: SnowplowRow) -> String? {
        [row.domainUserID, row.clientSession?.userID].compactMap(\.self).first { !$0.isEmpty }
    }

    private func user(of row: SnowplowRow) -> String? {
        if let user = row.userID, !user.isEmpty { return user }
        guard row.user?.isGuest?.text != "true", let user = row.user?.id?.text, !user.isEmpty
        else { return nil }
        return user
    }
}
