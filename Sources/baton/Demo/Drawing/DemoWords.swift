import BatonCore
import BatonSync

extension Entry {
    /// What it says, on one line: moves first; titles and prices are left out.
    var words: String {
        switch self {
        case .void(_, let refusal): return "refused for good: \(refusal.code.rawValue)"
        case .event(let event):
            let told = event.operations.filter { !$0.isDecoration }
            let moves = told.filter(\.isMove)
            let others = told.filter { !$0.isMove }
            return (moves + others).map { "\($0.entity)\($0.line)" }.joined(separator: "; ")
        }
    }
}

extension FieldOperation {
    fileprivate var isMove: Bool {
        if case .move = action { return true }
        return false
    }

    fileprivate var isDecoration: Bool {
        let name = path.components.last?.string
        return name == "title" || name == "price"
    }
}

extension HealedTrouble {
    /// For people.
    var words: String {
        switch self {
        case .clockCorrected(let difference):
            "its clock is off; corrected by \(difference / 1_000) s"
        case .replicaReplaced(_, _, _, let count): "was copied; wrote \(count) anew under a new id"
        case .stateReplaced: "its state differed from the server's; taken anew"
        case .logReplaced(_, let count): "the log was another one; wrote \(count) anew"
        case .streamMoved(let from, let to, let count): "\(from) is now \(to); wrote \(count) anew"
        }
    }
}
