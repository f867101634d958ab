import BatonCore

/// A value in a JSON document, with the pointer to it, for errors that name the place.
struct JSONPlace {
    let value: Value
    let pointer: String

    init(_ value: Value, pointer: String) {
        self.value = value
        self.pointer = pointer
    }

    func failure(_ reason: String) -> InvalidSchema { InvalidSchema(pointer, reason) }

    /// Checks that this is an object with no other members than these; names all others.
    func checkMembers(_ known: [String]) throws(InvalidSchema) {
        let members = try self.members()
        let others = members.keys.sorted().filter { key in
            !known.contains(where: { ExactText($0) == key })
        }
        guard others.isEmpty else {
            throw InvalidSchema(
                others.map {
                    InvalidSchema.Finding(
                        pointer: FieldPath(pointer: pointer)?.appending($0).pointer ?? pointer,
                        reason: "is not known here; known are \(known.joined(separator: ", "))")
                })
        }
    }

    /// The member `name`; `nil` where there is none.
    func member(_ name: String) throws(InvalidSchema) -> JSONPlace? {
        try members()[ExactText(name)].map { JSONPlace($0, pointer: "\(pointer)/\(name)") }
    }

    /// The member `name`, which must be there.
    func required(_ name: String) throws(InvalidSchema) -> JSONPlace {
        guard let member = try member(name) else { throw failure("\(name) is missing") }
        return member
    }

    func elements() throws(InvalidSchema) -> [JSONPlace] {
        guard case .list(let elements) = value else { throw failure("a list is expected") }
        return elements.enumerated().map { JSONPlace($1, pointer: "\(pointer)/\($0)") }
    }

    func text() throws(InvalidSchema) -> String {
        guard let text = value.string else { throw failure("a text is expected") }
        return text
    }

    func texts() throws(InvalidSchema) -> [ExactText] {
        var texts: [ExactText] = []
        for element in try elements() { texts.append(ExactText(try element.text())) }
        return texts
    }

    func boolean() throws(InvalidSchema) -> Bool {
        guard case .boolean(let truth) = value else { throw failure("true or false is expected") }
        return truth
    }

    func integer() throws(InvalidSchema) -> Int64 {
        guard let number = value.integer else { throw failure("a whole number is expected") }
        return number
    }

    /// One of the known words, as the text says.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _: Choice.Type = Choice.self
    ) throws(InvalidSchema) -> Choice {
        let text = try text()
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw failure("\"\(text.prefix(60))\" is not one of \(known)")
        }
        return choice
    }

    private func members() throws(InvalidSchema) -> [ExactText: Value] {
        guard case .object(let members) = value else { throw failure("an object is expected") }
        return members
    }
}
