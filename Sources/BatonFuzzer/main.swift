import BatonFuzz
import Foundation

// One target under libFuzzer, which chooses the bytes by the edges that they reach. Built by tools/fuzz
// alone: all sources must be compiled for it.

/// The driver of libFuzzer, for programs with a main of their own
/// (https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library).
@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ run: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The target that the first argument names.
nonisolated(unsafe) var target: FuzzTarget?

/// Tells what is wrong with the call, and ends.
func complain(_ text: String) -> Never {
    FileHandle.standardError.write(Data((text + "\n").utf8))
    exit(2)
}

guard CommandLine.arguments.count > 1, let named = FuzzTarget.named(CommandLine.arguments[1]) else {
    for known in FuzzTarget.all {
        print(known.name.padding(toLength: 20, withPad: " ", startingAt: 0) + known.summary)
    }
    exit(CommandLine.arguments.count > 1 ? 2 : 0)
}
target = named
if CommandLine.arguments.count == 4, CommandLine.arguments[2] == "--seeds" {
    let folder = CommandLine.arguments[3]
    do {
        for (index, seed) in try named.seeds().enumerated() {
            try Data(seed).write(to: URL(fileURLWithPath: "\(folder)/seed-\(index)"))
        }
    } catch {
        complain("the seeds cannot be written: \(error)")
    }
    exit(0)
}

var words =
    ([CommandLine.arguments[0]] + CommandLine.arguments.dropFirst(2)).map { strdup($0) } + [nil]
var count = CInt(words.count - 1)
let status = words.withUnsafeMutableBufferPointer { buffer in
    guard var start = buffer.baseAddress else { complain("no arguments") }
    return runDriver(&count, &start) { bytes, size in
        guard let target else { complain("no target") }
        do {
            _ = try target.run(Array(UnsafeBufferPointer(start: bytes, count: size)))
        } catch {
            FileHandle.standardError.write(Data("\(target.name): \(error)\n".utf8))
            abort()
        }
        return 0
    }
}
exit(status)
