import BatonCore
import BatonLaws
import Synchronization
import Testing

/// That a walk leaves nothing out: the shapes of its complete histories (who had seen what) are all
/// those that can be made by trying every view, up to the names of the replicas.
struct SmallShapeTests {
    /// Of each event, by replica and counter: how many events of each replica it had seen.
    private typealias Shape = [[Int]]

    @Test(arguments: [(2, 2), (2, 3), (3, 1)])
    func `A walk comes by every shape of history`(replicas: Int, operations: Int) async {
        let walked = Mutex<Set<Shape>>([])
        let scope = SmallScope(
            replicas: replicas, operations: operations, letters: .pair(0, 1))
        let report = await SmallWorld.run(
            rule: .log, scopes: [scope],
            inspect: { history, _ in
                guard history.events.count == replicas * operations else { return nil }
                let shape = Self.shape(history, replicas, operations)
                walked.withLock { $0.formUnion([Self.least(shape, replicas, operations)]) }
                return nil
            })
        #expect(report.finding == nil)
        let all = Self.all(replicas, operations)
        #expect(walked.withLock { $0 } == all)
        #expect(all.count == [[2, 2]: 11, [2, 3]: 90, [3, 1]: 5][[replicas, operations]])
    }

    private static func shape(_ history: SmallHistory, _ replicas: Int, _ operations: Int) -> Shape
    {
        let views = history.events.map { item -> (place: Int, view: [Int]) in
            let event = item.event
            let place = (Int(event.dot.replica.low) - 1) * operations
            var view = (1...UInt64(replicas)).map {
                Int(event.context.beyond[ReplicaID(high: 0, low: $0)].rawValue)
            }
            view[Int(event.dot.replica.low) - 1] = Int(event.context.own.rawValue)
            return (place + Int(event.dot.counter.rawValue) - 1, view)
        }
        return views.sorted { $0.place < $1.place }.map(\.view)
    }

    /// Tries every view of every event, and leaves out what no history can be.
    private static func all(_ replicas: Int, _ operations: Int) -> Set<Shape> {
        let views = (0..<replicas).reduce([[]]) { views, _ in
            views.flatMap { view in (0...operations).map { view + [$0] } }
        }
        var shapes: [Shape] = [[]]
        for place in 0..<replicas * operations {
            let (replica, counter) = (place / operations, place % operations)
            shapes = shapes.flatMap { shape in
                views.filter { $0[replica] == counter }.map { shape + [$0] }
            }
        }
        let possible = shapes.filter { isPossible($0, replicas, operations) }
        return Set(possible.map { least($0, replicas, operations) })
    }

    /// Who has seen an event has seen what that had seen, and no event has seen itself so.
    private static func isPossible(_ shape: Shape, _ replicas: Int, _ operations: Int) -> Bool {
        shape.indices.allSatisfy { place in
            (0..<replicas).allSatisfy { other in
                (0..<shape[place][other]).allSatisfy { earlier in
                    let seen = shape[other * operations + earlier]
                    return zip(seen, shape[place]).allSatisfy { $0 <= $1 }
                        && seen[place / operations] <= place % operations
                }
            }
        }
    }

    private static func least(_ shape: Shape, _ replicas: Int, _ operations: Int) -> Shape {
        let namings =
            replicas == 2
            ? [[0, 1], [1, 0]]
            : [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
        let named = namings.map { naming in
            shape.indices.map { place in
                let view = shape[naming[place / operations] * operations + place % operations]
                return naming.map { view[$0] }
            }
        }
        return named.min { $0.joined().lexicographicallyPrecedes($1.joined()) } ?? shape
    }
}
