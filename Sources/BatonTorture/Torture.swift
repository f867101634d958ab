/// Tortures a real server, as a process of its own under load from real clients, and holds it to
/// what it acknowledged.
public enum Torture {
    /// Carries out one torture. Returns when all is checked and no process of it is left.
    ///
    /// Cancellation is not looked at between start and end of a round; processes that were started
    /// end with this one's objects.
    ///
    /// - Parameter progress: Hears of each round that is done.
    /// - Throws: ``TortureFailure`` where the torture itself could not be carried out.
    public static func run(
        _ options: TortureOptions, progress: (Int) -> Void = { _ in }
    ) async throws(TortureFailure) -> TortureReport {
        switch options.mode {
        case .kill: try await KillTorture.run(options, progress: progress)
        case .fullDisk: try await FullDiskTorture.run(options, progress: progress)
        case .readOnly: try await ReadOnlyTorture.run(options, progress: progress)
        case .damage: try await DamageTorture.run(options, progress: progress)
        case .overload: try await OverloadTorture.run(options, progress: progress)
        case .siege: try await SiegeTorture.run(options, progress: progress)
        }
    }
}
