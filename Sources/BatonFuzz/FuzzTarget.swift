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
    /// Pieces of the form, which chance would seldom put together.
    public let words: [String]
    /// Whether a run takes milliseconds, because there are files to make.
    public let isSlow: Bool
    private let check: Check

    private enum Check: Sendable {
        case plain(@Sendable ([UInt8]) throws -> Bool)
        case waiting(@Sendable ([UInt8]) async throws -> Bool)
    }

    init(
        _ name: String, _ summary: String, words: [String] = [],
        seeds: @escaping @Sendable () throws -> [[UInt8]],
        check: @escaping @Sendable ([UInt8]) throws -> Bool
    ) {
        self.name = name
        self.summary = summary
        self.words = words
        self.isSlow = false
        self.seeds = seeds
        self.check = .plain(check)
    }

    init(
        _ name: String, _ summary: String, words: [String] = [], isSlow: Bool = false,
        seeds: @escaping @Sendable () throws -> [[UInt8]],
        waiting: @escaping @Sendable ([UInt8]) async throws -> Bool
    ) {
        self.name = name
        self.summary = summary
        self.words = words
        self.isSlow = isSlow
        self.seeds = seeds
        self.check = .waiting(waiting)
    }

    /// Bytes of the largest input that a run looks at.
    public static let longest = 16 * 1024

    /// Reads the bytes and holds what was read to its promises.
    ///
    /// - Returns: Whether the bytes were taken.
    /// - Throws: ``BrokenPromise``, and nothing else.
    public func run(_ bytes: [UInt8]) async throws -> Bool {
        do {
            switch check {
            case .plain(let check): return try check(bytes)
            case .waiting(let check): return try await check(bytes)
            }
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
        messages + states + files + schemas + texts + tokens + archives + answers
        + connections

    /// What breaks readers of JSON: numbers at the ends of their types, escapes, depth.
    static let jsonWords = [
        "9007199254740991", "-9007199254740992", "9223372036854775807", "-9223372036854775808",
        "18446744073709551615", "1e308", "-1e-400", "0.5", "-0", #"\ud83d\ude00"#, #"\udc00"#,
        #"\u0000"#, "[[[[[[[[", #"{"a":{"a":{"a":"#, "null", "true", #"{"":"#,
    ]

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
