import BatonLog
import BatonServer
import BatonWire

extension FuzzTarget {
    /// The files that a log lies in.
    static let files: [FuzzTarget] = [
        FuzzTarget(
            "data-file",
            "the files of a log, damaged: four bytes each say which file, where, and what stands there",
            isSlow: true,
            seeds: { [[], [0, 0, 16, 1], [0, 0x40, 0x20, 0xFF], [0x80, 0, 40, 7]] },
            waiting: { bytes in try await checkFiles(bytes) })
    ]

    private static func checkFiles(_ bytes: [UInt8]) async throws -> Bool {
        let folders = try await LogFiles.folders()
        let isOpen = (bytes.first ?? 0) >= 0x80
        var folder = isOpen ? folders.open : folders.closed
        let name = isOpen ? LogFiles.writeAhead : LogFiles.database
        guard var file = folder[name], !file.isEmpty else { return false }
        let whole = file
        for patch in stride(from: 0, to: bytes.count - 3, by: 4) {
            let place =
                Int(bytes[patch] & 0x7F) << 16 | Int(bytes[patch + 1]) << 8
                | Int(bytes[patch + 2])
            file[place % file.count] = bytes[patch + 3]
        }
        folder[name] = file
        let isDamaged = file != whole
        return try await LogFiles.inFolder(folder) { path in
            let survey = LogSurvey(of: path, schemas: TenantSchemas(BuiltinSchemas.all))
            let findings = try await survey.report().findings
            try promise(
                isDamaged || findings.isEmpty, "a sound log has findings: \(findings)")
            let read = try await LogFiles.read(path)
            // The end of a write-ahead log looks like what a killed server had begun to write.
            guard !isOpen, findings.isEmpty else { return false }
            let sound = try await LogFiles.inFolder(folders.closed) { try await LogFiles.read($0) }
            try promise(read == sound, "damage that nobody finds changes what is read")
            return true
        }
    }
}
