import BatonCore
import BatonWire

/// Cases of checkout: what it writes, and what an order costs.
enum CheckoutAnswer {
    static func checkout(_ given: Given) throws(UnreadableCase) -> [ExactText: Value] {
        let schemas = try given.schemas()
        var state = StreamState()
        try state.fold(given.allEntries(), schemas: schemas)
        var chosen: Set<ExactText>?
        if let lines = given.optional("lines") {
            chosen = []
            for key in try lines.list() { chosen?.insert(ExactText(try key.text())) }
        }
        let time = try given.member("time").integer()
        let cart = try given.member("cart").entity()
        let checkout = try given.reading {
            try Checkout(of: cart, choosing: chosen, schemas: schemas, at: time) {
                state.value(of: $0, schemas: schemas)
            }
        }
        guard let checkout else { return ["order": .null] }
        let operations = try given.reading {
            try checkout.operations.map {
                try JSONValue.read(Protobuf.encodeJSON($0.message))
            }
        }
        return ["order": .string(checkout.order.description), "operations": .list(operations)]
    }

    static func total(_ given: Given) throws(UnreadableCase) -> [ExactText: Value] {
        let schemas = try given.schemas()
        var state = StreamState()
        try state.fold(given.allEntries(), schemas: schemas)
        let order = try given.member("order").entity()
        return ["total": state.total(ofOrder: order, schemas: schemas)?.value ?? .null]
    }
}

extension Given {
    fileprivate func entity() throws(UnreadableCase) -> EntityID {
        let name = try text()
        return try reading { try EntityID(name) }
    }
}
