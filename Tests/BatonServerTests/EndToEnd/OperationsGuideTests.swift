import Foundation
import Testing

/// `protocol/operations.md`: its commands work in their order, and its table has the metrics that there are.
@Suite(.serialized) struct `The operator's guide` {
    private static func guide() throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try String(
            contentsOf: root.appendingPathComponent("protocol/operations.md"), encoding: .utf8)
    }

    /// What stands in for systemd and for the guide's port.
    private static let stage = """
        set -euo pipefail
        start() {
            : >"$FOLDER/out"
            baton serve --data "$FOLDER/data" --listen 127.0.0.1:0 --keys "$FOLDER/etc/keys.json" \
                --tls-cert "$FOLDER/etc/chain.pem" --tls-key "$FOLDER/etc/key.pem" >"$FOLDER/out" &
            pid=$!
            until grep -q https "$FOLDER/out"; do kill -0 $pid; sleep 0.1; done
            port=$(sed -n 's/.*:\\([0-9]*\\), data.*/\\1/p' "$FOLDER/out")
        }
        systemctl() {
            case $1 in
                start) start ;;
                stop) kill -TERM $pid && wait $pid ;;
                reload) kill -HUP $pid ;;
            esac
        }
        # Nobody is given anything: the test's user may not, and is the server's.
        install() {
            local given=()
            while [ $# -gt 0 ]; do
                case $1 in
                    -o | -g) shift ;;
                    *) given+=("$1") ;;
                esac
                shift
            done
            command install "${given[@]}"
        }
        curl() { command curl "${@//localhost:8377/localhost:$port}"; }
        trap 'kill -9 $pid 2>/dev/null || true' EXIT

        """

    @Test func `Its commands work, one after another, against a real server`() async throws {
        try await withTemporaryFolder { folder in
            var blocks: [String] = []
            var block: [Substring]?
            for line in try Self.guide().split(separator: "\n", omittingEmptySubsequences: false) {
                if line == "```sh" {
                    block = []
                } else if line == "```", let lines = block {
                    blocks.append(lines.joined(separator: "\n"))
                    block = nil
                } else {
                    block?.append(line)
                }
            }
            #expect(blocks.count == 12)
            for name in ["etc/new", "backups", "bin", "build"] {
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
            }
            let certificates = try TestCertificate()
            try certificates.writeAuthority(to: folder + "/etc/ca.pem")
            for place in ["/etc", "/etc/new"] {
                try certificates.write(
                    chain: folder + place + "/chain.pem", key: folder + place + "/key.pem")
            }
            // What was built and what is installed: this build's program, from files that are quick to copy.
            let baton = try Program.path("baton")
            for name in ["bin", "build"] {
                let path = "\(folder)/\(name)/baton"
                try "#!/bin/sh\nexec '\(baton)' \"$@\"\n".write(
                    toFile: path, atomically: false, encoding: .utf8)
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o755], ofItemAtPath: path)
            }
            let commands = blocks.joined(separator: "\n")
                .replacing("/var/lib/baton", with: folder + "/data")
                .replacing("/etc/baton", with: folder + "/etc")
                .replacing("/backups", with: folder + "/backups")
                .replacing("/usr/local/bin", with: folder + "/bin")
                .replacing(".build/release", with: folder + "/build")
            let script =
                "export FOLDER='\(folder)' PATH='\(folder)/bin':$PATH\n" + Self.stage + commands
                    + """

                    metrics=$(curl -fsS --cacert "$FOLDER/etc/ca.pem" https://localhost:8377/metrics)
                    systemctl stop baton
                    echo "the guide is through"
                    """
            let (text, status) = try Program.output("/bin/bash", ["-c", script])
            #expect(status == 0 && text.hasSuffix("the guide is through\n"), "\(text)")
            // Each restore was into a folder that was there, with the log before it set aside.
            for name in ["data", "data.old", "data.newer"] {
                #expect(FileManager.default.fileExists(atPath: "\(folder)/\(name)/baton.db"))
            }
            for name in ["baton", "baton.before"] {
                #expect(FileManager.default.isExecutableFile(atPath: "\(folder)/bin/\(name)"))
            }
        }
    }

    @Test func `The unit and the image start a server with options that it has, as no root`() throws
    {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let help = try Program.output(Program.path("baton"), ["serve", "--help"]).text
        for (name, begin, user) in [
            ("baton.service", "ExecStart=", "User=baton"),
            ("Containerfile", "CMD [\"serve\"", "USER 10001"),
        ] {
            let text = try String(
                contentsOf: root.appendingPathComponent("tools/" + name), encoding: .utf8)
            #expect(text.contains("\n" + user), "\(name)")
            let start = try #require(text.range(of: "\n" + begin))
            // The command ends with the first line that does not go on.
            var lines: [Substring] = []
            for line in text[start.upperBound...].split(separator: "\n")
            where lines.last?.hasSuffix("\\") ?? true {
                lines.append(line)
            }
            let options = lines.joined(separator: " ").matches(of: /--[a-z-]+/).map {
                String($0.0)
            }
            #expect(
                Set(options) == [
                    "--data", "--listen", "--keys", "--tls-cert", "--tls-key", "--log-level",
                    "--log-format",
                ],
                "\(name)")
            for option in options { #expect(help.contains(option + " "), "\(option)") }
        }
    }

    @Test func `Its table names the metrics of a server under TLS, and no others`() async throws {
        try await withTemporaryFolder { folder in
            let certificates = try TestCertificate()
            let (chain, key) = (folder + "/chain.pem", folder + "/key.pem")
            try certificates.write(chain: chain, key: key)
            let keys = folder + "/keys.json"
            _ = try Program.output(Program.path("baton"), ["token", "--new-key", keys])
            let server = try ServerProcess(
                data: folder + "/data",
                arguments: ["--keys", keys, "--tls-cert", chain, "--tls-key", key])
            let (token, _) = try Program.output(
                Program.path("baton"),
                [
                    "token", "--keys", keys, "--tenant", "acme", "--role", "operator", "--stream",
                    "*",
                ])
            let bearer = "Authorization: Bearer " + token.trimmingCharacters(in: .newlines)
            var text = ""
            for options in [[], ["-H", bearer]] {
                let (answer, status) = try Program.output(
                    "/usr/bin/curl", ["-sSk"] + options + [server.address + "/metrics"])
                #expect(status == 0)
                text += answer
            }
            server.stop()
            let served = Dictionary(
                text.matches(of: /# TYPE (baton_[a-z_]+) ([a-z]+)/).map {
                    (String($0.1), String($0.2))
                }, uniquingKeysWith: { first, _ in first + " twice" })
            var told: [String: String] = [:]
            for row in try Self.guide().split(separator: "\n") where row.hasPrefix("| `baton_") {
                let cells = row.split(separator: "|").map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
                #expect(cells.count == 6, "\(row)")
                for name in cells[0].matches(of: /`(baton_[a-z_]+)`/) {
                    told[String(name.1)] = cells[1]
                }
            }
            for name in Set(served.keys).union(told.keys).sorted() {
                #expect(served[name] == told[name], "\(name)")
            }
            #expect(served.count > 40)
            // Each line of a value belongs to a metric that is declared.
            for line in text.split(separator: "\n") where !line.hasPrefix("#") {
                let name = String(line.prefix { $0 != "{" && $0 != " " })
                let base = ["_bucket", "_sum", "_count"].first(where: name.hasSuffix).map {
                    String(name.dropLast($0.count))
                }
                #expect(
                    served[name] != nil || base.flatMap { served[$0] } == "histogram", "\(line)")
            }
        }
    }
}
