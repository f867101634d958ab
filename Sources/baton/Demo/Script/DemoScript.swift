/// A script of the demo: one command a line.
struct DemoScript: Equatable, Sendable {
    /// What a line says.
    enum Command: Equatable, Sendable {
        case act(DemoSeat, DemoAction)
        case wait, show
        case expect([DemoSeat], DemoExpectation)
    }

    /// A line that says something.
    struct Step: Equatable, Sendable {
        let line: Int
        let text: String
        let command: Command
    }

    /// A line that says nothing that is known: where it is, and what would be right.
    struct Problem: Error, Equatable, CustomStringConvertible {
        let place: String
        let text: String
        let advice: String

        var description: String { "\(place): \"\(text)\" is no command; \(advice)" }
    }

    let steps: [Step]

    /// Reads a script whole, so that none is run that is wrong further down. Empty lines and what
    /// begins with `#` are left out.
    init(_ text: String, file: String) throws(Problem) {
        var steps: [Step] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            let said = words.joined(separator: " ")
            do throws(Advice) {
                let command = try Self.command(words)
                steps.append(Step(line: index + 1, text: said, command: command))
            } catch {
                throw Problem(place: "\(file):\(index + 1)", text: said, advice: error.text)
            }
        }
        self.steps = steps
    }

    /// What would have been right.
    struct Advice: Error {
        let text: String
    }

    private static let seats = DemoSeat.allCases.map(\.rawValue).joined(separator: ", ")

    private static func command(_ words: [String]) throws(Advice) -> Command {
        let rest = Array(words.dropFirst())
        switch words[0] {
        case "wait" where rest.isEmpty: return .wait
        case "show" where rest.isEmpty: return .show
        case "wait", "show": throw Advice(text: "\(words[0]) stands alone on its line")
        case "expect": return try expectation(rest)
        case let name:
            guard let seat = DemoSeat(rawValue: name) else {
                throw Advice(text: "a line begins with one of \(seats), wait, show, expect")
            }
            return .act(seat, try action(name, rest))
        }
    }

    private static func action(_ name: String, _ words: [String]) throws(Advice) -> DemoAction {
        guard let verb = DemoVerb.all.first(where: { $0.word == words.first }) else {
            let known = DemoVerb.all.map(\.word).joined(separator: ", ")
            throw Advice(text: "after \(name) comes one of \(known)")
        }
        guard let action = verb.read(Array(words.dropFirst())) else {
            throw Advice(text: "write it as: \(name) \(verb.usage)")
        }
        return action
    }

    private static func expectation(_ words: [String]) throws(Advice) -> Command {
        guard let name = words.first, name == "all" || DemoSeat(rawValue: name) != nil else {
            throw Advice(text: "after expect comes one of \(seats), all")
        }
        let form = ExpectationForm.all.first { $0.word == words.dropFirst().first }
        guard let form else {
            let known = ExpectationForm.all.map(\.usage).joined(separator: ", ")
            throw Advice(text: "after expect \(name) comes one of: \(known)")
        }
        guard let expectation = form.read(Array(words.dropFirst(2))) else {
            throw Advice(text: "write it as: expect \(name) \(form.usage)")
        }
        return .expect(DemoSeat(rawValue: name).map { [$0] } ?? DemoSeat.allCases, expectation)
    }
}
