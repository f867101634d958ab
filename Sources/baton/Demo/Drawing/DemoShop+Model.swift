import BatonCore
import BatonLog
import BatonSync
import BatonWire

extension DemoShop {
    /// Entries of the log that are shown: the last ones.
    private static let shownEntries: UInt64 = 200

    /// What there is to show now.
    func model() async throws -> DemoModel {
        var model = DemoModel(panels: try devices.map { try $0.panel() })
        model.log = try await logLines()
        for conflict in devices.flatMap(\.stream.conflicts).map(text) {
            if !model.conflicts.contains(conflict) { model.conflicts.append(conflict) }
        }
        for device in devices {
            model.healed += device.client.healedSoFar.map { "\(device.seat.rawValue): \($0.words)" }
            model.healed += device.client.refusals().map {
                "\(device.seat.rawValue): refused for good, \($0.refusal.code.rawValue)"
            }
        }
        return model
    }

    private func logLines() async throws -> [DemoModel.LogLine] {
        let head = try await log.head(of: key).offset.rawValue
        let start = head > Self.shownEntries ? head - Self.shownEntries : 0
        return try await StoredEntry.read(key, from: log, after: Offset(rawValue: start)).map {
            DemoModel.LogLine(
                offset: $0.offset.rawValue, writer: writer($0.entry.dot), what: $0.entry.words)
        }
    }

    private func writer(_ dot: Dot) -> String {
        devices.first { $0.client.replica == dot.replica }?.seat.rawValue ?? "server"
    }

    private func text(_ conflict: Conflict) -> String {
        let sides = ([conflict.picked] + conflict.overruled).map {
            "\($0.value?.canonicalJSON ?? "nothing") (\(writer($0.dot)))"
        }
        return "\(conflict.entity)\(conflict.path): \(sides[0]) over "
            + sides.dropFirst().joined(separator: ", ")
    }
}

extension DemoDevice {
    /// What this client shows now.
    func panel() throws -> DemoModel.Panel {
        let contents = try stream.cart().contents
        let status = client.currentStatus
        var panel = DemoModel.Panel(seat: seat)
        panel.standing = standing(status)
        panel.pending = stream.pendingCount
        panel.conflicts = stream.conflicts.count
        panel.refused = status.refused
        panel.cart = contents.lines.map { .init(sku: $0.sku, quantity: $0.quantity) }
        panel.note = contents.note
        panel.orders = stream.orders.map { order in
            .init(
                id: order.id, status: order.status ?? "",
                lines: order.lines.map { .init(sku: $0.sku, quantity: $0.quantity) })
        }
        panel.stateHash = StateHash(of: stream.state).description
        return panel
    }

    /// A network that is cut is known here before the client has missed it.
    private func standing(_ status: SyncStatus) -> DemoModel.Standing {
        if let cutAt = network.cutAt { return .offline(since: demo.text(cutAt)) }
        switch status.phase {
        case .idle: return .idle
        case .syncing: return .syncing
        case .upToDate: return .upToDate
        case .offline(let since): return .offline(since: demo.text(since))
        case .failed: return .failed(status.lastFailure?.code.rawValue ?? "unknown")
        }
    }
}
