/// Remembers what was used lately, in constant time: the values used since the last turn and those
/// used in the turn before. A turn ends when half the capacity has been used.
struct RecentCache<Key: Hashable, Value> {
    private let capacity: Int
    private var recent: [Key: Value] = [:]
    private var older: [Key: Value] = [:]

    /// Remembers at most about `capacity` values after each ``trim()``.
    init(capacity: Int) { self.capacity = capacity }

    /// How many values are remembered.
    var count: Int { recent.count + older.count }

    /// The value, which thereby counts as used.
    subscript(key: Key) -> Value? {
        mutating get {
            if let value = recent[key] { return value }
            guard let value = older.removeValue(forKey: key) else { return nil }
            recent[key] = value
            return value
        }
        set {
            older[key] = nil
            recent[key] = newValue
        }
    }

    /// Forgets what was not used lately. Nothing is forgotten in between.
    mutating func trim() {
        guard recent.count > capacity / 2 else { return }
        older = recent.count > capacity ? [:] : recent
        recent = [:]
    }

    /// Forgets all.
    mutating func removeAll() {
        recent = [:]
        older = [:]
    }
}
