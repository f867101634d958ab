import ArgumentParser
import BatonTorture
import Foundation

/// `baton torture`: kills a server again and again, and checks what it had acknowledged.
struct TortureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "torture",
        abstract: "Kill a server again and again under load, and check all that it acknowledged.",
        discussion: """
            Runs this program's own server as a process on a folder of its own, with devices of \
            the SDK and thin clients writing all the time, and kills it at random moments. What \
            the server acknowledged is recorded apart from it. After each round and at the end \
            every acknowledged event must be in the log exactly once, as it was sent; offsets, \
            counters and hash chains must hold; and all devices, newcomers too, must hold the \
            server's state.

            Other modes do other things to it. --full-disk fills the disk under it: writes must be \
            refused as storage-full, reads go on, and writes too once there is room. --read-only \
            takes its right to write away, before a start and while it serves. --damage changes \
            bytes of its files: it must refuse what it cannot read, and serve nothing else than was \
            written. --overload asks far more than it may take on: it must stay within its memory \
            and go on. --siege serves a few clients alone, and then beside thousands of connections \
            that only take places, some that send and read as slowly as they can, and bodies that \
            explode when they are unpacked: 99 of 100 requests may take three times what they took \
            alone. The first two need Linux, and root or user namespaces.

            With --compact and --backup these commands run beside the server, one after another, and \
            are killed at random too; each backup is restored, and must hold what was acknowledged \
            before it began.

            Examples:
              baton torture --rounds 200
              baton torture --rounds 200 --compact --backup
              baton torture --full-disk --rounds 50
              baton torture --overload --crowd 1000 --rounds 1
              baton torture --siege --phase 20000 --rounds 1
              baton torture --rounds 20 --seed 7 --keep /tmp/torture --json

            The seed decides what is written and when the server is killed; how far it has come \
            by then is up to the machine. With a finding the folder is kept, and its path printed.

            Exit status 1 if a promise was broken.
            """)

    @Flag(help: "Fill the disk under the server.")
    var fullDisk = false

    @Flag(help: "Take the server's right to write away.")
    var readOnly = false

    @Flag(help: "Change bytes of the server's files.")
    var damage = false

    @Flag(help: "Ask far more of the server than it can carry.")
    var overload = false

    @Flag(help: "Take the server's places and its time, beside a few clients.")
    var siege = false

    @Flag(help: "Compact beside the server.")
    var compact = false

    @Flag(help: "Back up beside the server, and restore each backup.")
    var backup = false

    @Option(help: "Clients that write at once, for --overload.")
    var crowd = 600

    @Option(help: "Connections that say nothing, for --siege.")
    var idle = 10_000

    @Option(help: "Connections that are slow on purpose, for --siege.")
    var slow = 1_000

    @Option(
        help: ArgumentHelp(
            "Milliseconds of each phase, for --overload and --siege.", valueName: "ms"))
    var phase = 3_000

    @Option(
        help: ArgumentHelp(
            "Memory that the server may have in use, for these two.", valueName: "MiB"))
    var memoryBound = 512

    @Option(help: "How often that is done; the server is killed so often.")
    var rounds = 20

    @Option(help: "What writes and moments are drawn from.")
    var seed: UInt64 = 1

    @Option(help: "Devices with the SDK.")
    var devices = 12

    @Option(help: "Clients without a store.")
    var thin = 6

    @Option(help: "Customers' streams that they write to.")
    var streams = 6

    @Option(
        help: ArgumentHelp(
            "Keep log, devices and records in this new folder; else they go where temporary files "
                + "do, and stay only with a finding.", valueName: "folder"))
    var keep: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (1...1_000_000).contains(rounds) else {
            throw ValidationError("--rounds is from 1 to 1000000")
        }
        guard [fullDisk, readOnly, damage, overload, siege].count(where: { $0 }) < 2 else {
            throw ValidationError("one mode at a time: run them one after another")
        }
        guard mode == .kill || !(compact || backup) else {
            throw ValidationError("--compact and --backup go with kills: leave the mode out")
        }
        guard (0...20_000).contains(idle), (0...10_000).contains(slow) else {
            throw ValidationError("--idle is 0 to 20000, --slow 0 to 10000")
        }
        guard (1...10_000).contains(crowd), (100...600_000).contains(phase),
            (1...1_000_000).contains(memoryBound)
        else { throw ValidationError("--crowd is 1 to 10000, --phase 100 to 600000") }
        guard (1...200).contains(devices), (1...200).contains(thin), (1...100).contains(streams)
        else { throw ValidationError("--devices and --thin are 1 to 200, --streams 1 to 100") }
    }

    private var mode: TortureMode {
        if fullDisk { return .fullDisk }
        if readOnly { return .readOnly }
        if damage { return .damage }
        if siege { return .siege }
        return overload ? .overload : .kill
    }

    func run() async throws {
        if mode.needsMounts, !OwnMounts.areHere {
            let status = try OwnMounts.run(
                OwnProgram.path(), Array(CommandLine.arguments.dropFirst()))
            guard status == 0 else { throw ExitCode(status) }
            return
        }
        let files = FileManager.default
        let folder =
            keep
            ?? files.temporaryDirectory.appending(path: "baton-torture-\(UUID().uuidString)").path
        guard !files.fileExists(atPath: folder) else {
            throw CommandFailure("\(folder) exists: name a new folder")
        }
        var options = TortureOptions(program: try OwnProgram.path(), folder: folder)
        options.mode = mode
        options.beside = (compact ? [.compact] : []) + (backup ? [.backup] : [])
        options.crowd = crowd
        options.idle = idle
        options.slow = slow
        if siege { OpenFiles.makeRoom(for: idle + slow) }
        options.phase = phase
        options.memoryBound = memoryBound << 20
        options.rounds = rounds
        options.seed = seed
        options.devices = devices
        options.thinClients = thin
        options.streams = streams
        let bar = ProgressBar("torturing")
        let report = try await Torture.run(options) { bar.show($0, of: rounds) }
        bar.end()
        if json {
            try Output.tell(json: report)
        } else {
            Output.tell(TortureText.text(of: report))
        }
        guard report.findingCount == 0 else { throw ExitCode(1) }
        if keep == nil { try? files.removeItem(atPath: folder) }
    }
}
