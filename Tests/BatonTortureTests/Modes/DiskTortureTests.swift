import Foundation
import Testing

extension TortureTests {
    /// These mount file systems that only they see; where a system does not let them, they say that
    /// they were skipped.
    @Suite(.enabled(if: MountsHere.areAllowed, "no mounts of its own here"))
    struct DiskTortureTests {
        private let small = ["--devices", "3", "--thin", "2", "--streams", "2"]

        @Test func `A full disk refuses writes, keeps reads, and heals by itself`() async throws {
            let (status, report) = try await Program.report(
                ["--full-disk", "--rounds", "4", "--seed", "2"] + small)
            #expect(report.findings.isEmpty && status == 0, "\(report.findings)")
            #expect(report.done["disk filled"] == 4)
            #expect(report.problems["storage-full", default: 0] > 0)
            #expect(report.acknowledgedEvents > 0)
        }

        @Test func `Files that cannot be written refuse writes, keep reads, and a start says so`()
            async throws
        {
            let (status, report) = try await Program.report(
                ["--read-only", "--rounds", "5", "--seed", "1"] + small)
            #expect(report.findings.isEmpty && status == 0, "\(report.findings)")
            #expect(report.done["made read-only while serving", default: 0] > 0)
            #expect(report.done["started read-only", default: 0] > 0)
        }
    }
}

/// Whether this system lets a process have mounts of its own.
private enum MountsHere {
    static let areAllowed: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["unshare", "--mount", "--propagation", "private", "true"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()
}
