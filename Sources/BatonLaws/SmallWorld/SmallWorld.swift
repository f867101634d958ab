package import BatonCore

/// Every history of a few replicas with a few events each, and every order of their delivery.
///
/// What a walk covers is said by ``SmallScope``; what it covered, by ``SmallWorldReport``. Within a
/// scope nothing is left out: each replica writes up to so many events, each does any of the things
/// in the rule's alphabet, and had seen any of the sets of events that the scope allows. For each
/// history every order in which its events can be delivered (after their causes) must give the live
/// writes and the values that the definition of the rule calls for, also from a snapshot at any
/// place, and an event that comes again must change nothing.
public enum SmallWorld {
    /// A second opinion on a history's state: says what is wrong with it, if anything is.
    package typealias Inspection = @Sendable (SmallHistory, StreamState) -> String?

    /// Walks the scopes of a size. The same rule and size give the same report, whatever the number
    /// of workers. Runs until done; cancellation is not looked at.
    ///
    /// - Parameter workers: How many walk at once, each a share of the histories.
    /// - Parameter progress: Told of each scope when it is done.
    public static func run(
        rule: SmallRule, size: SmallSize, workers: Int = 1,
        progress: (SmallWorldReport.Coverage) -> Void = { _ in }
    ) async -> SmallWorldReport {
        await run(
            rule: rule, scopes: size.scopes(of: rule), workers: workers, progress: progress)
    }

    /// Walks these scopes.
    ///
    /// - Parameter isBroken: Lets each event say that its writer had seen everything: a merge that
    ///   believes it is wrong, and the report shows how that is found.
    public static func run(
        rule: SmallRule, scopes: [SmallScope], workers: Int = 1, isBroken: Bool = false,
        progress: (SmallWorldReport.Coverage) -> Void = { _ in }
    ) async -> SmallWorldReport {
        await run(
            rule: rule, scopes: scopes, workers: workers, isBroken: isBroken, inspect: nil,
            progress: progress)
    }

    /// Walks scopes of one's own, with a second opinion.
    package static func run(
        rule: SmallRule, scopes: [SmallScope], workers: Int = 1, isBroken: Bool = false,
        inspect: Inspection?,
        progress: (SmallWorldReport.Coverage) -> Void = { _ in }
    ) async -> SmallWorldReport {
        var report = SmallWorldReport(rule: rule)
        for scope in scopes {
            let (coverage, finding) = await walk(
                rule, scope, max(1, workers), isBroken, inspect)
            report.coverage.append(coverage)
            progress(coverage)
            report.finding = finding
            if finding != nil { break }
        }
        return report
    }

    private static func walk(
        _ rule: SmallRule, _ scope: SmallScope, _ workers: Int, _ isBroken: Bool,
        _ inspect: Inspection?
    ) async -> (SmallWorldReport.Coverage, SmallWorldFinding?) {
        await withTaskGroup(
            of: (SmallWorldReport.Coverage, SmallWorldFinding?).self
        ) { group in
            for share in 0..<workers {
                group.addTask {
                    do {
                        var walk = try SmallWalk(
                            SmallAlphabet.of(rule), scope, share: share, of: workers,
                            isBroken: isBroken, inspect: inspect)
                        walk.walk()
                        return (walk.coverage, walk.finding)
                    } catch {
                        preconditionFailure("the small world's own names: \(error)")
                    }
                }
            }
            var all = SmallWorldReport.Coverage(scope: scope)
            var shortest: SmallWorldFinding?
            for await (coverage, finding) in group {
                all.histories += coverage.histories
                all.deliveryOrders += coverage.deliveryOrders
                all.folds += coverage.folds
                guard let finding else { continue }
                if let old = shortest, !finding.isLess(than: old) { continue }
                shortest = finding
            }
            return (all, shortest)
        }
    }
}

/// A history of a small world, to look at.
package struct SmallHistory {
    /// The schema in force.
    package let schemas: SchemaSet
    /// The events in an order of delivery, each with its place in the log, if it has one.
    package let events: [(offset: Offset, event: Event)]
}

extension SmallWorldFinding {
    fileprivate func isLess(than other: SmallWorldFinding) -> Bool {
        events != other.events
            ? events < other.events : description.lexicographicallyPrecedes(other.description)
    }
}
