import BatonCore
import Testing

/// The laws of a partial order and of its joins, over every small vector.
struct VersionVectorTests {
    static let replicas = (1...3).map { ReplicaID(high: 0, low: UInt64($0)) }
    static let all: [VersionVector] = (0..<27).map { (code: UInt64) in
        let counters: [UInt64] = [code % 3, code / 3 % 3, code / 9]
        var vector: [ReplicaID: Counter] = [:]
        for (replica, counter) in zip(replicas, counters) {
            vector[replica] = Counter(rawValue: counter)
        }
        return VersionVector(vector)
    }

    @Test func `Order is reflexive, antisymmetric and transitive`() {
        func isAtMost(_ left: VersionVector, _ right: VersionVector) -> Bool {
            [.equal, .before].contains(left.order(to: right))
        }
        for left in Self.all {
            #expect(left.order(to: left) == .equal)
            for right in Self.all {
                if isAtMost(left, right) && isAtMost(right, left) { #expect(left == right) }
                for third in Self.all where isAtMost(left, right) && isAtMost(right, third) {
                    #expect(isAtMost(left, third))
                }
            }
        }
    }

    @Test func `The two directions of order agree`() {
        let opposite: [CausalOrder: CausalOrder] = [
            .equal: .equal, .before: .after, .after: .before, .concurrent: .concurrent,
        ]
        for left in Self.all {
            for right in Self.all {
                #expect(right.order(to: left) == opposite[left.order(to: right)])
            }
        }
    }

    @Test func `A merge is the least vector that covers both`() {
        for left in Self.all {
            for right in Self.all {
                var merged = left
                merged.merge(right)
                #expect(merged.order(to: left) != .before && merged.order(to: left) != .concurrent)
                for bound in Self.all
                where [.equal, .after].contains(bound.order(to: left))
                    && [.equal, .after].contains(bound.order(to: right))
                {
                    #expect([.equal, .after].contains(bound.order(to: merged)))
                }
            }
        }
    }

    @Test func `A vector covers every dot up to its counters`() {
        var vector = VersionVector()
        vector.insert(Dot(Self.replicas[0], Counter(rawValue: 3)))
        vector.insert(Dot(Self.replicas[0], Counter(rawValue: 2)))
        #expect(vector.covers(Dot(Self.replicas[0], Counter(rawValue: 3))))
        #expect(!vector.covers(Dot(Self.replicas[0], Counter(rawValue: 4))))
        #expect(!vector.covers(Dot(Self.replicas[1], Counter(rawValue: 1))))
    }

    @Test func `An entry of nothing is no entry`() {
        #expect(VersionVector([Self.replicas[0]: .none]) == VersionVector())
        #expect(VersionVector([Self.replicas[0]: .none]).isEmpty)
    }
}
