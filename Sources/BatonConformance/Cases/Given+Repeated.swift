import BatonCore

extension Given {
    /// The most operations that a pair may stand for: many times any limit.
    private static let mostOperations: Int64 = 10_000

    /// The same, with an operation in place of each `[operation, times]` pair, so that a case with
    /// hundreds of them need not be that long itself: `#` in its texts is the number of the
    /// repetition from 1, as a replica id.
    func repeatingOperations() throws(UnreadableCase) -> Given {
        switch value {
        case .list:
            var elements: [Value] = []
            for element in try list() { elements.append(try element.repeatingOperations().value) }
            return Given(.list(elements), place: place)
        case .object:
            var members: [ExactText: Value] = [:]
            for (name, member) in try self.members() {
                members[ExactText(name)] =
                    name == "operations"
                    ? .list(try member.repeated())
                    : try member.repeatingOperations().value
            }
            return Given(.object(members), place: place)
        default: return self
        }
    }

    private func repeated() throws(UnreadableCase) -> [Value] {
        var operations: [Value] = []
        for operation in try list() {
            guard case .list = operation.value else {
                operations.append(operation.value)
                continue
            }
            let pair = try operation.list(of: 2)
            let times = try pair[1].integer()
            guard (1...Self.mostOperations).contains(times) else {
                throw operation.failure("an operation stands 1 to \(Self.mostOperations) times")
            }
            operations += (1...UInt64(times)).map { pair[0].value.numbered($0) }
        }
        return operations
    }
}

extension Value {
    /// The same, with a number as a replica id in place of each `#`.
    fileprivate func numbered(_ number: UInt64) -> Value {
        switch self {
        case .text(let text):
            let parts = text.string.split(separator: "#", omittingEmptySubsequences: false)
            return .string(parts.joined(separator: ReplicaID(high: 0, low: number).description))
        case .list(let elements): return .list(elements.map { $0.numbered(number) })
        case .object(let members): return .object(members.mapValues { $0.numbered(number) })
        default: return self
        }
    }
}
