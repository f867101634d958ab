import BatonCore
import BatonSync
import BatonWire

/// All that writes to the server under torture.
struct Fleet {
    let devices: [LoadDevice]
    let thinWriters: [ThinWriter]
    private let site: TortureSite

    /// Opens the devices' stores. The server has served before, so that there is a token.
    init(_ site: TortureSite) async throws(TortureFailure) {
        self.site = site
        let streams = site.streams
        let token = site.server.token
        var devices: [LoadDevice] = []
        for writer in 1...max(1, site.options.devices) {
            devices.append(
                try await LoadDevice(
                    writer: writer, stream: streams[writer % streams.count],
                    store: "\(site.options.folder)/devices/\(writer)", transport: site.network,
                    token: token, chance: Chance(seed: site.options.seed, for: "device \(writer)"),
                    troubles: site.findings))
        }
        self.devices = devices
        thinWriters = (1...max(1, site.options.thinClients)).map { number in
            let writer = devices.count + number
            return ThinWriter(
                writer: writer, stream: streams[writer % streams.count], transport: site.network,
                token: token, chance: Chance(seed: site.options.seed, for: "till \(writer)"),
                findings: site.findings)
        }
    }

    /// Runs `body` while all write; then lets each finish what it has at hand.
    func writing(
        _ body: () async throws(TortureFailure) -> Void
    ) async throws(TortureFailure) {
        let result = await withTaskGroup(of: Void.self) { group in
            for device in devices { group.addTask { await device.run() } }
            for writer in thinWriters { group.addTask { await writer.run() } }
            let result: Result<Void, TortureFailure>
            do throws(TortureFailure) {
                try await body()
                result = .success(())
                // The server is up: what they have at hand will be answered.
                for writer in thinWriters { writer.stop() }
            } catch {
                result = .failure(error)
            }
            await Self.wait(for: thinWriters, atMost: .seconds(20))
            group.cancelAll()
            return result
        }
        try result.get()
    }

    private static func wait(for writers: [ThinWriter], atMost patience: Duration) async {
        let deadline = ContinuousClock.now + patience
        while writers.contains(where: { !$0.isDone }), ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Lets all devices finish, then compares what they and newcomers hold with the server's state.
    /// Returns how many were compared.
    func converge() async throws(TortureFailure) -> Int {
        let findings = site.findings
        await withTaskGroup(of: Void.self) { group in
            for device in devices {
                group.addTask {
                    if await device.settle() { return }
                    findings.add(
                        .recovery, "device \(device.writer)", "it could not send what is pending")
                }
            }
        }
        // Once more, now that all have sent all.
        for device in devices { _ = await device.settle(tries: 1) }
        var compared = 0
        for stream in site.streams {
            let expected: String?
            do {
                expected = try await site.reader.stateHash(of: stream)
            } catch {
                findings.add(.answer, "stream \(stream)", error.text)
                continue
            }
            guard let expected else { continue }
            for device in devices where device.stream == stream {
                compare(device.stateHash, expected, stream, "device \(device.writer)")
                compared += 1
            }
            compare(try await newcomer(stream), expected, stream, "a newcomer")
            compared += 1
        }
        return compared
    }

    private func compare(_ hash: String?, _ expected: String, _ stream: StreamID, _ who: String) {
        guard let hash, hash != expected else { return }
        site.findings.add(
            .diverged, "stream \(stream)",
            "\(who) holds state \(hash.prefix(12)), the server \(expected.prefix(12))")
    }

    private func newcomer(_ stream: StreamID) async throws(TortureFailure) -> String? {
        var options = SyncOptions()
        options.transport = site.server.address
        do {
            let client = try await SyncClient.open(
                store: .memory, server: nil, channel: "app", token: .fixed(site.server.token),
                options: options)
            let report = try await client.sync(stream)
            for trouble in report.healed {
                site.findings.add(
                    .diverged, "stream \(stream)", "a newcomer had to mend \(trouble)")
            }
            let hash = StateHash(of: client.stream(stream).confirmedState).description
            try await client.close()
            return hash
        } catch {
            site.findings.add(.answer, "stream \(stream)", "a newcomer could not sync: \(error)")
            return nil
        }
    }

    /// Closes the devices' stores.
    func close() async throws(TortureFailure) {
        for device in devices { try await device.close() }
    }
}
