/// Does something for each of many, several at once.
enum Crowd {
    /// Ends when all are done; after a failure it begins no more, cancels the others and throws.
    static func each<Member: Sendable>(
        _ members: [Member], width: Int,
        _ body: @escaping @Sendable (Member) async throws(ReplayFailure) -> Void
    ) async throws(ReplayFailure) {
        let failure = await withTaskGroup(of: ReplayFailure?.self) { group -> ReplayFailure? in
            var next = members.makeIterator()
            func begin() {
                guard let member = next.next() else { return }
                group.addTask {
                    do throws(ReplayFailure) {
                        try await body(member)
                        return nil
                    } catch { return error }
                }
            }
            for _ in 0..<width { begin() }
            while let result = await group.next() {
                if let failure = result {
                    group.cancelAll()
                    return failure
                }
                begin()
            }
            return nil
        }
        if let failure { throw failure }
    }
}
