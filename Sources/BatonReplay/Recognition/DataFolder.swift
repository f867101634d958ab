internal import Foundation

/// The files of a data set: one file, or all files of a folder without its sub-folders.
struct DataFolder {
    /// The most files that are looked at in one folder.
    static let mostFiles = 1_000

    let kind: DataSetKind
    /// All files, those of events by their first row's time, then by name.
    let files: [DataFileContent]

    init(path: String) throws(ReplayFailure) {
        let recognised = try Self.paths(path).map { path throws(ReplayFailure) in
            try FileRecognition.recognise(
                path: path, name: URL(fileURLWithPath: path).lastPathComponent)
        }
        files = recognised.sorted { ($0.firstTime, $0.name) < ($1.firstTime, $1.name) }
        let kinds = Set(files.compactMap(\.content.kind))
        guard let kind = kinds.first else {
            throw ReplayFailure(
                .notRecognised, "no known data set in \(path): \(Self.summary(files))")
        }
        guard kinds.count == 1 else {
            let names = kinds.map(\.rawValue).sorted().joined(separator: ", ")
            throw ReplayFailure(
                .severalDataSets, "\(path) holds several data sets (\(names)): name one file")
        }
        self.kind = kind
    }

    /// The files of one content.
    func files(of content: FileContent) -> [DataFileContent] {
        files.filter { $0.content == content }
    }

    private static func paths(_ path: String) throws(ReplayFailure) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw ReplayFailure(.pathNotFound, "there is nothing at \(path): check the path")
        }
        guard isFolder.boolValue else { return [path] }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw ReplayFailure(
                .unreadable, "cannot list \(path): check that it may be read", cause: "\(error)")
        }
        let folder = URL(fileURLWithPath: path)
        let paths = names.filter { !$0.hasPrefix(".") }.sorted()
            .map { folder.appendingPathComponent($0).path }
            .filter {
                var isFolder: ObjCBool = false
                return FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder)
                    && !isFolder.boolValue
            }
        guard paths.count <= mostFiles else {
            throw ReplayFailure(
                .unreadable, "\(path) holds more than \(mostFiles) files: name one file")
        }
        return paths
    }

    private static func summary(_ files: [DataFileContent]) -> String {
        guard !files.isEmpty else {
            return "it has no files; name a file or a folder that holds the files themselves"
        }
        let shown = files.prefix(5).map { "\($0.name) (\($0.content.words))" }
        return shown.joined(separator: ", ") + (files.count > 5 ? " and others" : "")
    }
}
