internal import BatonCore

/// A data set as events that can be replayed.
public struct LoadedDataSet: Sendable {
    /// Which data set it is.
    public let kind: DataSetKind
    /// The files that were found, also those that were not read.
    public let files: [DataFile]
    /// All events in the order in which to replay them: by time, but never an order's state before
    /// the states that lead to it, whatever their times say; rows of one time as the files have
    /// them.
    public let events: [ShopEvent]
    /// Rows read and skipped, and what was odd.
    public let report: ReadingReport

    /// The people with their devices and events, by first event. O(events × devices a person).
    public func journeys() -> [Journey] {
        var places: [StreamID: Int] = [:]
        var journeys: [Journey] = []
        for event in events {
            let stream = event.device.stream
            if let place = places[stream] {
                journeys[place].append(event)
            } else {
                places[stream] = journeys.count
                journeys.append(Journey(stream: stream))
                journeys[journeys.count - 1].append(event)
            }
        }
        return journeys
    }

    /// How many events there are of each kind of action, by ``ShopAction/name``. O(events).
    public func actionCounts() -> [String: Int] {
        events.reduce(into: [:]) { $0[$1.action.name, default: 0] += 1 }
    }

    /// How many events have a type that nothing is made of, by type. O(events).
    public func unknownTypeCounts() -> [String: Int] {
        events.reduce(into: [:]) {
            if case .unknown(let type) = $1.action { $0[type, default: 0] += 1 }
        }
    }
}
