extension SchemaComparison {
    mutating func compare(
        _ new: Rule, with old: Rule, holding: (Holding, Holding), at place: FieldPath
    ) {
        switch (new, old) {
        case (.register(let type, let pick), .register(let oldType, let oldPick)):
            compare(type, with: oldType, at: place)
            compare(pick, with: oldPick, of: oldType, at: place)
        case (.count(let count), .count(let before)):
            if count.base != before.base {
                breaks(
                    place,
                    "base is \(count.base.rawValue), was \(before.base.rawValue): "
                        + "concurrent sets in logs would be decided otherwise")
            }
            if count.floor != before.floor {
                let words = [count.floor, before.floor].map { $0.map { "\($0)" } ?? "none" }
                breaks(
                    place,
                    "floor is \(words[0]), was \(words[1]): numbers in logs would show otherwise")
            }
            compare(count.range, with: before.range, at: place)
        case (.set(let type), .set(let before)), (.log(let type), .log(let before)):
            compare(type, with: before, at: place)
        case (.map(let below), .map(let before)):
            compare(
                below, with: before, holding: holding,
                at: place.appending(SchemaCheck.anyKey))
        case (.record(let record), .record(let before)):
            compare(record, with: before, holding: holding, at: place)
        case (.workflow(let workflow), .workflow(let before)):
            compare(workflow, with: before, at: place)
        default:
            breaks(
                place,
                "the rule is \(new.name), was \(old.name): what logs hold would mean something "
                    + "else; add a field of another name")
        }
    }

    private mutating func compare(_ new: ValueType, with old: ValueType, at place: FieldPath) {
        switch (new, old) {
        case (.text(let longest), .text(let before)):
            compare(bound: "longest", longest, was: before, isWider: longest > before, at: place)
        case (.integer(let range), .integer(let before)):
            compare(range, with: before, at: place)
        case (.money(let range), .money(let before)):
            compare(range.amounts, with: before.amounts, at: place)
            compare(currencies: range.currencies, with: before.currencies, at: place)
        case (.enumeration(let values), .enumeration(let before)):
            for value in before where !values.contains(value) {
                breaks(
                    place,
                    "values: \"\(value)\" is gone; logs hold it, and older clients write it")
            }
            for value in values where !before.contains(value) {
                add(place, "values: \"\(value)\" is new")
            }
        case (.reference(let media), .reference(let before)):
            compare(media: media, with: before, at: place)
        case (.boolean, .boolean), (.instant, .instant): break
        default:
            breaks(
                place,
                "the type is \(new.name), was \(old.name): what logs hold would be of the wrong "
                    + "type; add a field of another name")
        }
    }

    private mutating func compare(
        _ range: ClosedRange<Int64>, with before: ClosedRange<Int64>, at place: FieldPath
    ) {
        compare(
            bound: "least", range.lowerBound, was: before.lowerBound,
            isWider: range.lowerBound < before.lowerBound, at: place)
        compare(
            bound: "greatest", range.upperBound, was: before.upperBound,
            isWider: range.upperBound > before.upperBound, at: place)
    }

    private mutating func compare(
        currencies new: [ExactText], with old: [ExactText], at place: FieldPath
    ) {
        if old.isEmpty && !new.isEmpty {
            breaks(place, "currencies: only some are allowed, where any was")
        } else if !new.isEmpty, let lost = old.first(where: { !new.contains($0) }) {
            breaks(place, "currencies: \(lost) is gone; logs hold such amounts")
        } else if Set(new) != Set(old) {
            add(place, "currencies: more are allowed")
        }
    }

    private mutating func compare<Bound: Equatable>(
        bound name: String, _ new: Bound, was old: Bound, isWider: Bool, at place: FieldPath
    ) {
        guard new != old else { return }
        if isWider {
            add(place, "\(name) is \(new), was \(old): it allows more")
        } else {
            breaks(
                place,
                "\(name) is \(new), was \(old): values that were allowed, and are in logs and "
                    + "outboxes, would be refused")
        }
    }

    private mutating func compare(
        media new: [ExactText], with old: [ExactText], at place: FieldPath
    ) {
        // `image/png` is still allowed where `image/*` is.
        func isAllowed(_ type: ExactText) -> Bool {
            new.isEmpty || new.contains(type)
                || new.contains { $0.isMediaRange(of: type.string) }
        }
        if old.isEmpty && !new.isEmpty {
            breaks(place, "media: only some types are allowed, where any was")
        } else if let lost = old.first(where: { !isAllowed($0) }) {
            breaks(place, "media: \(lost) is gone; logs hold such references")
        } else if Set(new) != Set(old) {
            add(place, "media: more types are allowed")
        }
    }

    private mutating func compare(
        _ new: Pick, with old: Pick, of oldType: ValueType, at place: FieldPath
    ) {
        guard case .strictest(let order) = new, case .strictest(let before) = old else {
            if new.name != old.name {
                breaks(
                    place,
                    "pick is \(new.name), was \(old.name): "
                        + "concurrent writes in logs would be decided otherwise")
            }
            return
        }
        let kept = order.filter { before.contains($0) }
        if kept != before {
            breaks(
                place,
                "order names the values of before in another order, or lacks one: "
                    + "concurrent writes in logs would be decided otherwise")
        }
        for value in order where !before.contains(value) {
            if oldType.objection(to: value) == nil {
                breaks(
                    place,
                    "order: \(value.canonicalJSON) was allowed before and stood last; "
                        + "concurrent writes in logs would be decided otherwise")
            } else {
                add(place, "order: \(value.canonicalJSON) is new")
            }
        }
    }

    private mutating func compare(_ new: Workflow, with old: Workflow, at place: FieldPath) {
        for state in old.precedence where !new.precedence.contains(state) {
            breaks(place, "precedence: \"\(state)\" is gone; logs hold entities in that state")
        }
        let kept = new.precedence.filter(old.precedence.contains)
        if kept != old.precedence.filter(new.precedence.contains) {
            breaks(
                place,
                "precedence: the states of before stand in another order; "
                    + "concurrent moves in logs would be decided otherwise")
        }
        for state in new.precedence where !old.precedence.contains(state) {
            add(place, "precedence: the state \"\(state)\" is new")
        }
        for move in old.moves {
            let name = "the move from \"\(move.from)\" to \"\(move.to)\""
            guard let now = new.moves.first(where: { $0.from == move.from && $0.to == move.to })
            else {
                breaks(place, "\(name) is gone: older clients make it, and would be refused")
                continue
            }
            compare(roles: now.roles, with: move.roles, who: name, at: place)
        }
        for move in new.moves
        where !old.moves.contains(where: { $0.from == move.from && $0.to == move.to }) {
            add(place, "the move from \"\(move.from)\" to \"\(move.to)\" is new")
        }
    }
}
