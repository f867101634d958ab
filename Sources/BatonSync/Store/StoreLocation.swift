/// Where a client keeps what it must not lose.
public enum StoreLocation: Hashable, Sendable {
    /// In this file, and in files beside it whose names begin the same. Made if it is not there.
    case file(String)
    /// In memory: for tests and for kiosks that must forget. Gone with the client.
    case memory
}
