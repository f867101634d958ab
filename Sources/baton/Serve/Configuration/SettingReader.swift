import Configuration
import Foundation

/// Reads settings from where they may stand, strongest first: flags, environment, file.
///
/// Every reading is noted, so that an operator can be shown each setting with its origin, and every
/// problem is kept, so that all are told at once.
struct SettingReader {
    /// A setting as it stands.
    struct Row: Equatable {
        let key: String
        let value: String
        /// Where it was said; `nil` where nothing else than the standard was.
        let origin: String?
    }

    /// A place where settings may stand.
    private struct Layer {
        let provider: any ConfigProvider
        /// What stands before each key there.
        var prefix: [String] = []
        /// How a person would find the setting: by the key as it stands there.
        let origin: (String) -> String
    }

    private let layers: [Layer]
    private let environmentLayer: Layer
    private(set) var rows: [Row] = []
    private(set) var problems: [String] = []
    private let environment: [String: String]
    private let fileKeys: [String]
    private let file: String?

    /// Bytes of a configuration file: all settings in words take a hundredth.
    private static let fileBytes = 1 << 20

    /// - Parameters:
    ///   - flags: What the command line said, by key, and the flag that said it.
    ///   - environment: The environment; a setting's name there is `BATON_` and its key in capitals.
    ///   - file: The path of a JSON file, if there is one.
    init(
        flags: [String: (value: ConfigContent, flag: String)], environment: [String: String],
        file: String?
    ) async {
        let given = InMemoryProvider(
            values: Dictionary(
                uniqueKeysWithValues: flags.map {
                    (
                        AbsoluteConfigKey(Self.parts($0.key)),
                        ConfigValue($0.value.value, isSecret: false)
                    )
                }))
        let names = flags.mapValues(\.flag)
        environmentLayer = Layer(
            provider: EnvironmentVariablesProvider(environmentVariables: environment),
            prefix: ["baton"], origin: { "$\($0)" })
        let above = [Layer(provider: given, origin: { names[$0] ?? $0 }), environmentLayer]
        self.environment = environment
        self.file = file
        do throws(FileProblem) {
            let below = try await Self.layer(of: file)
            fileKeys = below?.keys ?? []
            layers = above + (below.map { [$0.layer] } ?? [])
        } catch {
            fileKeys = []
            layers = above
            problems.append(error.text)
        }
    }

    private struct FileProblem: Error {
        let text: String
    }

    /// What stands in a file, if there is one, and its keys.
    private static func layer(
        of file: String?
    ) async throws(FileProblem) -> (layer: Layer, keys: [String])? {
        guard let file else { return nil }
        let keys = try keys(of: file)
        let path = InMemoryProvider(values: ["filePath": .init(.string(file), isSecret: false)])
        do {
            let provider = try await FileProvider<JSONSnapshot>(
                config: ConfigReader(provider: path))
            return (Layer(provider: provider, origin: { "\($0) in \(file)" }), keys)
        } catch {
            throw FileProblem(text: "\(file) cannot be used: \(error)")
        }
    }

    /// The keys of a file's values, or why it cannot be used.
    private static func keys(of file: String) throws(FileProblem) -> [String] {
        guard let handle = FileHandle(forReadingAtPath: file),
            let data = try? handle.read(upToCount: fileBytes + 1)
        else {
            throw FileProblem(text: "the configuration file \(file) cannot be read")
        }
        guard data.count <= fileBytes else {
            throw FileProblem(
                text: "\(file) is larger than \(fileBytes) bytes: is it the right file?")
        }
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw FileProblem(
                text: "\(file) is not a JSON object such as {\"listen\": \"127.0.0.1:8377\"}")
        }
        return leaves(of: object, under: []).sorted()
    }

    private static func leaves(of object: [String: Any], under parts: [String]) -> [String] {
        object.flatMap { key, value in
            let path = parts + [key]
            // Deeper than any setting: the key is unknown as it stands.
            if let inner = value as? [String: Any], parts.count < 4 {
                return leaves(of: inner, under: path)
            }
            return [path.joined(separator: ".")]
        }
    }

    private static func parts(_ key: String) -> [String] {
        key.split(separator: ".").map(String.init)
    }

    // MARK: Reading

    private mutating func content(
        _ key: String, _ type: ConfigType, _ form: String
    ) -> (content: ConfigContent, origin: String)? {
        for layer in layers {
            do {
                let found = try layer.provider.value(
                    forKey: AbsoluteConfigKey(layer.prefix + Self.parts(key)), type: type)
                guard let value = found.value else { continue }
                return (value.content, layer.origin(found.encodedKey))
            } catch {
                let name = Self.name(of: key, in: layer)
                problems.append("\(name) is \(form)")
                return nil
            }
        }
        return nil
    }

    /// How a key is written in a layer, also where its value cannot be read there.
    private static func name(of key: String, in layer: Layer) -> String {
        // Asked for as text, whatever it is; a list in a file has no text, but its key is known.
        let found = try? layer.provider.value(
            forKey: AbsoluteConfigKey(layer.prefix + parts(key)), type: .string)
        return layer.origin(found?.encodedKey ?? key)
    }

    /// A text; `nil` where it is nowhere said.
    mutating func text(_ key: String, standard: String? = nil) -> String? {
        let found = content(key, .string, "a text")
        guard case .string(let value)? = found?.content else {
            rows.append(Row(key: key, value: standard ?? "-", origin: nil))
            return standard
        }
        rows.append(Row(key: key, value: value, origin: found?.origin))
        return value
    }

    /// A text that means something.
    mutating func value<Value>(
        _ key: String, standard: Value, standardText: String, _ form: String,
        _ read: (String) -> Value?
    ) -> Value {
        guard let text = text(key, standard: standardText) else { return standard }
        guard let value = read(text) else {
            problems.append("\(lastOrigin) is \(form), not \(text.prefix(100).debugDescription)")
            return standard
        }
        return value
    }

    /// A number within a range.
    mutating func number(_ key: String, _ range: ClosedRange<Int>, standard: Int) -> Int {
        let form = "a number from \(range.lowerBound) to \(range.upperBound)"
        let found = content(key, .int, form)
        guard case .int(let value)? = found?.content else {
            rows.append(Row(key: key, value: "\(standard)", origin: nil))
            return standard
        }
        rows.append(Row(key: key, value: "\(value)", origin: found?.origin))
        guard range.contains(value) else {
            problems.append("\(lastOrigin) is \(form), not \(value)")
            return standard
        }
        return value
    }

    /// Yes or no; no where it is nowhere said.
    mutating func isSet(_ key: String) -> Bool {
        let found = content(key, .bool, "true or false")
        guard case .bool(let value)? = found?.content else {
            rows.append(Row(key: key, value: "false", origin: nil))
            return false
        }
        rows.append(Row(key: key, value: "\(value)", origin: found?.origin))
        return value
    }

    /// Texts; in the environment with commas between them.
    mutating func list(_ key: String) -> [String] {
        let found = content(key, .stringArray, "a list of texts")
        guard case .stringArray(let values)? = found?.content else {
            rows.append(Row(key: key, value: "-", origin: nil))
            return []
        }
        let given = values.filter { !$0.isEmpty }
        rows.append(Row(key: key, value: given.joined(separator: ","), origin: found?.origin))
        return given
    }

    /// The origin of what was read last, to begin a sentence with.
    private var lastOrigin: String { rows.last.map { $0.origin ?? $0.key } ?? "" }

    /// Adds what a reader of single settings cannot see.
    mutating func complain(_ problem: String) { problems.append(problem) }

    /// Adds a problem for each name in file and environment that no setting bears: to be called when
    /// all have been read.
    mutating func complainOfUnknown() {
        let known = Set(rows.map(\.key))
        for key in fileKeys where !known.contains(key) {
            problems.append("\(file ?? "the file") has no setting \(key): \(Self.near(key, known))")
        }
        let names = Set(known.map { Self.name(of: $0, in: environmentLayer).dropFirst() })
        let others = OtherVariables(in: environment)
        for name in environment.keys.sorted()
        where name.hasPrefix("BATON_") && !names.contains(name[...]) && !others.contains(name) {
            problems.append("no setting is called $\(name); --check-config lists all")
        }
    }

    private static func near(_ key: String, _ known: Set<String>) -> String {
        let same =
            known.first { $0.lowercased() == key.lowercased() }
            ?? known.sorted().first { $0.hasSuffix(".\(key)") }
        return same.map { "is \($0) meant?" } ?? "--check-config lists all"
    }
}
