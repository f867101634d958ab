import BatonGzip
import Testing

@testable import BatonReplay

@Suite struct RecognitionTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let rees46 =
        "event_time,event_type,product_id,price,user_id,user_session\n"
        + "2022-12-01 00:00:00 UTC,cart,1,2.50,7,s\n"
    private static let samples: [(DataSetKind, String)] = [
        (.rees46, rees46),
        (
            .otto,
            "{\"session\":1,\"events\":[{\"aid\":5,\"ts\":1659304800025,\"type\":\"carts\"}]}\n"
        ),
        (
            .snowplow,
            "{\"event_id\":\"e\",\"domain_userid\":\"d\",\"derived_tstamp\":\"2022-10-25 07:49:55\"}\n"
        ),
        (
            .olist,
            "order_id,customer_id,order_status,order_purchase_timestamp\n"
                + "o,c,created,2017-07-09 21:57:05\n"
        ),
        (
            .retentioneering,
            "user_id,session_id,event,timestamp,platform\nu,s,home,2024-03-13 10:21:14,desktop\n"
        ),
    ]

    @Test(arguments: samples)
    func `A data set is recognised under a misleading name, compressed or not`(
        kind: DataSetKind, text: String
    ) throws {
        let plain = try folder.write("notes.txt", text)
        let packed = try folder.write("notes.bin", bytes: Gzip.compress(Array(text.utf8)))
        for path in [plain, packed] {
            let set = try ReplaySource.open(path)
            #expect(set.kind == kind)
            #expect(set.report.rowsRead == 1)
            #expect(set.report.rowsSkipped == 0)
        }
    }

    @Test func `The other files of a folder are named for what they are`() throws {
        try folder.write("a", Self.rees46)
        try folder.write("b", "review_id,order_id,review_score\n1,2,5\n")
        try folder.write("c", "name,colour\nx,red\n")
        try folder.write("d", "")
        try folder.write("e", "event_id,domain_sessionid,derived_tstamp,cart_created\n")
        let roles = try folder.open().files.reduce(into: [:]) { $0[$1.name] = $1.role }
        #expect(
            roles == ["a": .events, "b": .notNeeded, "c": .unknown, "d": .unknown, "e": .notNeeded])
    }

    @Test func `Files of one kind are read in the order of their time, not of their names`() throws
    {
        try folder.write("a", Self.rees46)
        try folder.write("b", Self.rees46.replacing("2022-12", with: "2022-10"))
        let limited = try folder.open(ReadingOptions(limit: 1))
        #expect(limited.events.map(\.place.file) == ["b"])
    }

    @Test func `What cannot be opened says why`() throws {
        func code(_ path: String) -> ReplayFailure.Code? {
            do throws(ReplayFailure) {
                _ = try ReplaySource.open(path)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code(folder.path + "/absent") == .pathNotFound)
        #expect(code(folder.path) == .notRecognised)
        try folder.write("readme", "Just some words.\n")
        #expect(code(folder.path) == .notRecognised)
        for (kind, text) in Self.samples.prefix(2) { try folder.write("\(kind)", text) }
        #expect(code(folder.path) == .severalDataSets)
    }
}
