/// Opens recorded data sets.
public enum ReplaySource {
    /// Reads the data set at `path`, a file or a folder, recognising it by its contents.
    ///
    /// Files may be gzip or not. All events are held in memory, at most
    /// ``ReadingOptions/mostRows`` rows. Takes time linear in the files, and n log n in the events
    /// for putting them in order; blocks the calling thread while it reads.
    /// - Throws: `path-not-found`, `path-unreadable`, `data-set-not-recognised`,
    ///   `several-data-sets`, `too-many-rows`, and when told to be strict `bad-row`.
    public static func open(
        _ path: String, options: ReadingOptions = ReadingOptions()
    ) throws(ReplayFailure) -> LoadedDataSet {
        let folder = try DataFolder(path: path)
        var report = ReadingReport(options)
        let planned =
            switch folder.kind {
            case .rees46: try REES46.events(in: folder, &report)
            case .snowplow: try Snowplow.events(in: folder, &report)
            case .olist: try Olist.events(in: folder, &report)
            case .otto: try OTTO.events(in: folder, &report)
            case .retentioneering: try Retentioneering.events(in: folder, &report)
            }
        return LoadedDataSet(
            kind: folder.kind,
            files: folder.files.map {
                DataFile(name: $0.name, role: $0.content.role, content: $0.content.words)
            },
            events: PlannedEvent.inOrder(planned), report: report)
    }
}

/// An event and when it is due in the replay.
struct PlannedEvent {
    /// The event's time, or later if something that must come first has a later time.
    let due: Int64
    var event: ShopEvent

    init(_ event: ShopEvent, due: Int64? = nil) {
        self.event = event
        self.due = due ?? event.time
    }

    /// By due time; events due at the same time stay as they were.
    static func inOrder(_ planned: [PlannedEvent]) -> [ShopEvent] {
        planned.enumerated()
            .sorted { ($0.element.due, $0.offset) < ($1.element.due, $1.offset) }
            .map(\.element.event)
    }
}
