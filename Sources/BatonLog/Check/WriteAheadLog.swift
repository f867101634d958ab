import Foundation

/// SQLite's write-ahead log, read beside SQLite: what was committed there is lost in silence where a
/// frame is damaged, because SQLite takes the first frame that does not fit for the log's end.
///
/// Source: sqlite.org/fileformat2.html, section 4. The header has 32 bytes: magic, version, page size,
/// sequence, two salts, two sums. Each frame has 24 bytes and a page: page number, size of the database
/// after a commit (0: no commit), the salts, two sums over all before it. Frames with other salts are
/// left over from an earlier round.
enum WriteAheadLog {
    /// Says what is damaged in the file at `path`; `nil` where nothing is, or where there is none.
    ///
    /// A frame that is being written looks damaged, and so does what a process left behind that was
    /// killed before its commit. So damage is only what a commit of the same round comes after, and
    /// what is still there at a second look.
    static func damage(at path: String) -> String? {
        guard let first = look(at: path), let second = look(at: path), first == second else {
            return nil
        }
        return "its write-ahead log is damaged at frame \(first.frame): what was committed from "
            + "there on is lost once the log is opened anew"
    }

    private struct Damage: Equatable {
        let frame: Int
        let salts: ArraySlice<UInt8>
    }

    private static func look(at path: String) -> Damage? {
        guard
            let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        else { return nil }
        return data.withUnsafeBytes { damage(in: $0) }
    }

    private static func damage(in bytes: UnsafeRawBufferPointer) -> Damage? {
        guard bytes.count >= 32 else { return nil }
        func word(_ place: Int) -> UInt32 {
            UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
        }
        let magic = word(0)
        let salts = Array(bytes[16..<24])[...]
        guard magic & ~1 == 0x377F_0682 else { return Damage(frame: 0, salts: salts) }
        let size = Int(word(8)) == 1 ? 65_536 : Int(word(8))
        var sum = WordSum(isBigEndian: magic & 1 == 1)
        sum.add(bytes[0..<24])
        guard sum.is(word(24), word(28)), size >= 512 else { return Damage(frame: 0, salts: salts) }
        var broken: Int?
        for frame in 0..<(bytes.count - 32) / (24 + size) {
            let place = 32 + frame * (24 + size)
            let isOfRound = bytes[place + 8..<place + 16].elementsEqual(salts)
            if broken == nil {
                sum.add(bytes[place..<place + 8])
                sum.add(bytes[place + 24..<place + 24 + size])
                if !isOfRound || !sum.is(word(place + 16), word(place + 20)) { broken = frame }
            }
            // The size after the commit, which stands in the last frame of each, is never 0.
            if let broken, isOfRound, word(place + 4) != 0 {
                return Damage(frame: broken + 1, salts: salts)
            }
        }
        return nil
    }

    /// The running sum of the format, over 32-bit words by twos.
    private struct WordSum {
        private let isBigEndian: Bool
        private var one: UInt32 = 0
        private var two: UInt32 = 0

        init(isBigEndian: Bool) { self.isBigEndian = isBigEndian }

        mutating func add(_ bytes: Slice<UnsafeRawBufferPointer>) {
            let bytes = UnsafeRawBufferPointer(rebasing: bytes)
            for place in stride(from: 0, to: bytes.count - 7, by: 8) {
                one = one &+ word(bytes, place) &+ two
                two = two &+ word(bytes, place + 4) &+ one
            }
        }

        func `is`(_ first: UInt32, _ second: UInt32) -> Bool { one == first && two == second }

        private func word(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> UInt32 {
            let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)
            return isBigEndian ? UInt32(bigEndian: word) : UInt32(littleEndian: word)
        }
    }
}
