/// The times that an Olist order has, in the order in which its states follow one another.
struct OlistStamps {
    let purchased: Int64
    let approved: Int64?
    let shipped: Int64?
    let delivered: Int64?

    /// Whether the times contradict the order of the states.
    var areOutOfOrder: Bool {
        let known = [purchased, approved, shipped, delivered].compactMap(\.self)
        return zip(known, known.dropFirst()).contains { $0 > $1 }
    }
}

/// Which states an Olist order went through after it was placed.
///
/// The file has one status an order and times of some states. The status is where the order ends;
/// a state on the way counts if it has a time and leads there by moves that the order workflow
/// allows. A status without a time of its own (invoiced, processing, unavailable, cancelled)
/// follows on the last state.
enum OlistStates {
    /// A move and its time, if the file has one.
    typealias Step = (state: String, time: Int64?)

    static func steps(
        to status: String, _ stamps: OlistStamps
    ) throws(RowDefect) -> [Step] {
        let approval: [Step] = stamps.approved.map { [("approved", $0)] } ?? []
        let shipping: [Step] = stamps.shipped.map { [("shipped", $0)] } ?? []
        switch status {
        case "created": return []
        case "approved": return [("approved", stamps.approved)]
        case "invoiced", "processing", "unavailable": return approval + [(status, nil)]
        case "shipped": return approval + [("shipped", stamps.shipped)]
        case "delivered":
            // No order is delivered right after it was placed: it was shipped or at least approved.
            let way = approval + shipping
            return (way.isEmpty ? [("shipped", nil)] : way) + [("delivered", stamps.delivered)]
        case "canceled": return approval + shipping + [("cancelled", nil)]
        default: throw RowDefect(.unknownState, "\"\(status.prefix(40))\"")
        }
    }
}
