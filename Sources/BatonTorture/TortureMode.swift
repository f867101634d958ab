/// What is done to a server under torture.
public enum TortureMode: String, Sendable, CaseIterable {
    /// It is killed at random moments.
    case kill
    /// The disk under it is filled. Needs ``OwnMounts``.
    case fullDisk = "full-disk"
    /// Its files can no longer be written. Needs ``OwnMounts``.
    case readOnly = "read-only"
    /// Bytes of its files are changed while it is stopped.
    case damage
    /// Far more is asked of it than it can carry.
    case overload
    /// Places are taken, requests are slow on purpose, bodies explode.
    case siege

    /// Whether it mounts file systems.
    public var needsMounts: Bool { self == .fullDisk || self == .readOnly }
}
