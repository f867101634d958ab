import Synchronization

/// Runs tasks on the thread that calls ``drain()``, one job after another in the order in which they
/// became ready: so the same seed interleaves the same way.
///
/// The server's code is asynchronous and real; what it waits for is resumed by the simulation, in
/// simulated time.
final class SimulationExecutor: TaskExecutor, Sendable {
    private let jobs = Mutex<[UnownedJob]>([])

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
    }

    /// Runs until everything waits for the simulation.
    func drain() {
        while true {
            let ready = jobs.withLock { jobs in
                defer { jobs = [] }
                return jobs
            }
            if ready.isEmpty { return }
            for job in ready { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }
}

/// The time of a simulated world, in milliseconds since 1970; only its event loop moves it.
final class SimulatedClock: Sendable {
    private let time: Mutex<Int64>

    init(_ start: Int64) { time = Mutex(start) }

    var now: Int64 { time.withLock { $0 } }

    func move(to now: Int64) { time.withLock { $0 = now } }
}
