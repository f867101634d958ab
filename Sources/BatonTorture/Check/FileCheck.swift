import BatonCore
import BatonLog

/// Checks the log's files themselves, past the server.
enum FileCheck {
    /// Walks the hash chains of all streams in the folder. Works beside a server.
    static func findings(in data: String) async -> [TortureFinding] {
        do throws(LogFailure) {
            let log = try SQLiteLog.open(directory: data)
            var findings: [TortureFinding] = []
            do throws(LogFailure) {
                findings = try await walk(log)
            } catch {
                findings = [TortureFinding(.chain, data, "the log cannot be read: \(error)")]
            }
            await log.close()
            return findings
        } catch {
            return [TortureFinding(.chain, data, "the log cannot be opened: \(error)")]
        }
    }

    private static func walk(_ log: SQLiteLog) async throws(LogFailure) -> [TortureFinding] {
        guard let tenant = try? TenantID("dev") else { return [] }
        var findings: [TortureFinding] = []
        for summary in try await log.streams(of: tenant, after: nil, limit: .max) {
            let key = StreamKey(tenant: tenant, stream: summary.stream)
            if let finding = try await log.check(key) {
                findings.append(TortureFinding(.chain, "stream \(summary.stream)", "\(finding)"))
            }
        }
        return findings
    }
}
