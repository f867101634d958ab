import BatonCore
import BatonSync

/// What people had before their eyes when they wrote, remembered beside the system under test.
struct WhatPeopleSaw {
    private struct Place: Hashable {
        let device: Int
        let stream: StreamID
    }

    private struct Known {
        let writing: Writing
        let before: Set<Mark>
        /// Whether the log is another one than that which its writer saw.
        var isFromLostLog: Bool
    }

    private var writings: [Mark: [Known]] = [:]
    private var written: [Place: Set<Mark>] = [:]

    mutating func note(_ fact: Fact) {
        switch fact {
        case .wrote(let writing):
            let place = Place(device: writing.device, stream: writing.stream)
            let before = writing.isThin ? [] : written[place] ?? []
            writings[writing.mark, default: []].append(
                Known(writing: writing, before: before, isFromLostLog: writing.isBehind))
            if !writing.isThin { written[place, default: []].insert(writing.mark) }
        case .moved(let device, let from, let to, let marks):
            written[Place(device: device, stream: from)]?.subtract(marks)
            written[Place(device: device, stream: to), default: []].formUnion(marks)
        case .cloned(let from, let onto, _):
            for place in written.keys where place.device == onto { written[place] = nil }
            for (place, marks) in written where place.device == from {
                written[Place(device: onto, stream: place.stream)] = marks
            }
        case .restored:
            for mark in writings.keys {
                for index in writings[mark, default: []].indices {
                    writings[mark]?[index].isFromLostLog = true
                }
            }
        default: break
        }
    }

    /// An event of the log with what its writer had seen, as far as that is known; `nil` for a void
    /// entry.
    func deed(
        at logged: History.Logged, in stream: StreamID, _ history: History
    ) -> LoggedDeed? {
        guard case .event(let event) = logged.entry else { return nil }
        let isAlone = logged.mark.flatMap { history.places[$0]?.count } == 1
        let known = logged.mark.flatMap { writings[$0] }?.last {
            // A kiosk that reads anew may decide on something else under the same mark.
            isAlone && $0.writing.stream == stream
                && $0.writing.operations == event.askedOperations
        }
        return LoggedDeed(
            event: event, offset: logged.offset, mark: logged.mark, isAlone: isAlone,
            seen: known?.writing.seen, before: known?.before ?? [],
            sawInLostLog: known?.isFromLostLog == true ? known?.writing.saw : nil)
    }
}

/// An event of the log, and what its writer had before its eyes.
struct LoggedDeed {
    let event: Event
    let offset: Offset
    let mark: Mark?
    /// Whether it is the only one of its mark: copies of a disk may both have brought it.
    let isAlone: Bool
    /// What of the log the writer had shown; `nil` where the context must say it.
    let seen: Offset?
    /// What had been written before into this stream on the same device, or on those of which it is
    /// a copy.
    let before: Set<Mark>
    /// What the writer had shown of a log that was made anew from a backup since, in dots, for offsets
    /// mean other entries now; `nil` where the log is the same. What it had seen of what is written
    /// anew under another dot is forgotten, as the specification says (section 9.6).
    let sawInLostLog: VersionVector?

    /// Whether the writer knew of the other event.
    func hasSeen(_ other: LoggedDeed) -> Bool {
        if let mark = other.mark, before.contains(mark) {
            return other.isAlone || event.context.covers(other.event.dot, at: other.offset)
        }
        if let sawInLostLog { return sawInLostLog.covers(other.event.dot) }
        if let seen { return other.offset <= seen }
        return event.context.covers(other.event.dot, at: other.offset)
    }
}
