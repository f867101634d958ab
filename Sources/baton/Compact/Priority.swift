import Foundation

/// Which of the processes that want a processor gets it.
enum Priority {
    /// Lets whatever else wants the processor go first, a live server on the same machine above all.
    ///
    /// For work that holds nothing that others wait for. On Linux only the calling thread stands back,
    /// and those that it starts: a task that moves from thread to thread calls it again and again.
    static func standBack() {
        #if os(Linux)
        // SCHED_IDLE of sched(7), which Swift's Glibc leaves out.
        let whenIdle: Int32 = 5
        var parameters = sched_param()
        // Where it is not allowed, the work goes on as it was.
        _ = sched_setscheduler(0, whenIdle, &parameters)
        #else
        setpriority(PRIO_PROCESS, 0, 10)
        #endif
    }
}
