import Foundation

/// Sockets of this machine alone.
enum Loopback {
    /// A socket that is connected to a port.
    static func connected(to port: Int) throws -> Int32 {
        let descriptor = try socket()
        let connected = with(port) { Glibc.connect(descriptor, $0, $1) }
        guard connected == 0 else {
            close(descriptor)
            throw CommandFailure("port \(port) does not answer")
        }
        sendAtOnce(descriptor)
        return descriptor
    }

    /// A socket that listens on a port of the system's choosing, and that port.
    static func listening() throws -> (descriptor: Int32, port: Int) {
        let descriptor = try socket()
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let told = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { own in
                with(0) { bind(descriptor, $0, $1) } == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, own, &length) == 0
            }
        }
        guard told else {
            close(descriptor)
            throw CommandFailure("no port of 127.0.0.1 can be listened on")
        }
        return (descriptor, Int(in_port_t(bigEndian: address.sin_port)))
    }

    /// Small pieces do not wait for company.
    static func sendAtOnce(_ descriptor: Int32) {
        var on: Int32 = 1
        setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func socket() throws -> Int32 {
        let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else {
            throw CommandFailure("no socket: raise the number of open files (ulimit -n)")
        }
        return descriptor
    }

    private static func with<Result>(
        _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
