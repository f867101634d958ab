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

    /// Holds a log that was restored against what had been acknowledged when it was backed up.
    static func compare(
        _ data: String, with acknowledged: [StreamID: [ReplicaID: Counter]], _ place: String,
        _ findings: FindingList
    ) async {
        do throws(LogFailure) {
            let log = try SQLiteLog.open(directory: data)
            do throws(LogFailure) {
                try await compare(log, with: acknowledged, place, findings)
            } catch {
                findings.add(.chain, place, "the restored log cannot be read: \(error)")
            }
            await log.close()
        } catch {
            findings.add(.chain, place, "the restored log cannot be opened: \(error)")
        }
    }

    private static func compare(
        _ log: SQLiteLog, with acknowledged: [StreamID: [ReplicaID: Counter]], _ place: String,
        _ findings: FindingList
    ) async throws(LogFailure) {
        guard let tenant = try? TenantID("dev") else { return }
        for (stream, replicas) in acknowledged {
            let key = StreamKey(tenant: tenant, stream: stream)
            let head = try await log.head(of: key)
            let vector = try await log.vector(of: key, at: head.offset)
            for (replica, counter) in replicas {
                let there = vector?[replica] ?? Counter(rawValue: 0)
                guard there < counter else { continue }
                findings.add(
                    .lost, place,
                    "stream \(stream) ends at counter \(there) of \(replica), and \(counter) had "
                        + "been acknowledged before the backup began")
            }
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
