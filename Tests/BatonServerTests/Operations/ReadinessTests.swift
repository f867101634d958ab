import BatonLog
import Testing

@testable import BatonServer

/// When a server says that it takes requests.
struct ReadinessTests {
    private let now = ContinuousClock.now

    private func slug(
        _ phase: Readiness.Phase = .serving, isReadable: Bool = true,
        trouble: (code: LogFailure.Code, ago: Duration)? = nil, free: Int? = nil
    ) -> Problem.Slug? {
        Readiness(
            phase: phase, isReadable: isReadable,
            trouble: trouble.map { .init($0.code, at: now - $0.ago) },
            disk: free.map { DiskSpace(free: $0, total: 1 << 40) }
        ).problem(at: now)?.slug
    }

    @Test func `Ready is who serves, reads, and has room to write`() {
        #expect(slug() == nil)
        #expect(slug(free: Readiness.diskReserve) == nil)
    }

    @Test func `Not ready while starting and while stopping, whatever else`() {
        #expect(slug(.starting) == .overloaded)
        #expect(slug(.stopping) == .overloaded)
    }

    @Test func `Not ready where the log cannot be read or the disk is full`() {
        #expect(slug(isReadable: false) == .storageFailed)
        #expect(slug(free: Readiness.diskReserve - 1) == .storageFull)
    }

    @Test func `Not ready after a commit that failed, and ready to try again after a rest`() {
        #expect(slug(trouble: (.full, .zero)) == .storageFull)
        #expect(slug(trouble: (.inputOutput, .zero)) == .storageFailed)
        #expect(slug(trouble: (.corrupt, Readiness.rest - .milliseconds(1))) == .storageFailed)
        #expect(slug(trouble: (.inputOutput, Readiness.rest)) == nil)
        // Another process held the log for a moment: that passes by itself.
        #expect(slug(trouble: (.overloaded, .zero)) == nil)
    }

    @Test func `An answer of readyz tells why, by its slug`() async throws {
        try await TestServer.with { server in
            #expect(try await server.call("GET", "/readyz").status == 200)
            await server.engine.close()
            let answer = try await server.call("GET", "/readyz", token: .some(nil))
            #expect(answer.status == 500 && answer.problem == "storage-failed")
            #expect(try await server.call("GET", "/healthz", token: .some(nil)).status == 200)
            #expect(try await server.metric("baton_ready") == 0)
        }
    }
}
