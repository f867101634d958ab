import BatonCore
import BatonWire
import SwiftProtobuf
import Testing

@testable import BatonTorture

/// The audit must see each way in which a log can go wrong; a log that is right must pass.
@Suite struct StreamAuditTests {
    private let stream: StreamID
    private let phone = ReplicaID(high: 1, low: 1)
    private let till = ReplicaID(high: 1, low: 2)

    init() throws { stream = try StreamID("cust-1") }

    private func event(_ mark: String) -> Baton_V1_Event {
        .with {
            $0.channel = "app"
            $0.operations = [
                .with {
                    $0.entity = "cart/main"
                    $0.path = "/note"
                    $0.set = .with { $0.stringValue = mark }
                }
            ]
        }
    }

    private func page(
        _ replica: ReplicaID, from counter: UInt64, at offset: UInt64, _ marks: [String]
    ) -> Baton_V1_PullResponse {
        .with { page in
            page.cursor = "after \(offset)"
            page.batches = [
                .with {
                    $0.replica = replica.description
                    $0.counter = counter
                    $0.offset = offset
                    $0.events = marks.map(event)
                }
            ]
        }
    }

    private func acknowledged(
        _ replica: ReplicaID, _ counter: UInt64, _ mark: String, as sent: String? = nil
    ) -> Acknowledgement {
        Acknowledgement(
            stream: stream, dot: Dot(replica, Counter(rawValue: counter)),
            digest: Fingerprint(of: event(sent ?? mark)).digest, mark: Mark(mark))
    }

    @Test func `A log that holds what was acknowledged passes`() {
        var audit = StreamAudit(stream)
        #expect(audit.take(page(phone, from: 1, at: 1, ["m1-1", "m1-2"])) == [])
        #expect(audit.take(page(till, from: 1, at: 3, ["m2-1"])) == [])
        #expect(audit.take(page(phone, from: 3, at: 4, ["m1-3"])) == [])
        #expect(
            audit.check([acknowledged(phone, 2, "m1-2"), acknowledged(till, 1, "m2-1")]) == [])
        #expect(audit.check(writer: 1, through: 3) == [])
        #expect(audit.count == 4 && audit.foldedCount == 0)
        #expect(audit.cursor == "after 4")
    }

    @Test func `An acknowledged event that is not there is lost`() {
        var audit = StreamAudit(stream)
        _ = audit.take(page(phone, from: 1, at: 1, ["m1-1"]))
        #expect(audit.check([acknowledged(phone, 2, "m1-2")]).map(\.kind) == [.lost])
        #expect(audit.check([acknowledged(till, 1, "m2-1")]).map(\.kind) == [.lost])
        #expect(audit.check(writer: 1, through: 2).map(\.kind) == [.lost])
    }

    @Test func `Another event under an acknowledged dot is a change`() {
        var audit = StreamAudit(stream)
        _ = audit.take(page(phone, from: 1, at: 1, ["m1-1"]))
        #expect(audit.check([acknowledged(phone, 1, "m1-2")]).map(\.kind) == [.changed])
        #expect(
            audit.check([acknowledged(phone, 1, "m1-1", as: "m1-9")]).map(\.kind) == [.changed])
    }

    @Test func `An acknowledged event that stands refused is lost`() {
        var audit = StreamAudit(stream)
        var refused = page(phone, from: 1, at: 1, ["m1-1"])
        refused.batches[0].events[0].void.code = "not-permitted"
        _ = audit.take(refused)
        #expect(audit.check([acknowledged(phone, 1, "m1-1")]).map(\.kind) == [.lost])
    }

    @Test func `A write that is there twice is doubled`() {
        var audit = StreamAudit(stream)
        _ = audit.take(page(phone, from: 1, at: 1, ["m1-1"]))
        #expect(audit.take(page(till, from: 1, at: 2, ["m1-1"])).map(\.kind) == [.doubled])
    }

    @Test func `Offsets and counters that do not follow are gaps`() {
        var audit = StreamAudit(stream)
        _ = audit.take(page(phone, from: 1, at: 1, ["m1-1"]))
        #expect(audit.take(page(phone, from: 2, at: 3, ["m1-2"])).map(\.kind) == [.gap])
        #expect(audit.take(page(phone, from: 4, at: 4, ["m1-3"])).map(\.kind) == [.gap])
    }

    @Test func `A snapshot stands for what was compacted, and must cover what was seen`() {
        var audit = StreamAudit(stream)
        _ = audit.take(page(phone, from: 1, at: 1, ["m1-1"]))
        let snapshot = Baton_V1_PullResponse.with {
            $0.cursor = "after 3"
            $0.snapshot.offset = 3
            $0.snapshot.state.replicas = [phone.description, till.description]
            $0.snapshot.state.vector = [2, 1]
        }
        #expect(audit.take(snapshot) == [])
        #expect(audit.take(page(phone, from: 3, at: 4, ["m1-3"])) == [])
        #expect(audit.check([acknowledged(phone, 2, "m1-2")]) == [])
        #expect(audit.check([acknowledged(till, 2, "m2-2")]).map(\.kind) == [.lost])
        #expect(audit.foldedCount == 2)
        var poorer = snapshot
        poorer.snapshot.state.vector = [1, 1]
        #expect(audit.take(poorer).map(\.kind) == [.lost])
    }
}
