/// What turns a cart into an order, all in one event (specification section 5.10).
///
/// The order's id follows from the cart and how often it was checked out, and quantities are set: so
/// two devices that check out the same cart while apart place one order, and where their carts
/// differed, that is a conflict at the line.
public struct Checkout: Hashable, Sendable {
    /// The order that is placed: `order/CART-N`.
    public let order: EntityID
    /// What is written, in the order in which it is to be written; the keeps of section 5.5 come on
    /// top.
    public let operations: [FieldOperation]

    /// Checks a cart out; `nil` where it has no line of one piece or more to check out.
    /// O(size of the cart), and one look for each order that has the name already.
    ///
    /// - Parameters:
    ///   - cart: The cart.
    ///   - chosen: The lines to buy, by their keys: the others stay, and so do coupons and note.
    ///     `nil`: the whole cart.
    ///   - schemas: The schemas in force; a part of a line goes over where the order's has a place.
    ///   - time: When it is placed: milliseconds since 1970.
    ///   - view: Any entity as the writer sees it, as plain JSON; `nil` where nothing lives in it.
    /// - Throws: ``InvalidName`` where the order's id would be too long.
    public init?(
        of cart: EntityID, choosing chosen: Set<ExactText>? = nil, schemas: SchemaSet,
        at time: Int64, seeing view: (EntityID) -> Value?
    ) throws(InvalidName) {
        let contents = view(cart)
        var lines: [(key: ExactText, line: Value)] = []
        if case .object(let members)? = contents?["lines"] {
            lines = members.sorted { $0.key < $1.key }.filter { key, line in
                (line["quantity"]?.integer ?? 0) > 0 && chosen?.contains(key) ?? true
            }.map { (key: $0.key, line: $0.value) }
        }
        guard !lines.isEmpty else { return nil }
        var number = contents?["checkouts"]?.integer ?? 0
        var order: EntityID
        repeat {
            number += 1
            order = try EntityID(type: "order", id: "\(cart.id)-\(number)")
        } while view(order) != nil

        var writer = CheckoutWriter(entity: cart, schema: schemas[cart.type])
        if chosen == nil {
            writer.write(.clear, "lines")
        } else {
            for (key, _) in lines { writer.write(.remove(.text(key)), "lines") }
        }
        // Set, not added: two that check out while apart count one checkout.
        writer.write(.set(.integer(number)), "checkouts")
        if chosen == nil {
            for part in ["coupons", "note"] where contents?[part] != nil {
                writer.write(.clear, ExactText(part))
            }
        }

        var placing = CheckoutWriter(entity: order, schema: schemas[order.type])
        placing.write(.move(from: "", to: "placed"), "status")
        for (key, line) in lines { placing.write(line, at: FieldPath(["lines", key])) }
        if chosen == nil {
            for part in ["coupons", "note"] {
                guard let shown = contents?[part] else { continue }
                placing.write(shown, at: FieldPath([ExactText(part)]))
            }
        }
        placing.write(.set(.string(cart.description)), "cart")
        placing.write(.set(.string(InstantFormat.text(milliseconds: time))), "placedAt")
        self.order = order
        operations = writer.operations + placing.operations
    }
}

/// Collects what a checkout writes into one entity.
private struct CheckoutWriter {
    let entity: EntityID
    let schema: Schema?
    private(set) var operations: [FieldOperation] = []

    init(entity: EntityID, schema: Schema?) {
        self.entity = entity
        self.schema = schema
    }

    mutating func write(_ action: Action, _ field: ExactText) {
        operations.append(FieldOperation(entity, FieldPath([field]), action))
    }

    /// Says a plain value anew, as far as the schema has a place for it. Facts and states stay with
    /// the cart: they tell of it, not of what is bought.
    mutating func write(_ value: Value, at path: FieldPath) {
        switch (schema?.place(at: path)?.rule, value) {
        case (.register?, _), (.count?, .integer):
            operations.append(FieldOperation(entity, path, .set(value)))
        case (.set?, .list(let elements)):
            operations += elements.map { FieldOperation(entity, path, .add($0)) }
        case (.record?, .object(let members)), (.map?, .object(let members)):
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                write(member, at: path.appending(name))
            }
        default: break
        }
    }
}
