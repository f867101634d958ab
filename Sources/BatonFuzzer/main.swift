import BatonFuzz
import Dispatch
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

/// Bytes that one input may take beyond all that came before: many times what the longest inflates to.
let mostMemory = 128 << 20

/// The largest size that the process has had, in bytes. Linux counts in KiB (getrusage(2)).
func peak() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
}

/// Tells what came of an input that breaks something, and ends so that libFuzzer keeps the input.
func stop(_ target: FuzzTarget, _ words: String) -> Never {
    FileHandle.standardError.write(Data("\(target.name): \(words)\n".utf8))
    abort()
}

/// Runs an input on a task of its own, as a server does, and waits for it.
func run(_ target: FuzzTarget, _ bytes: [UInt8]) {
    let before = peak()
    let done = DispatchSemaphore(value: 0)
    Task.detached {
        do {
            _ = try await target.run(bytes)
        } catch {
            stop(target, "\(error)")
        }
        done.signal()
    }
    done.wait()
    let taken = peak() - before
    if taken > mostMemory { stop(target, "\(bytes.count) bytes of input took \(taken) of memory") }
}

/// The target that the first argument names. Unsafe in name alone: it is set before the driver is called,
/// which runs it on this one thread; and the driver's callback can capture nothing.
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
if CommandLine.arguments.count == 5, CommandLine.arguments[2] == "--seeds" {
    let (folder, dictionary) = (CommandLine.arguments[3], CommandLine.arguments[4])
    do {
        for (index, seed) in try named.seeds().enumerated() {
            try Data(seed).write(to: URL(fileURLWithPath: "\(folder)/seed-\(index)"))
        }
        // A word a line, in quotes (https://llvm.org/docs/LibFuzzer.html#dictionaries).
        let lines = named.words.map { word in
            "\"" + word.utf8.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                + "\"\n"
        }
        try Data(lines.joined().utf8).write(to: URL(fileURLWithPath: dictionary))
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
        run(target, Array(UnsafeBufferPointer(start: bytes, count: size)))
        return 0
    }
}
exit(status)
