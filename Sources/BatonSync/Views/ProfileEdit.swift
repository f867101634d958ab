import BatonCore

/// Changes to a profile, collected to become part of an event.
public struct ProfileEdit {
    /// The profile as any entity.
    public var entity: EntityEdit
    /// The profile before the edit.
    public let contents: ProfileContents

    init(_ entity: EntityEdit) {
        self.entity = entity
        contents = ProfileContents(entity.value)
    }

    /// Writes the name; `nil` clears it.
    public mutating func setName(_ name: String?) { write(name, at: "name") }

    /// Writes the e-mail address; `nil` clears it.
    public mutating func setEmail(_ email: String?) { write(email, at: "email") }

    /// Writes the telephone number; `nil` clears it.
    public mutating func setPhone(_ phone: String?) { write(phone, at: "phone") }

    /// Writes the parts of an address that are not `nil`; the others stay as they are.
    public mutating func setAddress(_ key: String, _ address: PostalAddress) {
        let before = contents.addresses[key] ?? PostalAddress()
        for ((field, value), (_, known)) in zip(address.fields, before.fields) {
            if let value, value != known {
                entity.set(.string(value), at: "addresses", key, field)
            }
        }
    }

    /// Takes an address out.
    public mutating func removeAddress(_ key: String) {
        entity.remove(.string(key), from: "addresses")
    }

    /// Gives or withdraws a consent.
    public mutating func setConsent(_ purpose: String, given: Bool) {
        entity.set(.string(given ? "given" : "withdrawn"), at: "consents", purpose)
    }

    /// Puts a mark on the customer.
    public mutating func addTag(_ tag: String) { entity.insert(.string(tag), into: "tags") }

    /// Takes a mark off.
    public mutating func removeTag(_ tag: String) { entity.remove(.string(tag), from: "tags") }

    /// Notes a fact of the customer's journey.
    public mutating func note(_ fact: String) { entity.append(.string(fact), to: "journey") }

    private mutating func write(_ text: String?, at field: String) {
        if let text {
            entity.set(.string(text), at: field)
        } else {
            entity.clear(field)
        }
    }
}
