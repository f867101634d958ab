import Synchronization

/// How the server answered, counted: by status and, for problems, by slug.
final class AnswerTally: Sendable {
    private struct State {
        var answers = 0
        var unanswered = 0
        var problems: [String: Int] = [:]
        var details: [String: String] = [:]
    }

    private let state = Mutex(State())

    func countAnswer() { state.withLock { $0.answers += 1 } }

    func countUnanswered() { state.withLock { $0.unanswered += 1 } }

    /// Counts a problem by its type or slug, and keeps the first one's detail.
    func count(problem type: String, detail: String) {
        let slug = type.split(separator: ":").last.map(String.init) ?? type
        state.withLock { state in
            state.problems[slug, default: 0] += 1
            if state.details[slug] == nil { state.details[slug] = detail }
        }
    }

    /// Requests that were answered, whatever the answer.
    var answers: Int { state.withLock { $0.answers } }
    /// Requests whose answer never came.
    var unanswered: Int { state.withLock { $0.unanswered } }
    /// Problem answers, by slug.
    var problems: [String: Int] { state.withLock { $0.problems } }
    /// What the first problem of each slug said.
    var details: [String: String] { state.withLock { $0.details } }
}

extension AnswerTally {
    /// Problem answers that nothing which was done explains.
    func findings(expected: Set<String>, place: String) -> [TortureFinding] {
        problems.filter { !expected.contains($0.key) }.sorted { $0.key < $1.key }.map {
            TortureFinding(
                .answer, place,
                "\($0.value) answers were \($0.key): \(details[$0.key] ?? "")")
        }
    }
}
