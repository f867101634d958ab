import Foundation

/// Processor time, which passes only while a thread runs.
enum ProcessorTime {
    /// Seconds that this thread has run so far.
    static var ofThisThread: Double { seconds(CLOCK_THREAD_CPUTIME_ID) }

    /// Seconds that all threads of a process have run so far.
    static func of(process: Int32) throws -> Double {
        var clock = clockid_t()
        guard clock_getcpuclockid(process, &clock) == 0 else {
            throw CommandFailure("process \(process) has ended")
        }
        return seconds(clock)
    }

    /// Seconds that all processes have run that this one started and saw the end of.
    static var ofChildren: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// What a process holds of the machine's memory, as Linux tells it (proc(5)).
enum ProcessMemory {
    /// Resident bytes of this process.
    static func resident() throws -> Int { try resident(of: getpid()) }

    /// Resident bytes of a process.
    static func resident(of process: Int32) throws -> Int {
        let path = "/proc/\(process)/statm"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else {
            throw CommandFailure("memory is measured on Linux only: \(path) is missing")
        }
        return pages * Int(getpagesize())
    }

    /// The most bytes that were resident at once.
    static func peak(of process: Int32) throws -> Int {
        let path = "/proc/\(process)/status"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else {
            throw CommandFailure("memory is measured on Linux only: \(path) is missing")
        }
        return kibibytes * 1024
    }
}
