import Foundation
import Testing

/// Who may import whom: the arrows of the architecture, all of them pointing down.
@Suite struct ModuleGraphTests {
    private static let system: Set = [
        "Dispatch", "Foundation", "FoundationEssentials", "Synchronization",
    ]
    private static let platform: Set = ["Darwin", "Glibc", "Musl"]

    /// What each target may import. A new arrow is a decision: it is made here first.
    private static let allowed: [String: Set<String>] = [
        // Pure values: the same in every language, so not even Foundation.
        "BatonCore": [],
        "BatonGzip": ["CZlib"],
        "BatonWire": [
            "BatonCore", "SwiftProtobuf", "Crypto", "Foundation", "FoundationEssentials",
        ],
        "BatonLog": system.union(platform).union([
            "BatonCore", "BatonGzip", "CSQLite", "Crypto",
        ]),
        // What leaves a log and comes back: files on the one side, any engine on the other.
        "BatonArchive": system.union(platform).union([
            "BatonCore", "BatonWire", "BatonLog", "BatonGzip", "Crypto",
        ]),
        "BatonServer": system.union(platform).union([
            "BatonCore", "BatonWire", "BatonLog", "BatonArchive", "BatonGzip",
            "Crypto", "HTTPTypes", "Hummingbird", "HummingbirdCore", "HummingbirdHTTP2",
            "HummingbirdTLS", "JWTKit", "Logging", "NIOCore", "NIOHTTPTypes", "NIOPosix", "NIOSSL",
            "NIOTLS",
            "ServiceLifecycle", "SwiftProtobuf",
        ]),
        // Runs on phones: no server, no log engine, nothing of one platform alone.
        "BatonSync": system.union([
            "BatonCore", "BatonWire", "BatonGzip", "AsyncHTTPClient", "Crypto", "GRDB", "Logging",
            "NIOCore", "NIOHTTP1", "SwiftProtobuf",
        ]),
        // For the tests of apps, which link the server with it; never the SDK itself.
        "BatonSyncTesting": [
            "BatonCore", "BatonWire", "BatonLog", "BatonServer", "BatonSync", "Logging",
            "ServiceLifecycle", "Synchronization",
        ],
        "BatonReplay": system.union(platform).union([
            "BatonCore", "BatonWire", "BatonSync", "BatonGzip", "AsyncHTTPClient", "Crypto",
            "NIOCore", "NIOHTTP1",
        ]),
        // What every merge must satisfy: pure values, like the core that it judges.
        "BatonLaws": ["BatonCore", "Synchronization"],
        // Source for apps, made of schemas: text out of values.
        "BatonGenerator": ["BatonCore"],
        // What the vectors hold to account: the core, and the server's logic on a log in memory.
        "BatonConformance": [
            "BatonCore", "BatonWire", "BatonLog", "BatonServer", "Crypto", "SwiftProtobuf",
            "Synchronization",
        ],
        // Every parser of hostile bytes, with the modules that hold them.
        "BatonFuzz": [
            "BatonCore", "BatonWire", "BatonGzip", "BatonLog", "BatonArchive", "BatonServer",
            "BatonSync", "Crypto", "Foundation", "SwiftProtobuf", "Synchronization",
        ],
        "BatonFuzzer": ["BatonFuzz", "Dispatch", "Foundation"],
        // Everything that has an effect is simulated: no socket, no file, no clock of its own.
        "BatonSimulation": [
            "BatonCore", "BatonWire", "BatonLog", "BatonServer", "BatonSync", "BatonLaws",
            "Crypto", "Foundation", "SwiftProtobuf", "Synchronization",
        ],
        // Knows the server as its clients and its operators do: by HTTP, processes and files.
        "BatonTorture": system.union(platform).union([
            "BatonCore", "BatonWire", "BatonLog", "BatonSync", "BatonGzip", "AsyncHTTPClient",
            "Crypto", "NIOCore", "NIOHTTP1", "SwiftProtobuf",
        ]),
        "baton": system.union(platform).union([
            "BatonCore", "BatonWire", "BatonLog", "BatonArchive", "BatonServer", "BatonSync",
            "BatonReplay", "BatonLaws", "BatonConformance", "BatonSimulation", "BatonTorture",
            "BatonGenerator", "BatonGzip", "ArgumentParser", "AsyncHTTPClient", "Configuration",
            "Crypto", "CSQLite", "HTTPTypes",
            "Hummingbird", "Logging", "NIOCore", "NIOHTTP1", "NIOPosix", "ServiceLifecycle",
            "UnixSignals",
        ]),
    ]

    @Test func `Every target imports only what the architecture allows it`() throws {
        var findings: [String] = []
        for target in try SourceTree.names(in: "Sources") {
            let files = try SourceTree.swiftFiles(in: "Sources/\(target)")
            guard !files.isEmpty else { continue }
            guard let allowed = Self.allowed[target] else {
                findings.append("Sources/\(target): a new target; say in this test what it imports")
                continue
            }
            for file in files {
                for (index, line) in file.lines.enumerated() {
                    guard let module = Self.importedModule(line), !allowed.contains(module) else {
                        continue
                    }
                    findings.append(
                        "\(file.path):\(index + 1): \(target) may not import \(module)")
                }
            }
        }
        #expect(findings.isEmpty, "\(list(findings))")
    }

    @Test func `What an app links with the SDK holds no server`() throws {
        let manifest = try SourceTree.file("Package.swift").text
        var dependencies: [String: [String]] = [:]
        for target in manifest.matches(of: /name: "(\w+)",\s*dependencies: \[([^\]]*)\]/) {
            dependencies[String(target.1)] = target.2.matches(of: /"(\w+)"/).map { String($0.1) }
        }
        var linked: Set<String> = []
        var waiting = ["BatonSync"]
        while let next = waiting.popLast() {
            if linked.insert(next).inserted { waiting += dependencies[next] ?? [] }
        }
        #expect(linked.isSuperset(of: ["BatonSync", "BatonWire", "BatonCore", "GRDB"]))
        let server: Set = [
            "BatonServer", "BatonLog", "BatonSyncTesting", "Hummingbird", "JWTKit",
            "ServiceLifecycle",
        ]
        #expect(linked.isDisjoint(with: server), "\(linked.sorted())")
    }

    @Test func `The core imports nothing at all`() throws {
        let imports = try SourceTree.swiftFiles(in: "Sources/BatonCore").flatMap { file in
            file.lines.filter { Self.importedModule($0) != nil }.map { "\(file.path): \($0)" }
        }
        #expect(imports.isEmpty, "\(list(imports))")
    }

    @Test(arguments: [
        ("import Foundation", "Foundation"), ("public import BatonCore", "BatonCore"),
        ("@preconcurrency import NIOCore", "NIOCore"), ("@testable import GRDB", "GRDB"),
        ("    import struct Foundation.URL", "Foundation"),
        ("@_spi(Experimental) public import Hummingbird // why", "Hummingbird"),
    ])
    func `An import is recognised in all of its forms`(line: String, module: String) {
        #expect(Self.importedModule(line) == module)
    }

    @Test func `What only mentions an import is none`() {
        #expect(Self.importedModule("// import Foundation") == nil)
        #expect(Self.importedModule("let important = 1") == nil)
    }

    private static func importedModule(_ line: String) -> String? {
        let pattern =
            /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:\w+\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/
        guard line.contains("import "), let match = line.firstMatch(of: pattern) else { return nil }
        return String(match.1)
    }
}
