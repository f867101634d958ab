import Foundation

/// Processor time, which passes only while a thread runs.
enum ProcessorTime {
    /// Seconds that this thread has run so far.
    static var ofThisThread: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// What this process holds of the machine's memory.
enum ProcessMemory {
    /// Resident bytes, as Linux tells them in `/proc/self/statm` (proc(5)).
    static func resident() throws -> Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
            let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else {
            throw CommandFailure("memory is measured on Linux only: /proc/self/statm is missing")
        }
        return pages * Int(getpagesize())
    }
}
