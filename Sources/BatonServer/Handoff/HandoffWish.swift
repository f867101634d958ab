import BatonCore
import BatonWire
import SwiftProtobuf

/// What a giver asks for.
package struct HandoffWish: Sendable {
    let stream: String
    package let entities: [String]
    /// Seconds that a code or a token lives at least.
    static let leastSeconds: Int64 = 10
    let codeSeconds: Int64
    let tokenSeconds: Int64

    /// Reads the body of the call.
    package init(json: [UInt8], limits: ServerLimits) throws(Problem) {
        var body = try PlainBody(json)
        stream = try body.text("stream") ?? ""
        guard case .list(let list)? = body.take("entities"),
            list.count <= limits.entitiesPerHandoff, !list.isEmpty
        else {
            throw Problem(
                .malformedJSON,
                "entities names what is shared, 1 to \(limits.entitiesPerHandoff) of them: "
                    + #"["cart/main", "order/*"]"#)
        }
        var names: [String] = []
        for name in list {
            guard let text = name.string, EntityScope.isValid(text) else {
                throw Problem(
                    .invalidName,
                    "\(name.canonicalJSON.prefix(200)) is no entity: use type/id, type/prefix*, or *"
                )
            }
            names.append(text)
        }
        entities = names
        codeSeconds = try body.seconds(
            "codeSeconds", usually: limits.codeSeconds,
            in: Self.leastSeconds...limits.longestCodeSeconds)
        tokenSeconds = try body.seconds(
            "tokenSeconds", usually: limits.sharedTokenSeconds,
            in: Self.leastSeconds...limits.longestSharedTokenSeconds)
        try body.end()
    }
}

/// What a claimer says.
package struct ClaimWish: Sendable {
    let code: String
    let channel: ChannelName?

    /// Reads the body of the call.
    package init(json: [UInt8]) throws(Problem) {
        var body = try PlainBody(json)
        code = try body.text("code") ?? ""
        let name = try body.text("channel")
        try body.end()
        do throws(InvalidName) {
            channel = try name.map { name throws(InvalidName) in try ChannelName(name) }
        } catch { throw Problem(error) }
    }
}

/// A JSON object that is read member by member; what is left over is told rather than passed over.
private struct PlainBody {
    private var members: [ExactText: Value]

    init(_ json: [UInt8]) throws(Problem) {
        do throws(WireFailure) {
            let value = try Value(Protobuf.decodeJSON(Google_Protobuf_Value.self, from: json))
            guard case .object(let members) = value else {
                throw WireFailure(.malformedJSON, "the body is a JSON object")
            }
            self.members = members
        } catch { throw Problem(error) }
    }

    mutating func take(_ name: ExactText) -> Value? { members.removeValue(forKey: name) }

    mutating func text(_ name: ExactText) throws(Problem) -> String? {
        guard let value = take(name) else { return nil }
        guard let text = value.string else {
            throw Problem(.malformedJSON, "\(name) is a text")
        }
        return text
    }

    mutating func seconds(
        _ name: ExactText, usually usual: Int64, in range: ClosedRange<Int64>
    ) throws(Problem) -> Int64 {
        guard let value = take(name) else { return usual }
        guard let seconds = value.integer, range.contains(seconds) else {
            throw Problem(
                .malformedJSON,
                "\(name) is a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return seconds
    }

    func end() throws(Problem) {
        guard let other = members.keys.min() else { return }
        throw Problem(.malformedJSON, "\(other.string.prefix(60)) is no member of this message")
    }
}
