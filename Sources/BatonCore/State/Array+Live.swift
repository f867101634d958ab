extension Array {
    /// Where to insert what goes before all elements that `isLater` holds for, which stand at the end.
    /// O(1) where none does, else O(log n).
    func placeFromEnd(isLater: (Element) -> Bool) -> Int {
        guard let last, isLater(last) else { return count }
        var (low, high) = (0, count - 1)
        while low < high {
            let middle = (low + high) / 2
            if isLater(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Removes what `isGone` holds for; what is left keeps its order. O(n) in the elements.
    ///
    /// A new write mostly takes nothing away, or little, of the many that may live beside it: nothing is
    /// then moved but what stands behind, all at once, where `removeAll` moves each element by itself.
    mutating func removeEach(where isGone: (Element) -> Bool) {
        var start = 0
        for _ in 0..<4 {
            while start < count, !isGone(self[start]) { start += 1 }
            guard start < count else { return }
            var end = start + 1
            while end < count, isGone(self[end]) { end += 1 }
            removeSubrange(start..<end)
        }
        removeAll(where: isGone)
    }
}
