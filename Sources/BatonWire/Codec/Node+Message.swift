import BatonCore
import SwiftProtobuf

extension Node {
    func message(replicas: inout ReplicaTable) -> Baton_V1_Node {
        var message = Baton_V1_Node()
        switch self {
        case .versions(let leaf):
            var versions = Baton_V1_Versions()
            for version in leaf.versions {
                versions.versions.append(version.message(replicas: &replicas))
            }
            message.versions = versions
        case .count(let leaf):
            var count = Baton_V1_Count()
            for part in leaf.bases { count.bases.append(part.message(replicas: &replicas)) }
            for part in leaf.increments {
                count.increments.append(part.message(replicas: &replicas))
            }
            message.count = count
        case .set(let leaf):
            var elements = Baton_V1_Elements()
            for (value, stamps) in leaf.elements.sorted(by: { $0.key < $1.key }) {
                var element = Baton_V1_Element()
                element.value = value.message
                for stamp in stamps { element.stamps.append(stamp.message(replicas: &replicas)) }
                elements.elements.append(element)
            }
            message.set = elements
        case .log(let leaf):
            var facts = Baton_V1_Facts()
            for fact in leaf.facts {
                var item = Baton_V1_Fact()
                item.stamp = fact.stamp.message(replicas: &replicas)
                item.value = fact.value.message
                facts.facts.append(item)
            }
            message.log = facts
        case .branch(let children):
            var branch = Baton_V1_Branch()
            for (key, node) in children.sorted(by: { $0.key < $1.key }) {
                var child = Baton_V1_Child()
                child.key = key.string
                child.node = node.message(replicas: &replicas)
                branch.children.append(child)
            }
            message.branch = branch
        }
        return message
    }
}

extension Stamp {
    func message(replicas: inout ReplicaTable) -> Baton_V1_Stamp {
        var message = Baton_V1_Stamp()
        message.replica = replicas.index(of: dot.replica)
        message.counter = dot.counter.rawValue
        message.offset = offset.rawValue
        message.seen = context.seen.rawValue
        if context.own.next != dot.counter { message.own = context.own.rawValue }
        for entry in context.beyond.sorted {
            var item = Baton_V1_BeyondEntry()
            item.replica = replicas.index(of: entry.replica)
            item.counter = entry.counter.rawValue
            message.beyond.append(item)
        }
        message.time = timestamp.milliseconds
        message.tick = timestamp.tick
        return message
    }
}

extension VersionLeaf.Version {
    fileprivate func message(replicas: inout ReplicaTable) -> Baton_V1_Version {
        var message = Baton_V1_Version()
        message.stamp = stamp.message(replicas: &replicas)
        if let value { message.value = value.message }
        if let from { message.from = from.string }
        if let origin {
            var item = Baton_V1_Origin()
            item.replica = replicas.index(of: origin.dot.replica)
            item.counter = origin.dot.counter.rawValue
            item.offset = origin.offset.rawValue
            item.time = origin.timestamp.milliseconds
            item.tick = origin.timestamp.tick
            message.origin = item
        }
        return message
    }
}

extension CountLeaf.Part {
    fileprivate func message(replicas: inout ReplicaTable) -> Baton_V1_Part {
        var message = Baton_V1_Part()
        message.stamp = stamp.message(replicas: &replicas)
        message.number = number
        return message
    }
}

/// Reads nodes whose replicas are indices into a table.
struct NodeReader {
    let replicas: [ReplicaID]

    func node(_ message: Baton_V1_Node) throws(WireFailure) -> Node {
        switch message.kind {
        case .versions(let versions):
            var leaf: [VersionLeaf.Version] = []
            for version in versions.versions { leaf.append(try self.version(version)) }
            return .versions(VersionLeaf(leaf))
        case .count(let count):
            return .count(
                CountLeaf(
                    bases: try parts(count.bases), increments: try parts(count.increments)))
        case .set(let elements):
            var leaf: [Value: [Stamp]] = [:]
            for element in elements.elements {
                var stamps: [Stamp] = []
                for item in element.stamps { stamps.append(try stamp(item)) }
                leaf[try Value(element.value)] = stamps
            }
            return .set(SetLeaf(leaf))
        case .log(let facts):
            var leaf: [LogLeaf.Fact] = []
            for fact in facts.facts {
                leaf.append(
                    LogLeaf.Fact(stamp: try stamp(fact.stamp), value: try Value(fact.value)))
            }
            return .log(LogLeaf(leaf))
        case .branch(let branch):
            var children: [ExactText: Node] = [:]
            for child in branch.children { children[ExactText(child.key)] = try node(child.node) }
            return .branch(children)
        case nil: return .branch([:])
        }
    }

    func stamp(_ message: Baton_V1_Stamp) throws(WireFailure) -> Stamp {
        let dot = Dot(try replica(message.replica), try Numbers.counter(message.counter))
        var beyond: [ReplicaID: Counter] = [:]
        for entry in message.beyond {
            try beyond.enter(Dot(replica(entry.replica), Numbers.counter(entry.counter)))
        }
        return Stamp(
            dot: dot, offset: try Numbers.offset(message.offset),
            context: try Context(
                seen: message.seen, own: message.hasOwn ? message.own : nil, beyond: beyond,
                dot: dot),
            timestamp: Timestamp(milliseconds: message.time, tick: message.tick))
    }

    private func version(_ message: Baton_V1_Version) throws(WireFailure) -> VersionLeaf.Version {
        var origin: Origin?
        if message.hasOrigin {
            let item = message.origin
            origin = Origin(
                dot: Dot(try replica(item.replica), try Numbers.counter(item.counter)),
                offset: try Numbers.offset(item.offset),
                timestamp: Timestamp(milliseconds: item.time, tick: item.tick))
        }
        return VersionLeaf.Version(
            stamp: try stamp(message.stamp),
            value: message.hasValue ? try Value(message.value) : nil,
            from: message.hasFrom ? ExactText(message.from) : nil, origin: origin)
    }

    private func parts(_ messages: [Baton_V1_Part]) throws(WireFailure) -> [CountLeaf.Part] {
        var parts: [CountLeaf.Part] = []
        for part in messages {
            guard part.number.magnitude <= largestExactInteger else {
                throw WireFailure(
                    .malformedEvent, "a number lies within ±\(largestExactInteger)")
            }
            parts.append(CountLeaf.Part(stamp: try stamp(part.stamp), number: part.number))
        }
        return parts
    }

    private func replica(_ index: UInt32) throws(WireFailure) -> ReplicaID {
        guard Int(index) < replicas.count else {
            throw WireFailure(
                .malformedEvent,
                "replica \(index) of a state that names \(replicas.count) replicas")
        }
        return replicas[Int(index)]
    }
}
