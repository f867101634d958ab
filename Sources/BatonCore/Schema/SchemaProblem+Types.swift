extension SchemaCheck {
    mutating func check(_ type: ValueType, at place: FieldPath) {
        switch type {
        case .text(let longest):
            if !(1...ProtocolLimits.textBytes).contains(longest) {
                report(place, "longest is a number from 1 to \(ProtocolLimits.textBytes)")
            }
        case .integer(let range):
            check(range, at: place)
        case .money(let range):
            check(range.amounts, at: place)
            for currency in range.currencies where !currency.isCurrency {
                report(place, "currencies: \"\(currency)\" is not three letters A-Z, such as EUR")
            }
            if Set(range.currencies).count < range.currencies.count {
                report(place, "a currency is given twice")
            }
        case .enumeration(let values):
            if values.isEmpty { report(place, "an enumeration has at least one value") }
            if Set(values).count < values.count { report(place, "a value is given twice") }
            if values.contains(where: { !(1...ProtocolLimits.keyBytes).contains($0.byteCount) }) {
                report(place, "each value has 1 to \(ProtocolLimits.keyBytes) bytes")
            }
        case .reference(let media):
            for type in media where !type.isMediaRange {
                report(
                    place, "media: \"\(type)\" is not a media type, such as image/png or image/*")
            }
            if Set(media).count < media.count { report(place, "a media type is given twice") }
        case .boolean, .instant: break
        }
    }

    mutating func check(_ range: ClosedRange<Int64>, at place: FieldPath) {
        let limit = Int64(largestExactInteger)
        if range.lowerBound < -limit || range.upperBound > limit {
            report(place, "least and greatest lie within ±\(limit)")
        }
    }

    mutating func check(_ workflow: Workflow, at place: FieldPath, isInMap: Bool) {
        let states = Set(workflow.precedence)
        if states.isEmpty { report(place, "precedence names every state, the weakest first") }
        if states.count < workflow.precedence.count {
            report(place, "precedence names a state twice")
        }
        if states.contains(where: { !(1...ProtocolLimits.keyBytes).contains($0.byteCount) }) {
            report(place, "each state has 1 to \(ProtocolLimits.keyBytes) bytes")
        }
        var edges: Set<[ExactText]> = []
        for move in workflow.moves {
            let name = "the move from \"\(move.from)\" to \"\(move.to)\""
            for state in [move.from, move.to] where !states.contains(state) {
                // Only a first move starts from no state at all.
                if state == "" && state == move.from { continue }
                report(place, "\(name): precedence does not name \"\(state)\"")
            }
            if move.from == move.to { report(place, "\(name) leads nowhere") }
            if !edges.insert([move.from, move.to]).inserted {
                report(place, "\(name) is given twice")
            }
            if isInMap && !move.roles.isEmpty {
                // An edit elsewhere in the entry keeps the state, which anyone may do.
                report(place, "\(name): in a map, moves are open to all roles")
            }
        }
        for state in workflow.unreachable {
            report(place, "no moves lead from \"\" to \"\(state)\"")
        }
    }
}

extension Workflow {
    /// The states that no chain of moves reaches, in the order of precedence.
    fileprivate var unreachable: [ExactText] {
        var reached: Set<ExactText> = [""]
        var border: [ExactText] = [""]
        while let state = border.popLast() {
            for move in moves where move.from == state {
                if reached.insert(move.to).inserted { border.append(move.to) }
            }
        }
        return precedence.filter { !reached.contains($0) }
    }
}
