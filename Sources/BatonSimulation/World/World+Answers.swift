import BatonCore
import BatonServer
import BatonSync
import BatonWire

// What an app makes of an answer besides the events in it.
extension World {
    /// The digest of the server's schemas, if the device is to ask for them before it goes on.
    func schemasToAskFor(_ bytes: [UInt8], on index: Int) -> String? {
        guard devices[index].learnsSchemas, let memory = devices[index].memory,
            let answer = try? Protobuf.decode(Baton_V1_SyncResponse.self, from: bytes)
        else { return nil }
        let ours = devices[index].schemaDigest.description
        return answer.streams.map(\.pulled.schemas).first {
            !$0.isEmpty && $0 != ours && !memory.askedSchemas.contains($0)
        }
    }

    /// Puts the server's schemas in force. Returns how many are new; `nil` where the device died
    /// over it.
    func learn(_ document: [UInt8], on index: Int) -> Int? {
        let before = devices[index].schemas
        guard let learned = try? SchemaSet(document: document) else {
            breaks(devices[index].name, "schemas that can be read", "others")
            return 0
        }
        let after = ShopSchemas.inForce(
            isUpgraded: devices[index].isUpgraded, learned: learned)
        let count = after.set.sorted.count { before[$0.type] != $0 }
        guard count > 0 else { return 0 }
        if let planned = devices[index].plannedCrash, planned.writes == 0 {
            if planned.isKept { devices[index].learn(learned) }
            crashDevice(index, downFor: planned.downFor)
            return nil
        }
        tally.schemasLearned += 1
        note("\(devices[index].name)  learns \(count) newer schemas from the server")
        var replicas = devices[index].memory?.streams ?? [:]
        devices[index].learn(learned)
        var rows: [StoreChange] = []
        for id in replicas.keys.sorted() {
            let confirmed = replicas[id]?.confirmed
            replicas[id]?.putInForce(after.set, digest: after.digest)
            if sabotage == .keepsOldFold, let confirmed {
                replicas[id]?.confirmed = confirmed
                replicas[id]?.rebuildView()
            }
            rows += replicas[id]?.storeChanges ?? []
            replicas[id]?.changes = ReplicaChanges()
        }
        devices[index].disk.store(rows, sabotage: sabotage)
        devices[index].memory?.streams = replicas
        for id in replicas.keys.sorted() {
            if let replica = replicas[id] {
                happen(.looked(device: index, replica, isRestart: false))
            }
        }
        return count
    }

    /// Writes anew in the adopting stream what waits in the adopted one, in one transaction. Returns
    /// false where the device died over it.
    func carryOut(_ move: StreamMove, _ plan: inout ExchangePlan, on index: Int) -> Bool {
        guard let memory = devices[index].memory else { return false }
        var source = devices[index].stream(move.source)
        var target = devices[index].stream(move.target)
        let marks = source.outbox.filter { $0.fate == .waiting }.compactMap { Mark(of: $0.event) }
        let before = source
        var installation = memory.installation
        let count = target.takeOver(
            from: &source, wall: wall(of: index) + installation.clockCorrection,
            newID: devices[index].drawReplica(), installation: &installation)
        guard let count else {
            plan.moved(move, reissued: nil)
            return true
        }
        if sabotage == .movesAndKeeps { source = before }
        if sabotage == .movesNothing { target = devices[index].stream(move.target) }
        let rows = source.storeChanges + target.storeChanges
        source.changes = ReplicaChanges()
        target.changes = ReplicaChanges()
        if let planned = devices[index].plannedCrash {
            guard planned.writes > 0 else {
                if planned.isKept {
                    store(rows, installation, on: index)
                    happen(.moved(device: index, from: move.source, to: move.target, marks))
                }
                crashDevice(index, downFor: planned.downFor)
                return false
            }
            devices[index].plannedCrash?.writes -= 1
        }
        store(rows, installation, on: index)
        devices[index].memory?.installation = installation
        devices[index].memory?.streams[move.source] = source
        devices[index].memory?.streams[move.target] = target
        note("\(devices[index].name)  goes on in \(move.target) with \(marks) of \(move.source)")
        happen(.moved(device: index, from: move.source, to: move.target, marks))
        happen(.looked(device: index, source, isRestart: false))
        happen(.looked(device: index, target, isRestart: false))
        plan.moved(move, reissued: count)
        return true
    }

    /// Tells the promises what an answer acknowledges.
    func tellAcknowledged(
        _ result: Baton_V1_StreamSyncResult, _ ask: SyncAsk, to index: Int
    ) {
        guard let batch = ask.batch, result.hasPushed else { return }
        var dots: [(dot: Dot, offset: Offset, mark: Mark?)] = []
        for message in result.pushed.verdicts {
            guard let verdict = try? Verdict(message) else { continue }
            let dot = Dot(batch.replica, Counter(rawValue: message.counter))
            let stream = devices[index].stream(ask.stream)
            let event = stream.outboxIndex(of: dot).map { stream.outbox[$0].event }
            switch verdict {
            case .accepted(let offset), .duplicate(let offset):
                dots.append((dot, offset, event.flatMap { Mark(of: $0) }))
            case .refused: break
            }
        }
        if !dots.isEmpty { happen(.acknowledged(device: index, ask.stream, dots)) }
    }

    /// A live message reaches an app.
    func takeLive(_ pull: Baton_V1_PullResponse, of stream: StreamID, on index: Int) {
        guard devices[index].memory != nil, now <= devices[index].awakeUntil else { return }
        let rawWall = wall(of: index)
        var pull = pull
        if index == 0, let sabotage { pull = sabotage.altered(pull) }
        do {
            let needsSync = try change(index, stream) { replica, installation in
                let outcome = try replica.takeIn(
                    pull, asked: nil, wall: rawWall + installation.clockCorrection)
                if sabotage == .hidesPending { replica.view = replica.confirmed }
                return outcome.obstacle != nil || outcome.isCloned || outcome.mismatch != nil
            }
            if needsSync == true { wake(index) }
        } catch {
            breaks(devices[index].name, "a live message that can be read", "\(error)")
        }
    }
}
