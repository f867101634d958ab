public import BatonCore

/// What stands in a profile.
public struct ProfileContents: Sendable, Hashable {
    /// The customer's name.
    public let name: String?
    /// The customer's e-mail address.
    public let email: String?
    /// The customer's telephone number.
    public let phone: String?
    /// The addresses, by their names: `home`, `work` …
    public let addresses: [String: PostalAddress]
    /// Whether each consent that was ever asked for is given.
    public let consents: [String: Bool]
    /// Marks that shops have put on the customer, in ascending order.
    public let tags: [String]
    /// Facts of the customer's journey, oldest first.
    public let journey: [String]

    /// Reads a profile from its plain JSON; an empty one from `nil`.
    public init(_ value: Value?) {
        name = value?["name"]?.string
        email = value?["email"]?.string
        phone = value?["phone"]?.string
        addresses = Dictionary(
            (value?["addresses"]?.members ?? []).map { ($0, PostalAddress($1)) },
            uniquingKeysWith: { first, _ in first })
        consents = (value?["consents"]?.textMembers ?? [:]).mapValues { $0 == "given" }
        tags = value?["tags"]?.texts ?? []
        journey = value?["journey"]?.texts ?? []
    }
}

/// Where a customer lives or works.
public struct PostalAddress: Sendable, Hashable {
    /// Who is to be found there.
    public var name: String?
    /// Street and number.
    public var street: String?
    /// The town.
    public var city: String?
    /// The postal code.
    public var postcode: String?
    /// The country.
    public var country: String?

    /// Joins the parts; those left out are not known.
    public init(
        name: String? = nil, street: String? = nil, city: String? = nil, postcode: String? = nil,
        country: String? = nil
    ) {
        self.name = name
        self.street = street
        self.city = city
        self.postcode = postcode
        self.country = country
    }

    init(_ value: Value) {
        self.init(
            name: value["name"]?.string, street: value["street"]?.string,
            city: value["city"]?.string, postcode: value["postcode"]?.string,
            country: value["country"]?.string)
    }

    /// The parts by the names of their fields.
    var fields: [(String, String?)] {
        [
            ("name", name), ("street", street), ("city", city), ("postcode", postcode),
            ("country", country),
        ]
    }
}
