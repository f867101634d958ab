import BatonCore
import BatonSync

extension DemoDevice {
    /// Writes anew what prevailed in each conflict that this client sees: a write that has seen all
    /// sides settles it. A status is settled by the order's next move only.
    func settle() async throws -> String {
        var settled = 0
        for conflict in stream.conflicts where conflict.rule != "workflow" {
            try await stream.entity(conflict.entity).edit { Self.settle(conflict, in: &$0) }
            settled += 1
        }
        let left = stream.conflicts.count
        return "settled \(settled)"
            + (left > 0 ? "; \(left) left, which the order's next move settles" : "")
    }

    private static func settle(_ conflict: Conflict, in edit: inout EntityEdit) {
        switch (conflict.rule, conflict.picked.value) {
        case ("map", _):
            // A line that some lack: its quantity, written again, says that it is to be there.
            let quantity = edit.value.flatMap { $0.at(conflict.path)?["quantity"] } ?? .integer(1)
            edit.act(.set(quantity), at: conflict.path.appending("quantity"))
        case (_, let value?): edit.act(.set(value), at: conflict.path)
        case (_, nil): edit.act(.clear, at: conflict.path)
        }
    }
}

extension Value {
    fileprivate func at(_ path: FieldPath) -> Value? {
        path.components.reduce(self) { value, part in value?[part.string] }
    }
}
