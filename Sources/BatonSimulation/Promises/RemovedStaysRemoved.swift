import BatonCore

/// What was removed from a map or a set stays removed, unless somebody wrote there who had not seen
/// the removal nor been seen by it; then it is there. Holds for every key of every map, at any
/// depth, and every element of every set.
///
/// Judged from what people had before their eyes when they wrote, not from the contexts of their
/// events. Contexts count only where nobody's eyes do: for what an adoption brought or moved, for
/// kiosks that do not say what they had seen, and for what copies of a disk both pushed.
struct RemovedStaysRemoved: Promise {
    static let name = "removed things stay removed"

    private var eyes = WhatPeopleSaw()

    mutating func note(_ fact: Fact, _ histories: [StreamID: History]) -> Violation? {
        eyes.note(fact)
        return nil
    }

    func judge(_ ending: Ending) -> Violation? {
        for stream in ending.streams {
            guard let history = ending.histories[stream], let state = ending.server[stream] else {
                continue
            }
            let deeds = history.entries.compactMap { eyes.deed(at: $0, in: stream, history) }
            let expected = LivingThings(deeds, ending.schemas).places
            let found = LivingPlace.all(in: state, ending.schemas)
            guard expected != found else { continue }
            if let place = found.subtracting(expected).min() {
                return broken(
                    "\(stream), \(place)",
                    expected: "gone: whoever wrote there was seen by somebody who removed it",
                    found: "it is there")
            }
            if let place = expected.subtracting(found).min() {
                return broken(
                    "\(stream), \(place)",
                    expected: "there: nobody who removed it had seen all who wrote there",
                    found: "it is gone")
            }
        }
        return nil
    }
}
