import Foundation

/// The limits that the disk itself sets: a file, and nothing of ours.
enum BareFile {
    /// Commits a second: `bytes` appended at once, then fdatasync. So would a log commit that costs
    /// nothing else, and always finds as many pushes waiting as there are connections.
    static func commits(of bytes: [UInt8], file: String, for seconds: Double) throws -> Double {
        let descriptor = try open(file)
        defer { close(descriptor) }
        var commits = 0
        let end = Stopwatch.now + UInt64(seconds * 1e9)
        let elapsed = try Stopwatch.seconds {
            while Stopwatch.now < end {
                try append(bytes, to: descriptor, named: file)
                commits += 1
            }
        }
        return Double(commits) / elapsed
    }

    /// Milliseconds, ascending, that 4 KiB take, appended and made durable one after another.
    static func syncs(file: String, count: Int) throws -> [Double] {
        let descriptor = try open(file)
        defer { close(descriptor) }
        let page = [UInt8](repeating: 0xBA, count: 4096)
        return try (0..<count).map { _ in
            try Stopwatch.seconds { try append(page, to: descriptor, named: file) } * 1e3
        }.sorted()
    }

    /// The median of the milliseconds that it takes to read a file whole.
    static func read(_ file: String, times: Int) throws -> Double {
        try Statistics.median(
            (0..<times).map { _ in
                try Stopwatch.seconds { _ = try bytes(of: file) } * 1e3
            })
    }

    /// All bytes of a file, read into an array at once.
    static func bytes(of file: String) throws -> [UInt8] {
        let descriptor = Glibc.open(file, O_RDONLY)
        guard descriptor >= 0 else { throw CommandFailure("\(file) cannot be read") }
        defer { close(descriptor) }
        var status = stat()
        fstat(descriptor, &status)
        return try [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            while count < buffer.count {
                let got = Glibc.read(
                    descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
                guard got > 0 else { throw CommandFailure("\(file) cannot be read to its end") }
                count += got
            }
        }
    }

    private static func open(_ file: String) throws -> Int32 {
        let descriptor = Glibc.open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { throw CommandFailure("\(file) cannot be made") }
        return descriptor
    }

    private static func append(_ bytes: [UInt8], to descriptor: Int32, named file: String) throws {
        guard write(descriptor, bytes, bytes.count) == bytes.count, fdatasync(descriptor) == 0
        else {
            throw CommandFailure("\(file) cannot be written: is the disk full?")
        }
    }
}
