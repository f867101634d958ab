// swift-tools-version: 6.2
import PackageDescription

// Not by default: a newer compiler may warn of what an older one did not. CI sets it.
let warningsAreErrors = Context.environment["BATON_WARNINGS_AS_ERRORS"] == "1"

let strict: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InferIsolatedConformances"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ] + (warningsAreErrors ? [.treatAllWarnings(as: .error)] : [])

let package = Package(
    name: "baton",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "BatonCore", targets: ["BatonCore"]),
        .library(name: "BatonSync", targets: ["BatonSync"]),
        .library(name: "BatonSyncTesting", targets: ["BatonSyncTesting"]),
        .executable(name: "baton", targets: ["baton"]),
    ],
    dependencies: [
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        // For the certificates of tests.
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    ],
    targets: [
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "BatonCore", swiftSettings: strict),
        .target(name: "BatonGzip", dependencies: ["CZlib"], swiftSettings: strict),
        .target(
            name: "BatonWire",
            dependencies: [
                "BatonCore",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "BatonLog",
            dependencies: [
                "BatonCore", "BatonGzip", "CSQLite",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "BatonArchive",
            dependencies: [
                "BatonCore", "BatonWire", "BatonLog", "BatonGzip",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "BatonServer",
            dependencies: [
                "BatonCore", "BatonWire", "BatonLog", "BatonArchive", "BatonGzip",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdHTTP2", package: "hummingbird"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: strict),
        .target(
            name: "BatonSync",
            dependencies: [
                "BatonCore", "BatonWire", "BatonGzip",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),
        // For the tests of apps: the only one of the SDK's targets that knows the server.
        .target(
            name: "BatonSyncTesting",
            dependencies: [
                "BatonCore", "BatonWire", "BatonLog", "BatonServer", "BatonSync",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(
            name: "BatonReplay",
            dependencies: [
                "BatonCore", "BatonWire", "BatonSync", "BatonGzip",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ],
            swiftSettings: strict),
        .target(name: "BatonLaws", dependencies: ["BatonCore"], swiftSettings: strict),
        .target(name: "BatonGenerator", dependencies: ["BatonCore"], swiftSettings: strict),
        .target(
            name: "BatonConformance",
            dependencies: [
                "BatonCore", "BatonWire", "BatonLog", "BatonServer",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "BatonSimulation",
            dependencies: [
                "BatonCore", "BatonWire", "BatonLog", "BatonServer", "BatonSync", "BatonLaws",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: strict),
        .target(
            name: "BatonTorture",
            dependencies: [
                "BatonCore", "BatonWire", "BatonLog", "BatonSync", "BatonGzip",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "baton",
            dependencies: [
                "BatonCore", "BatonWire", "BatonLog", "BatonArchive", "BatonServer", "BatonSync",
                "BatonReplay", "BatonLaws", "BatonConformance", "BatonSimulation", "BatonTorture",
                "BatonGenerator", "CSQLite",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(
            name: "BatonFuzz",
            dependencies: [
                "BatonCore", "BatonWire", "BatonGzip", "BatonLog", "BatonArchive", "BatonServer",
                "BatonSync",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "BatonFuzzTests", dependencies: ["BatonFuzz"], exclude: ["Corpus"],
            swiftSettings: strict),
        .testTarget(
            name: "ArchitectureTests",
            dependencies: [.product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .testTarget(
            name: "BatonCoreTests", dependencies: ["BatonCore", "BatonLaws"],
            swiftSettings: strict),
        .testTarget(
            name: "BatonLawsTests", dependencies: ["BatonLaws", "BatonCore"],
            swiftSettings: strict),
        .testTarget(
            name: "BatonGeneratorTests",
            dependencies: ["BatonGenerator", "BatonCore", "BatonWire"], swiftSettings: strict),
        .testTarget(
            name: "BatonConformanceTests",
            dependencies: ["BatonConformance", "BatonCore", "baton"],
            swiftSettings: strict),
        .testTarget(
            name: "BatonBenchTests", dependencies: ["baton", "BatonCore", "BatonWire"],
            swiftSettings: strict),
        .testTarget(
            name: "BatonDemoTests", dependencies: ["baton", "BatonCore", "BatonSync"],
            exclude: ["Scripts"], swiftSettings: strict),
        .testTarget(
            name: "BatonSimulationTests",
            dependencies: [
                "BatonSimulation", "BatonCore", "BatonWire", "BatonLog", "BatonServer",
                "BatonSync",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "BatonWireTests",
            dependencies: [
                "BatonCore", "BatonWire",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "BatonSyncTests",
            dependencies: [
                "BatonCore", "BatonWire", "BatonSync", "BatonSyncTesting", "BatonServer",
                "BatonLog",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            exclude: ["Generated/odd-names.json"], swiftSettings: strict),
        .testTarget(
            name: "BatonGzipTests", dependencies: ["BatonGzip"], swiftSettings: strict),
        .testTarget(
            name: "BatonLogTests",
            dependencies: [
                "BatonLog", "BatonCore", "CSQLite",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "BatonArchiveTests",
            dependencies: [
                "BatonArchive", "BatonLog", "BatonWire", "BatonCore", "BatonGzip",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        // A device in a process of its own, for the tests that need several.
        .executableTarget(
            name: "SyncDevice", dependencies: ["BatonSync", "CSQLite"], path: "Tests/SyncDevice",
            swiftSettings: strict),
        .testTarget(
            name: "BatonServerTests",
            dependencies: [
                "BatonServer", "BatonLog", "BatonArchive", "BatonSync", "BatonWire", "BatonCore",
                "BatonGzip", "baton", "SyncDevice",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "BatonTortureTests",
            dependencies: [
                "BatonTorture", "BatonCore", "BatonWire", "BatonSync", "baton",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "BatonReplayTests",
            dependencies: [
                "BatonReplay", "BatonCore", "BatonGzip", "BatonWire", "BatonSync", "BatonServer",
                "BatonLog",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)

// What tools/fuzz builds, with every source instrumented for libFuzzer, and nobody else.
if Context.environment["BATON_FUZZING"] == "1" {
    package.products.append(.executable(name: "BatonFuzzer", targets: ["BatonFuzzer"]))
    package.targets.append(
        .executableTarget(
            name: "BatonFuzzer", dependencies: ["BatonFuzz"], swiftSettings: strict,
            // The standard linker ends with an internal error here.
            linkerSettings: [.unsafeFlags(["-use-ld=lld"])]))
}
