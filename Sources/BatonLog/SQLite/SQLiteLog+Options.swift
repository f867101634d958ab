extension SQLiteLog {
    /// The limits of a log in SQLite, each with a default that fits a machine of two cores.
    public struct Options: Sendable {
        /// Files of a log that is made new; one that exists keeps the number that it has. More files
        /// let commits overlap, and each costs four threads.
        public var files = 2
        /// Writes that may wait for the writer of a file; more fail as ``LogFailure/Code/overloaded``.
        public var queuedJobs = 4_096
        /// Bytes of writes that may wait for the writer of a file; one write alone may be longer.
        public var queuedBytes = 64 << 20
        /// Reader threads of a file, at least 1.
        public var readers = 2
        /// Pages in the write-ahead log, from which on the writer itself begins it anew: 16,000 are
        /// 64 MB, and a pause of 10 to 50 ms each time.
        public var walPages = 16_000
        /// Seconds between two looks for pages to copy, and for what other processes wrote.
        public var pollSeconds = 0.05
        /// Pages of 4 KiB that each file may grow to; `nil` for as much as the disk holds. Beyond,
        /// appends fail as ``LogFailure/Code/full``.
        public var pageLimit: Int?

        /// What the log is opened for.
        public var purpose = Purpose.service

        /// What a log is opened for.
        public enum Purpose: Hashable, Sendable {
            /// To take writes that somebody waits for: each is on the disk before it is answered (L5).
            case service
            /// For work that can be done again, such as compaction. A write is on the disk together
            /// with the next one by anybody who waits for that, or soon after by itself: when the
            /// machine fails before, the last writes are missing, from the end and never in between.
            /// And while another process writes, each transaction is short, and a rest follows it,
            /// so that those others hardly ever wait.
            case maintenance
        }

        /// The defaults.
        public init() {}
    }
}
