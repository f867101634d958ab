/// The paths that the service answers, to tell a wrong method from a wrong path.
enum CallTable {
    private static let methods: [(path: String, methods: [String])] = [
        ("/v1/streams/*/events", ["GET", "POST"]), ("/v1/streams/*/live", ["GET"]),
        ("/v1/streams/*/snapshot", ["GET"]), ("/v1/streams/*/timeline", ["GET"]),
        ("/v1/streams/*/conflicts", ["GET"]), ("/v1/streams/*/adopt", ["POST"]),
        ("/v1/streams/*/adopt/undo", ["POST"]),
        ("/v1/streams/*/entities/*/*", ["GET", "POST"]),
        ("/v1/streams/*/checkout", ["POST"]), ("/v1/handoffs", ["POST"]),
        ("/v1/handoffs/claim", ["POST"]), ("/v1/handoffs/*", ["GET"]),
        ("/v1/sync", ["POST"]), ("/v1/live", ["GET"]), ("/v1/schemas", ["GET"]),
        ("/healthz", ["GET"]), ("/readyz", ["GET"]), ("/metrics", ["GET"]),
    ]

    /// The paths, with a star for each name in them.
    static var paths: [String] { methods.map(\.path) }

    /// The methods that a path takes; empty for a path that is not served. What can be got can be
    /// asked about, too (RFC 9110, section 9.3.2).
    static func methods(of path: String) -> [String] {
        let published = published(at: path)
        return published.contains("GET") ? published + ["HEAD"] : published
    }

    private static func published(at path: String) -> [String] {
        let parts = path.split(separator: "/")
        return methods.first { entry in
            let pattern = entry.path.split(separator: "/")
            return pattern.count == parts.count
                && zip(pattern, parts).allSatisfy { $0 == "*" || $0 == $1 }
        }?.methods ?? []
    }
}
