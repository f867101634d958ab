internal import BatonGzip
internal import Foundation

/// A file's bytes from its beginning, block by block; decompressed if they are gzip.
///
/// Gzip is told by its first two bytes (RFC 1952, section 2.3.1), never by the file's name.
final class FileBytes {
    /// What was wrong with the compressed data, once a read has met it; no bytes follow.
    private(set) var damage: GzipFailure?

    private let handle: FileHandle
    private let name: String
    private var inflater: Inflater?
    private var isStarted = false
    private var isEnded = false

    init(path: String) throws(ReplayFailure) {
        name = path
        do {
            handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        } catch {
            throw ReplayFailure(
                .unreadable, "cannot open \(path): check that it may be read", cause: "\(error)")
        }
    }

    deinit { try? handle.close() }

    /// The next bytes, at most 64 KiB, or `nil` at the end.
    func next() throws(ReplayFailure) -> [UInt8]? {
        while !isEnded {
            do {
                if let block = try inflater?.next() { return block }
            } catch {
                return end(damagedBy: error)
            }
            let block = try readBlock()
            if !isStarted { start(with: block) }
            guard !block.isEmpty else { return finish() }
            guard inflater != nil else { return block }
            inflater?.feed(block)
        }
        return nil
    }

    private func start(with block: [UInt8]) {
        isStarted = true
        guard block.starts(with: [0x1F, 0x8B]) else { return }
        do { inflater = try Inflater(.gzip) } catch { _ = end(damagedBy: error) }
    }

    private func finish() -> [UInt8]? {
        isEnded = true
        do { try inflater?.finish() } catch { return end(damagedBy: error) }
        return nil
    }

    private func end(damagedBy failure: GzipFailure) -> [UInt8]? {
        damage = failure
        isEnded = true
        return nil
    }

    private func readBlock() throws(ReplayFailure) -> [UInt8] {
        do {
            return try handle.read(upToCount: 64 * 1024).map { Array($0) } ?? []
        } catch {
            throw ReplayFailure(
                .unreadable, "cannot read \(name): check the disk", cause: "\(error)")
        }
    }
}
