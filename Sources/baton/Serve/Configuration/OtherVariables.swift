/// Variables that begin as settings do, with `BATON_`, and are none: whatever else begins so is a setting
/// or a mistake.
struct OtherVariables {
    /// Those of this program besides settings, and those of the project's tools and tests, which start
    /// servers in the environment that they were given themselves.
    private static let own: Set<String> = [
        "BATON_CONFIG", GivenToken.variable, "BATON_CLOCK_AHEAD", "BATON_COMPACT_KILLS",
        "BATON_DAMAGED_BYTES", "BATON_DAMAGED_PLACES", "BATON_DIE_AT_CHANGE", "BATON_FLAKY_EDITS",
        "BATON_FLAKY_ROUNDS", "BATON_FUZZING", "BATON_LAW_CASES", "BATON_TESTS_AT_ONCE",
        "BATON_TORTURE_OWN_MOUNTS", "BATON_WARNINGS_AS_ERRORS",
    ]

    /// The beginnings that Kubernetes gives to what it says of services: `BATON` of one called baton. It
    /// sets `NAME_SERVICE_HOST`, `NAME_SERVICE_PORT…`, `NAME_PORT` and `NAME_PORT_…` in every container
    /// (Kubernetes, "Discovering services: environment variables").
    private let services: [String]

    init(in environment: [String: String]) {
        let last = "_SERVICE_HOST"
        services = environment.keys.filter { $0.hasSuffix(last) }.map {
            String($0.dropLast(last.count))
        }
    }

    /// Whether a name is one of them.
    func contains(_ name: String) -> Bool {
        Self.own.contains(name)
            || services.contains { service in
                name == service + "_PORT"
                    || ["_SERVICE_", "_PORT_"].contains { name.hasPrefix(service + $0) }
            }
    }
}
