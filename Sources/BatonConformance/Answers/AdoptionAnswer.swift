import BatonCore
import BatonServer
import BatonWire

/// Cases of adoption: what one stream holds once it has adopted another.
enum AdoptionAnswer {
    static func adopt(_ given: Given) throws(UnreadableCase) -> [ExactText: Value] {
        let schemas = try given.schemas()
        let adoption = StreamAdoption(
            source: try given.member("from").stream(), target: try given.member("into").stream())
        var old = StreamState()
        for batch in try given.member("source").list() {
            try old.fold(batch.entries(), schemas: schemas)
        }
        var new = StreamState()
        try new.fold(given.allEntries(), schemas: schemas)

        let operations =
            [adoption.record(old.offset)]
            + new.adopting(
                old, by: adoption.replica, schemas: schemas, apart: adoption.apart
            ).flatMap { $0 }
        let own = new.vector[adoption.replica]
        let event = Event(
            dot: Dot(adoption.replica, own.next),
            context: Context(replica: adoption.replica, own: own, seen: new.offset),
            timestamp: Timestamp(milliseconds: try given.member("time").integer()),
            channel: try given.reading { try ChannelName("service") },
            operations: operations + new.adoptionKeeps(for: operations, schemas: schemas))
        new.apply(.event(event), at: new.offset.next, schemas: schemas)
        var members = StateAnswer.members(of: new, schemas: schemas)
        members["replica"] = .string(adoption.replica.description)
        return members
    }
}

extension Given {
    fileprivate func stream() throws(UnreadableCase) -> StreamID {
        let name = try text()
        return try reading { try StreamID(name) }
    }
}
