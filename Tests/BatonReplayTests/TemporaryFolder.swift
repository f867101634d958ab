import BatonCore
import Foundation
import Testing

@testable import BatonReplay

/// A folder of made-up data files that is removed when the test is over.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "replay-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try write(name, bytes: Array(text.utf8))
    }

    @discardableResult
    func write(_ name: String, bytes: [UInt8]) throws -> String {
        let file = path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    func open(_ options: ReadingOptions = ReadingOptions()) throws -> LoadedDataSet {
        try ReplaySource.open(path, options: options)
    }
}

extension LoadedDataSet {
    /// The events that are synced, without their places and times.
    var written: [ShopAction] { events.map(\.action).filter(\.isWritten) }
}

extension PlainCount {
    /// The person whose stream has this name.
    func person(_ stream: String) throws -> PlainPerson {
        try #require(people.first { $0.key.description == stream }?.value)
    }
}

extension PlainCart {
    /// How many pieces there are of each product.
    var pieces: [String: Int64] { lines.mapValues(\.quantity) }
}
