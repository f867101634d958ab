/// What the network of a replay does to a request.
public enum NetworkFault: String, Sendable, CaseIterable {
    /// The request never arrives; the client sees a broken connection.
    case lostRequest = "lost-requests"
    /// The request arrives and is acted on; its answer never comes back.
    case lostAnswer = "lost-answers"
    /// The request arrives twice; the client gets the first answer.
    case duplicateWithFirstAnswer = "duplicates-answered-first"
    /// The request arrives twice; the client gets the second answer.
    case duplicateWithSecondAnswer = "duplicates-answered-last"
    /// An earlier write arrives once more, before the request at hand.
    case lateRepeat = "late-repeats"

    /// How often each fault strikes, of all requests.
    static let share = 0.04

    /// What happens to the next request; `nil` if nothing does. One draw, whatever comes of it.
    static func draw(_ dice: Dice) -> NetworkFault? {
        let place = Int(dice.fraction() / share)
        return place < allCases.count ? allCases[place] : nil
    }
}
