import BatonCore
import BatonWire
import Testing

/// Section 13.3.
struct SchemaDigestTests {
    private func schemas(_ json: String...) throws -> SchemaSet {
        SchemaSet(try json.map { try Schema(json: Array($0.utf8)) })
    }

    private let gift = #"{"fields":[{"rule":"count","name":"note"}],"version":1,"type":"gift"}"#

    @Test func `The digest is of the served documents, canonical, defaults written out`() throws {
        let set = try schemas(gift)
        let document = String(decoding: set.document, as: UTF8.self)
        #expect(
            document == """
                {"schemas":[{"adopt":"merge","fields":[{"base":"max","name":"note","rule":"count"}],\
                "type":"gift","version":1}]}
                """)
        // The first 16 digits that sha256sum gives for that text.
        #expect(SchemaDigest(of: set).description == "729c5a35b5845144")
    }

    @Test func `It does not depend on the order of the documents, and does on what they say`()
        throws
    {
        let other = #"{"type":"a","version":1,"fields":[{"name":"x","rule":"count"}]}"#
        let digest = SchemaDigest(of: try schemas(gift, other))
        #expect(try SchemaDigest(of: schemas(other, gift)) == digest)
        #expect(try SchemaDigest(of: schemas(gift)) != digest)
        let later = other.replacing("\"version\":1", with: "\"version\":2")
        #expect(try SchemaDigest(of: schemas(gift, later)) != digest)
    }

    @Test func `Served documents read back, but for those of a form that is not known yet`() throws
    {
        let set = try schemas(gift)
        #expect(try SchemaSet(document: set.document) == set)
        let both =
            #"{"schemas":[\#(gift),{"type":"b","version":1,"fields":[{"name":"x","rule":"q"}]}]}"#
        #expect(try SchemaSet(document: Array(both.utf8)) == set)
        #expect(throws: WireFailure.self) { try SchemaSet(document: Array("[]".utf8)) }
    }
}
