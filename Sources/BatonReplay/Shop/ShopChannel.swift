internal import BatonCore

extension ChannelName {
    // Names that the rule for channel names allows; were one refused, reading would say so.
    static func shop(_ name: String) throws(RowDefect) -> ChannelName {
        do { return try ChannelName(name) } catch {
            throw RowDefect(.badName, "channel \"\(name)\": \(error)")
        }
    }
}
