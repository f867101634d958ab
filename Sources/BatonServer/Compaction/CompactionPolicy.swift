/// What compaction may take out of a log. Where both are given, an entry goes only where both let it.
package struct CompactionPolicy: Hashable, Sendable {
    /// Entries that the server received at least so many milliseconds ago may go; `nil` for any age.
    package let olderThan: Int64?
    /// So many of a stream's last entries stay; `nil` for none.
    package let keepLast: UInt64?

    /// Joins the parts.
    package init(olderThan: Int64?, keepLast: UInt64?) {
        self.olderThan = olderThan
        self.keepLast = keepLast
    }
}
