/// One parser of hostile bytes, with what must hold of it whatever the bytes are.
///
/// A run ends in one of two ways: the bytes are refused, or what was read keeps the parser's promises –
/// written and read again it is the same, the fast reader and the plain one agree, no more comes out than
/// the limit allows. A trap, a hang, memory without bound and a ``BrokenPromise`` are findings.
public struct FuzzTarget: Sendable {
    /// What it is called on the command line and in the corpus.
    public let name: String
    /// The parser, and where its bytes come from.
    public let summary: String
    /// Inputs to begin with: small ones that are read, so that chance need not find the form.
    public let seeds: @Sendable () throws -> [[UInt8]]
    private let check: @Sendable ([UInt8]) throws -> Bool

    init(
        _ name: String, _ summary: String,
        seeds: @escaping @Sendable () throws -> [[UInt8]] = { [] },
        check: @escaping @Sendable ([UInt8]) throws -> Bool
    ) {
        self.name = name
        self.summary = summary
        self.seeds = seeds
        self.check = check
    }

    /// Bytes of the largest input that a run looks at.
    public static let longest = 16 * 1024

    /// Reads the bytes and holds what was read to its promises.
    ///
    /// - Returns: Whether the bytes were taken.
    /// - Throws: ``BrokenPromise``, and nothing else.
    public func run(_ bytes: [UInt8]) throws -> Bool {
        do {
            return try check(bytes)
        } catch let broken as BrokenPromise {
            throw broken
        } catch {
            // Refused, with a reason that somebody can read.
            guard !"\(error)".isEmpty else { throw BrokenPromise("a refusal without a reason") }
            return false
        }
    }

    /// All of them.
    public static let all: [FuzzTarget] =
        messages + states + schemas + texts + tokens + archives + answers

    /// The target of a name.
    public static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// A promise of a parser that some input breaks.
public struct BrokenPromise: Error, Sendable, CustomStringConvertible {
    /// Which promise, and what was seen in its place.
    public let description: String

    init(_ description: String) { self.description = description }
}

/// Throws unless the promise holds.
func promise(_ holds: Bool, _ words: @autoclosure () -> String) throws {
    guard holds else { throw BrokenPromise(words()) }
}
