import BatonSync
import BatonWire
import Testing

/// What a device makes of a server's JSON, whichever way that writes it.
@Suite struct AnswerJSONTests {
    @Test func `A text is the same, escaped or not, and members of newer servers are passed over`()
        throws
    {
        let json = #"{"detail":"\ud842\udfb7 𠮷","newer":[{"a":[1]}]}"#
        let problem = try AnswerJSON.decode(Baton_V1_Problem.self, from: Array(json.utf8))
        #expect(problem.detail == "𠮷 𠮷")
    }
}
