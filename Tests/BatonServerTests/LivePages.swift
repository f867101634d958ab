import Foundation

/// The bytes of a SQLite file that mean something: what a damaged one of them changes, somebody must
/// find.
///
/// Read from the pages themselves (sqlite.org/fileformat2.html, sections 1.3 to 1.6): of each page of a
/// tree its header, the pointers to its cells and the cells; of pages that hold the rest of long cells,
/// their content. Left out are free pages, the gaps within pages, what SQLite counts for itself in the
/// file's header, the keys that only divide a table's pages, where another key between the same
/// neighbours leads to the same rows, the NULL that a row holds in place of its number
/// (sqlite.org/lang_createtable.html#rowid), and the numbers of the rows that declare the tables.
struct LivePages {
    private let bytes: [UInt8]
    private let pageSize: Int
    private let usable: Int
    /// Ranges of live bytes.
    private(set) var ranges: [Range<Int>] = []

    init(_ bytes: [UInt8], roots: [Int]) {
        self.bytes = bytes
        let size = Int(bytes[16]) << 8 | Int(bytes[17])
        pageSize = size == 1 ? 65_536 : size
        usable = pageSize - Int(bytes[20])
        // Of the file's header: the magic, the page size and the places of freelist and roots.
        ranges.append(0..<18)
        walk(1, isSchema: true)
        for root in roots { walk(root) }
    }

    /// How many bytes are live.
    var count: Int { ranges.reduce(0) { $0 + $1.count } }

    /// The place of the live byte at `index`, counting live bytes only.
    func place(_ index: Int) -> Int {
        var left = index
        for range in ranges {
            if left < range.count { return range.lowerBound + left }
            left -= range.count
        }
        preconditionFailure("byte \(index) of \(count)")
    }

    private mutating func walk(_ page: Int, isSchema: Bool = false) {
        let start = (page - 1) * pageSize
        let head = page == 1 ? start + 100 : start
        let kind = bytes[head]
        let isInterior = kind == 2 || kind == 5
        let size = isInterior ? 12 : 8
        let cells = number(head + 3, 2)
        ranges.append(head..<head + size + 2 * cells)
        for cell in 0..<cells {
            let place = start + number(head + size + 2 * cell, 2)
            var at = place
            if isInterior {
                walk(number(at, 4), isSchema: isSchema)
                ranges.append(at..<at + 4)
                at += 4
            }
            // A table's interior cell holds a dividing key and nothing else.
            if kind == 5 { continue }
            let begin = at
            let length = varint(&at)
            let afterLength = at
            if kind == 13 { _ = varint(&at) }
            let local = localBytes(of: length, isTable: kind == 13)
            // Of the record: the header's length, then the type of each column (section 2.1).
            var type = at
            _ = varint(&type)
            ranges.append(begin..<afterLength)
            if !isSchema { ranges.append(afterLength..<at) }
            ranges.append(at..<type)
            ranges.append((kind == 13 && bytes[type] == 0 ? type + 1 : type)..<at + local)
            if local < length {
                ranges.append(at + local..<at + local + 4)
                overflow(number(at + local, 4), length - local)
            }
        }
        if isInterior { walk(number(head + 8, 4), isSchema: isSchema) }
    }

    private mutating func overflow(_ first: Int, _ length: Int) {
        var page = first
        var left = length
        while page != 0, left > 0 {
            let start = (page - 1) * pageSize
            let count = min(left, usable - 4)
            ranges.append(start..<start + 4 + count)
            left -= count
            page = number(start, 4)
        }
    }

    private func localBytes(of length: Int, isTable: Bool) -> Int {
        let most = isTable ? usable - 35 : (usable - 12) * 64 / 255 - 23
        if length <= most { return length }
        let least = (usable - 12) * 32 / 255 - 23
        let rest = least + (length - least) % (usable - 4)
        return rest <= most ? rest : least
    }

    private func number(_ place: Int, _ width: Int) -> Int {
        bytes[place..<place + width].reduce(0) { $0 << 8 | Int($1) }
    }

    private func varint(_ place: inout Int) -> Int {
        var value = 0
        for _ in 0..<9 {
            let byte = bytes[place]
            place += 1
            value = value << 7 | Int(byte & 0x7F)
            if byte < 0x80 { break }
        }
        return value
    }
}
