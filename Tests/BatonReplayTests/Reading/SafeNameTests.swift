import BatonCore
import Testing

@testable import BatonReplay

@Suite struct SafeNameTests {
    @Test func `An id that may be a name stays as it is`() throws {
        #expect(try SafeName.stream("cust-", "576802932").description == "cust-576802932")
    }

    @Test func `Ids that differ only in forbidden letters stay distinct`() throws {
        let names = try ["a b", "a/b", "a-b", "ä"].map {
            try SafeName.stream("cust-", $0).description
        }
        #expect(Set(names).count == 4)
        #expect(names[2] == "cust-a-b")
    }

    @Test func `Long ids that begin alike stay distinct and fit`() throws {
        let long = String(repeating: "x", count: 500)
        let one = try SafeName.stream("anon-net-", long + "1")
        let two = try SafeName.stream("anon-net-", long + "2")
        #expect(one != two)
        #expect(one.description.utf8.count <= 128)
    }

    @Test func `Nobody is no person`() {
        let defect = #expect(throws: RowDefect.self) { try SafeName.stream("cust-", "") }
        #expect(defect?.reason == .missingField)
    }
}
