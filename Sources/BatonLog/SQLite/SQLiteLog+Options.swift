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

        /// The defaults.
        public init() {}
    }
}
