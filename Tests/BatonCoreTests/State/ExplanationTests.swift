import BatonCore
import Testing

struct ExplanationTests {
    /// What is told of one place, with the log as history.
    func explained(
        _ world: TestWorld, _ entity: String, _ path: String, for role: Role? = nil
    ) throws -> Explanation {
        let all = try world.log.folded(world.schemas).explanation(
            of: EntityID(entity), at: #require(FieldPath(pointer: path)),
            history: world.log.history, schemas: world.schemas, for: role)
        #expect(all.count == 1)
        return try #require(all.first)
    }

    func parts(_ place: Explanation) -> [String] {
        place.writes.map { write in
            "\(write.part.rawValue) \(write.action) \(write.value?.canonicalJSON ?? "-")"
        }
    }

    @Test func `Case 1: increments that a removal had not seen are told as such`() throws {
        var world = TestWorld(devices: 3)
        try world.devices[0].write(at: 10, SemanticsCaseTests.newLine("A"))
        world.syncAll()
        try world.write(0, at: 20, change("cart/main", "/lines/A/quantity", .add(1)))
        try world.write(1, at: 21, change("cart/main", "/lines/A/quantity", .add(2)))
        try world.write(2, at: 30, change("cart/main", "/lines", .remove("A")))
        world.syncAll()
        let place = try explained(world, "cart/main", "/lines/A/quantity")
        #expect(place.value == .integer(3))
        #expect(place.summary == "no base, and 2 increments of together 3")
        #expect(
            parts(place) == [
                "removed add 1", "contributes add 1", "contributes add 2", "removes remove -",
            ])
        let removal = try #require(place.writes.last)
        #expect(place.writes[0].by == removal.dot)
        #expect(place.writes[0].why == "removed by \(removal.dot.short), which had seen it")
        for write in place.writes[1...2] {
            #expect(write.why.hasSuffix("; unseen by the removal \(removal.dot.short)"))
            #expect(write.concurrent.contains(removal.dot))
        }
        #expect(removal.concurrent == place.writes[1...2].map(\.dot))
        // The title lives on by what the two increments say again of it.
        let title = try explained(world, "cart/main", "/lines/A/title")
        #expect(
            title.writes.map { "\($0.part.rawValue) \($0.action)" } == [
                "removed set", "decides keep", "keeps keep", "removes remove",
            ])
        #expect(title.writes[2].why.hasPrefix("keeps the same write alive once more; says again"))
        #expect(title.writes.compactMap(\.origin) == [place.writes[0].dot, place.writes[0].dot])
    }

    @Test func `Case 2: of two bases the greater one decides`() throws {
        var world = TestWorld(devices: 2)
        try world.write(0, at: 10, change("cart/main", "/lines/A/quantity", .set(1)))
        world.syncAll()
        try world.write(0, at: 20, change("cart/main", "/lines/A/quantity", .set(3)))
        try world.write(1, at: 15, change("cart/main", "/lines/A/quantity", .set(5)))
        world.syncAll()
        let place = try explained(world, "cart/main", "/lines/A/quantity")
        #expect(place.summary == "base 5 (max of 3 and 5)")
        #expect(parts(place) == ["superseded set 1", "overruled set 3", "decides set 5"])
        #expect(place.writes[1].concurrent == [place.writes[2].dot])
        #expect(
            place.writes[1].why
                == "overruled by \(place.writes[2].dot.short): max of 3 and 5")
        #expect(place.writes[0].by == place.writes[1].dot)
    }

    @Test func `Time decides, and by how much`() throws {
        var world = TestWorld(devices: 2)
        try world.write(0, at: 100, change("cart/main", "/note", .set("early")))
        try world.write(1, at: 112, change("cart/main", "/note", .set("late")))
        world.syncAll()
        let place = try explained(world, "cart/main", "/note")
        #expect(parts(place) == ["overruled set \"early\"", "decides set \"late\""])
        #expect(place.summary == "later than \(place.writes[0].dot.short), by 12 ms")
        try world.write(0, at: 200, change("cart/main", "/note", .set("x")))
        try world.write(1, at: 200, change("cart/main", "/note", .set("y")))
        world.syncAll()
        let tie = try explained(world, "cart/main", "/note")
        #expect(tie.summary.contains("at the same time as"))
        #expect(tie.writes.map(\.part) == [.superseded, .superseded, .overruled, .decides])
    }

    @Test func `Precedence and strictness name both sides`() throws {
        var world = TestWorld(devices: 2)
        try world.write(0, at: 1, change("order/o", "/status", .move(from: "", to: "placed")))
        world.syncAll()
        try world.write(0, at: 2, change("order/o", "/status", .move(from: "placed", to: "ready")))
        try world.write(
            1, at: 9, change("order/o", "/status", .move(from: "placed", to: "cancelled")))
        try world.write(
            1, at: 3, change("profile/me", "/consents/mail", .set("given")))
        try world.write(
            0, at: 2, change("profile/me", "/consents/mail", .set("withdrawn")))
        world.syncAll()
        #expect(
            try explained(world, "order/o", "/status").summary
                == #"precedence: "cancelled" over "ready""#)
        let consent = try explained(world, "profile/me", "/consents/mail")
        #expect(consent.summary == #"strictest: "withdrawn" before "given""#)
        #expect(consent.value == "withdrawn")
    }

    @Test func `What nothing lives in any more is told of as long as the log knows it`() throws {
        var world = TestWorld(devices: 1)
        try world.write(0, at: 1, change("cart/main", "/coupons", .add("a")))
        try world.write(0, at: 2, change("cart/main", "/coupons", .remove("a")))
        world.syncAll()
        let place = try explained(world, "cart/main", "/coupons")
        #expect(place.value == nil)
        #expect(parts(place) == [#"removed add "a""#, #"removes remove "a""#])
        #expect(place.summary.hasPrefix("nothing lives here: the last write was taken away by "))
        let state = world.log.folded(world.schemas)
        #expect(try state.explanation(of: EntityID("cart/main"), schemas: world.schemas) == [])
    }

    @Test func `Hidden values show in no value and no sentence`() throws {
        let hidden = SchemaSet([
            Schema(
                type: "cart", version: 1,
                fields: [
                    Field("note", TestSchemas.text, redaction: .except([.customer])),
                    Field("peak", .register(.integer(0...9), .max), redaction: .except([])),
                    Field("count", .count(CountRule()), redaction: .except([])),
                ])
        ])
        var world = TestWorld(devices: 2, hidden)
        for (device, number) in [(0, Int64(3)), (1, 7)] {
            try world.write(
                device, at: number, change("cart/main", "/note", .set("secret \(number)")),
                change("cart/main", "/peak", .set(number)),
                change("cart/main", "/count", .set(number)),
                change("cart/main", "/count", .add(number)))
        }
        world.syncAll()
        for (path, words) in [
            ("/note", "later than"), ("/peak", "max of 2 values (redacted)"),
            ("/count", "increments of together (redacted)"),
        ] {
            let place = try explained(world, "cart/main", path, for: .associate)
            #expect(place.isRedacted && place.value == Redaction.mark)
            #expect(place.summary.contains(words), "\(place.summary)")
            #expect(place.writes.allSatisfy { $0.value == Redaction.mark })
            let text = ([place.summary] + place.writes.map(\.why)).joined(separator: "\n")
            #expect(!text.contains("secret") && !text.contains(" 7") && !text.contains(" 10"))
        }
        #expect(try explained(world, "cart/main", "/note", for: .customer).value == "secret 7")
    }

    @Test func `A place with many writes tells of the newest, and of those that decide`() throws {
        var world = TestWorld(devices: 1)
        try world.write(0, at: 1, change("cart/main", "/lines/A/quantity", .set(1)))
        for step in 0..<150 {
            try world.write(
                0, at: Int64(step + 2), change("cart/main", "/lines/A/quantity", .add(1)))
        }
        world.syncAll()
        let place = try explained(world, "cart/main", "/lines/A/quantity")
        #expect(place.writes.count == Explanation.mostWrites && place.omitted == 51)
        #expect(place.writes.first?.part == .decides)
        #expect(place.summary == "base 1, and 150 increments of together 150")
    }

    @Test(arguments: ConvergenceTests.seeds.prefix(60))
    func `Every live write is told of, and every dead one with what ended it`(
        seed: UInt64
    ) throws {
        let history = try RandomHistory(seed: seed)
        let state = history.log.folded(history.schemas)
        for id in ["thing/x", "thing/y"] {
            let entity = try EntityID(id)
            let places = state.explanation(
                of: entity, history: history.log.history, schemas: history.schemas)
            let live = state.explanation(of: entity, schemas: history.schemas)
            for place in live {
                let whole = try #require(places.first { $0.path == place.path })
                #expect(whole.value == place.value)
                let ended: Set<Explanation.Part> = [.removed, .superseded, .removes]
                let told = whole.writes.filter { !ended.contains($0.part) }
                #expect(
                    Set(told.map(\.dot)) == Set(place.writes.map(\.dot)),
                    "\(place.path)\n\(history.trace)")
                #expect(told.count == place.writes.count, "\(place.path)\n\(history.trace)")
            }
            for place in places {
                for write in place.writes where [.removed, .superseded].contains(write.part) {
                    #expect(write.by != nil, "\(place.path) \(write.dot)\n\(history.trace)")
                }
            }
        }
    }
}

extension TestLog {
    /// The events with their places.
    var history: [LoggedEvent] {
        entries(after: .start).compactMap { offset, entry in
            guard case .event(let event) = entry else { return nil }
            return LoggedEvent(offset: offset, event: event)
        }
    }
}
