/// A merge rule whose histories are walked exhaustively, and the place at which they act.
public enum SmallRule: String, CaseIterable, Sendable {
    /// One register; its value is read under all five picks.
    case register
    /// One count; its value is read under all three bases.
    case count
    /// One set of two possible elements.
    case set
    /// A map of registers under two possible keys.
    case map
    /// One map entry of a title and a quantity, with the keeps that edits of an entry carry.
    case entry
    /// One workflow of three states.
    case workflow
    /// One log of facts.
    case log
}
