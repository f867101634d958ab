import BatonCore
import SwiftProtobuf
import Testing

@testable import BatonWire

/// States that no server makes are refused: a device that took one would trip over it later.
@Suite struct StateMessageTests {
    private func state(own: UInt64?, number: Int64) throws -> StreamState {
        let part = Baton_V1_Part.with {
            $0.number = number
            $0.stamp = .with {
                $0.counter = 5
                if let own { $0.own = own }
                $0.time = 1
            }
        }
        let quantity = Baton_V1_Child.with {
            $0.key = "quantity"
            $0.node = .with { $0.count = .with { $0.bases = [part] } }
        }
        return try StreamState(
            .with {
                $0.replicas = ["8f14e45fceea167a5a36dedd4bea2543"]
                $0.vector = [5]
                $0.entities = [
                    .with {
                        $0.entity = "cart/main"
                        $0.root = .with { $0.branch = .with { $0.children = [quantity] } }
                    }
                ]
            }, offset: .start)
    }

    @Test func `An event has seen of its own replica what came before it, at most`() throws {
        #expect(try state(own: 4, number: 1) == state(own: nil, number: 1))
        for own: UInt64 in [5, 1 << 53, .max] {
            #expect(throws: WireFailure.self) { try state(own: own, number: 1) }
        }
    }

    @Test func `A count's parts are numbers that all JSON readers keep`() throws {
        let most = Int64(largestExactInteger)
        for number in [most, -most] { _ = try state(own: nil, number: number) }
        for number in [most + 1, -most - 1, .max, .min] {
            #expect(throws: WireFailure.self) { try state(own: nil, number: number) }
        }
    }
}
