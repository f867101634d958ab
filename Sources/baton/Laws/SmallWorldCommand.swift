import ArgumentParser
import BatonLaws
import Foundation

/// `baton small-world`.
struct SmallWorldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "small-world",
        abstract: "Walk every small history of a merge rule, in every order of delivery.",
        discussion: """
            Holds the merge to the definition of its rule in all histories of a few replicas with \
            a few events each: whatever they do, whatever they had seen, in whatever order the \
            events arrive, from a snapshot at any place, and when events come twice. Prints what \
            was covered, and the shortest history that breaks the rule, if any does.

            Sizes: quick (seconds), medium (minutes: three replicas with two events, two with \
            three), full (hours: three replicas with three events as well, for each pair of the \
            letters of the rule's alphabet, 115 million histories a pair).

            Example:
              baton small-world --rule entry --size medium
              baton small-world --rule entry --size full --letters 1,3

            Exit status: 0 nothing found, 1 a history breaks the rule, 2 wrong usage.
            """)

    @Option(
        help: "The rule to walk: \(Self.names(SmallRule.self)); all of them if none is given.",
        transform: Self.read)
    var rule: SmallRule?

    @Option(
        help: "How many histories: \(Self.names(SmallSize.self)).", transform: Self.read)
    var size = SmallSize.quick

    @Option(
        help: "Walk only what has these two letters of the rule's alphabet alone: 1,2.",
        transform: Self.readPair)
    var letters: SmallScope.Letters?

    @Option(help: "How many walk at once; as many as there are cores if it is not given.")
    var workers = ProcessInfo.processInfo.activeProcessorCount

    @Flag(
        name: .customLong("break"),
        help: "Let every event claim to have seen everything, to see what a finding looks like.")
    var isBroken = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        guard (1...256).contains(workers) else {
            throw ValidationError("--workers is from 1 to 256")
        }
        guard let letters else { return }
        for rule in rules where !rule.pairs.contains(letters) {
            throw ValidationError("the alphabet of \(rule.rawValue) has no such two letters")
        }
    }

    func run() async throws {
        var reports: [SmallWorldReport] = []
        for rule in rules {
            let isJSON = json
            let scopes = size.scopes(of: rule).filter { letters == nil || $0.letters == letters }
            let report = await SmallWorld.run(
                rule: rule, scopes: scopes, workers: workers, isBroken: isBroken
            ) { done in
                if !isJSON { Output.tell("\(rule.rawValue): \(done.line)") }
            }
            reports.append(report)
            if let finding = report.finding, !json {
                Output.tell("\(rule.rawValue): FOUND \(finding.description)")
            }
        }
        if json { try Output.tell(json: reports.map(Line.init)) }
        if reports.contains(where: { $0.finding != nil }) { throw ExitCode(1) }
    }
}

extension SmallWorldCommand {
    private var rules: [SmallRule] { rule.map { [$0] } ?? SmallRule.allCases }

    private static func readPair(_ text: String) throws -> SmallScope.Letters {
        let numbers = text.split(separator: ",").compactMap { Int($0) }
        guard numbers.count == 2, let least = numbers.min(), let greatest = numbers.max() else {
            throw ValidationError("\"\(text)\" is not two numbers, as in 1,2")
        }
        return .pair(least - 1, greatest - 1)
    }

    private static func names<Choice>(_: Choice.Type) -> String
    where Choice: CaseIterable & RawRepresentable<String> {
        Choice.allCases.map(\.rawValue).joined(separator: ", ")
    }

    private static func read<Choice>(_ text: String) throws -> Choice
    where Choice: CaseIterable & RawRepresentable<String> {
        guard let choice = Choice(rawValue: text) else {
            throw ValidationError("\"\(text)\" is none of \(names(Choice.self))")
        }
        return choice
    }
}

extension SmallWorldReport.Coverage {
    /// What was covered, in a line.
    fileprivate var line: String {
        "\(scope.description): \(histories) histories, \(deliveryOrders) orders of delivery, "
            + "\(folds) folds compared"
    }
}

/// A report as JSON.
private struct Line: Encodable {
    struct Scope: Encodable {
        let scope: String
        let histories: UInt64
        let deliveryOrders: UInt64
        let folds: UInt64
    }

    struct Finding: Encodable {
        let problem: String
        let history: [String]
    }

    let rule: String
    let scopes: [Scope]
    let finding: Finding?

    init(_ report: SmallWorldReport) {
        rule = report.rule.rawValue
        scopes = report.coverage.map {
            Scope(
                scope: $0.scope.description, histories: $0.histories,
                deliveryOrders: $0.deliveryOrders, folds: $0.folds)
        }
        finding = report.finding.map { Finding(problem: $0.problem, history: $0.history) }
    }
}
