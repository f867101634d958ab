import BatonTorture
import Foundation
import Testing

extension TortureTests {
    @Suite struct KillTortureTests {
        @Test func `A server that is killed again and again loses and doubles nothing`()
            async throws
        {
            let (status, report) = try await Program.report([
                "--rounds", "6", "--seed", "3", "--devices", "5", "--thin", "3", "--streams", "3",
            ])
            #expect(report.findings.isEmpty && status == 0, "\(report.findings)")
            #expect(report.rounds == 6)
            #expect(report.acknowledgedEvents > 0 && report.acknowledgedWrites > 0)
            #expect(report.checkedEntries > report.acknowledgedEvents)
            #expect(report.comparedDevices == 8)
        }

        @Test func `Backups beside a server that is killed hold what was acknowledged before`()
            async throws
        {
            let (status, report) = try await Program.report([
                "--backup", "--rounds", "5", "--seed", "4", "--devices", "3", "--thin", "2",
                "--streams", "2",
            ])
            #expect(report.findings.isEmpty && status == 0, "\(report.findings)")
            #expect(report.acknowledgedEvents > 0)
        }

        @Test func `A server that forgets what it acknowledged is found out`() async throws {
            try await withTemporaryFolder { folder in
                // Each start but the first two finds the log as it was at the second.
                let forgetful = folder + "/forgetful"
                try """
                #!/bin/sh
                if [ -d "$4.old" ]; then rm -rf "$4"; cp -r "$4.old" "$4"
                elif [ -d "$4" ]; then cp -r "$4" "$4.old"; fi
                exec '\(Program.path)' "$@"
                """.write(toFile: forgetful, atomically: true, encoding: .utf8)
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o755], ofItemAtPath: forgetful)
                var options = TortureOptions(program: forgetful, folder: folder + "/torture")
                options.rounds = 2
                options.devices = 2
                options.thinClients = 2
                options.streams = 1
                let report = try await Torture.run(options)
                #expect(report.findingCount > 0)
                #expect(report.findings.contains { $0.kind == .lost }, "\(report.findings)")
            }
        }

        @Test func `A server that does not start is a finding, not an end without a word`()
            async throws
        {
            try await withTemporaryFolder { folder in
                let options = TortureOptions(program: "/bin/false", folder: folder + "/torture")
                let report = try await Torture.run(options)
                #expect(report.findings.map(\.kind) == [.process])
            }
        }
    }
}

/// Each of these keeps the machine busy; one after another they disturb the other tests least.
@Suite(.serialized) struct TortureTests {}
