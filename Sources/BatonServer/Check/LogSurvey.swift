package import BatonCore
package import BatonLog
package import BatonWire

/// Goes through a log: its files (``FileCheck``), then each of its streams (``StreamCheck``).
///
/// Works beside a live server, and changes nothing.
package struct LogSurvey: Sendable {
    let directory: String
    let schemas: TenantSchemas
    let progress: @Sendable (_ label: String, _ done: Int, _ total: Int) -> Void

    /// A survey of the log in `directory`, whose server folds under `schemas`. `progress` hears what
    /// is looked at.
    package init(
        of directory: String, schemas: TenantSchemas,
        progress: @escaping @Sendable (_ label: String, _ done: Int, _ total: Int) -> Void = {
            _, _, _ in
        }
    ) {
        self.directory = directory
        self.schemas = schemas
        self.progress = progress
    }

    /// Looks at the whole log, or at a tenant's streams.
    ///
    /// - Throws: ``LogFailure/Code/inputOutput`` where there is no log or it cannot be read. What is
    ///   damaged is a finding and not thrown.
    package func report(tenant: TenantID? = nil) async throws(LogFailure) -> SurveyReport {
        var report = SurveyReport()
        let found = try await FileCheck(directory: directory).findings { [progress] in
            progress("files", $0, $1)
        }
        report.add(found.map { SurveyReport.Finding($0) })
        guard !found.contains(where: \.isFatal) else { return report }
        do throws(LogFailure) {
            report.files = try SQLiteLog.files(in: directory).count
            let log = try SQLiteLog.open(directory: directory)
            await look(at: log, tenant: tenant, &report)
            await log.close()
        } catch {
            report.add([.init(error)])
        }
        return report
    }

    /// Looks at one stream, and at no files. Counts none where there is no such stream.
    ///
    /// - Throws: as above, and where the log cannot be opened.
    package func report(on key: StreamKey) async throws(LogFailure) -> SurveyReport {
        var report = SurveyReport()
        _ = try SQLiteLog.files(in: directory)
        let log = try SQLiteLog.open(directory: directory)
        guard try await log.head(of: key).offset != .start else {
            await log.close()
            return report
        }
        await look(at: key, with: check(of: key.tenant, in: log), &report)
        await log.close()
        return report
    }

    private func check(of tenant: TenantID, in log: SQLiteLog) -> StreamCheck {
        StreamCheck(log, schemas: schemas[tenant].set)
    }

    /// Names listed at once.
    private static let page = 1_000

    private func look(
        at log: SQLiteLog, tenant: TenantID?, _ report: inout SurveyReport
    ) async {
        for tenant in await tenants(of: log, only: tenant, &report) {
            let check = check(of: tenant, in: log)
            var last: StreamID?
            repeat {
                let page: [StreamID]
                do throws(LogFailure) {
                    page = try await log.streams(of: tenant, after: last, limit: Self.page)
                        .map(\.stream)
                } catch {
                    report.add([.init(tenant: tenant, error)])
                    break
                }
                for (index, name) in page.enumerated() {
                    await look(
                        at: StreamKey(tenant: tenant, stream: name), with: check, &report)
                    progress("streams", report.streams, report.streams + page.count - index - 1)
                }
                last = page.count < Self.page ? nil : page.last
            } while last != nil
        }
    }

    private func look(
        at key: StreamKey, with check: StreamCheck, _ report: inout SurveyReport
    ) async {
        report.streams += 1
        do throws(LogFailure) {
            let outcome = try await check.check(key)
            report.entries += outcome.entries
            report.snapshots += outcome.snapshots
            report.undeclared += outcome.undeclared
            report.add(outcome.findings.map { .init($0, in: key) })
        } catch {
            report.add([.init(tenant: key.tenant, stream: key.stream, error)])
        }
    }

    private func tenants(
        of log: SQLiteLog, only tenant: TenantID?, _ report: inout SurveyReport
    ) async -> [TenantID] {
        if let tenant { return [tenant] }
        var tenants: [TenantID] = []
        while true {
            do throws(LogFailure) {
                let page = try await log.tenants(after: tenants.last, limit: Self.page)
                tenants += page
                if page.count < Self.page { return tenants }
            } catch {
                report.add([.init(error)])
                return tenants
            }
        }
    }
}
