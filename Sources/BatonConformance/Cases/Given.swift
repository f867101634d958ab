import BatonCore

/// A part of a case, with its place in it, for errors that name the place.
struct Given {
    let value: Value
    let place: String

    init(_ value: Value, place: String = "") {
        self.value = value
        self.place = place
    }

    /// The member `name`, which must be there.
    func member(_ name: String) throws(UnreadableCase) -> Given {
        guard let member = optional(name) else { throw failure("\(name) is missing") }
        return member
    }

    /// The member `name`; `nil` where there is none.
    func optional(_ name: String) -> Given? {
        value[name].map { Given($0, place: "\(place)/\(name)") }
    }

    func list() throws(UnreadableCase) -> [Given] {
        guard case .list(let elements) = value else { throw failure("a list is expected") }
        return elements.enumerated().map { Given($1, place: "\(place)/\($0)") }
    }

    /// A list of exactly `count` elements.
    func list(of count: Int) throws(UnreadableCase) -> [Given] {
        let elements = try list()
        guard elements.count == count else { throw failure("a list of \(count) is expected") }
        return elements
    }

    func members() throws(UnreadableCase) -> [(name: String, value: Given)] {
        guard case .object(let members) = value else { throw failure("an object is expected") }
        return members.sorted { $0.key < $1.key }.map {
            ($0.key.string, Given($0.value, place: "\(place)/\($0.key)"))
        }
    }

    func text() throws(UnreadableCase) -> String {
        guard let text = value.string else { throw failure("a text is expected") }
        return text
    }

    func integer() throws(UnreadableCase) -> Int64 {
        guard let number = value.integer else { throw failure("a number is expected") }
        return number
    }

    /// A number that is not negative.
    func number() throws(UnreadableCase) -> UInt64 {
        guard let number = UInt64(exactly: try integer()) else {
            throw failure("a number of 0 or more is expected")
        }
        return number
    }

    /// `[time, tick]`.
    func timestamp() throws(UnreadableCase) -> Timestamp {
        let parts = try list(of: 2)
        guard let tick = UInt32(exactly: try parts[1].integer()) else {
            throw parts[1].failure("a tick has 32 bits")
        }
        return Timestamp(milliseconds: try parts[0].integer(), tick: tick)
    }

    func replica() throws(UnreadableCase) -> ReplicaID {
        guard let replica = ReplicaID(try text()) else { throw failure("no replica id") }
        return replica
    }

    func failure(_ reason: String) -> UnreadableCase {
        UnreadableCase(place.isEmpty ? reason : "\(place): \(reason)")
    }

    /// What `read` yields; its failure becomes one of this place.
    func reading<Result>(_ read: () throws -> Result) throws(UnreadableCase) -> Result {
        do {
            return try read()
        } catch {
            throw failure("\(error)")
        }
    }
}
