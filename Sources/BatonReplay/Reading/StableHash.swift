/// A hash that is the same on every run and machine (FNV-1a, 64 bit), for choices that a data set
/// leaves open and that must not change from run to run.
enum StableHash {
    static func of(_ parts: String...) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for part in parts {
            for byte in part.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            // A mark that no UTF-8 text contains keeps ("ab", "c") apart from ("a", "bc").
            hash = (hash ^ 0xFF) &* 0x100_0000_01B3
        }
        // FNV's low bits follow the last byte closely; fold the high ones in.
        return hash ^ (hash >> 32)
    }
}
