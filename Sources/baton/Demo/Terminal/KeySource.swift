import Foundation

/// Hands on what is typed, for as long as it lives.
final class KeySource {
    private let source: any DispatchSourceRead

    /// Calls `tell` with the bytes of each read, and with none at the end of the input.
    init(_ tell: @escaping @Sendable ([UInt8]) -> Void) {
        source = DispatchSource.makeReadSource(
            fileDescriptor: STDIN_FILENO, queue: DispatchQueue(label: "baton.demo.keys"))
        source.setEventHandler { [source] in
            var buffer = [UInt8](repeating: 0, count: 256)
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count < 0 && (errno == EINTR || errno == EAGAIN) { return }
            if count <= 0 { source.cancel() }
            tell(Array(buffer.prefix(max(0, count))))
        }
        source.resume()
    }

    deinit { source.cancel() }
}
