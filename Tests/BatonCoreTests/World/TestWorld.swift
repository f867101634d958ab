import BatonCore
import BatonLaws
import Testing

/// A log, its devices, and what all of them must agree on in the end.
struct TestWorld {
    let schemas: SchemaSet
    var log = SampleLog()
    var devices: [SampleDevice]

    init(devices count: Int, _ schemas: SchemaSet = TestSchemas.shop) {
        self.schemas = schemas
        devices = (1...UInt64(count)).map { SampleDevice($0, schemas) }
    }

    mutating func write(_ device: Int, at wall: Int64, _ operations: FieldOperation...) throws {
        try devices[device].write(at: wall, operations)
    }

    /// Checks a cart out on a device, and names the order; `nil` where there is nothing in the cart.
    mutating func checkOut(_ cart: String, on device: Int, at wall: Int64) throws -> String? {
        let view = devices[device].view
        let checkout = try Checkout(of: EntityID(cart), schemas: schemas, at: wall) {
            view.value(of: $0, schemas: schemas)
        }
        guard let checkout else { return nil }
        try devices[device].write(at: wall, checkout.operations)
        return checkout.order.description
    }

    /// Pushes and pulls until everybody has everything.
    mutating func syncAll() {
        for index in devices.indices { devices[index].push(to: &log) }
        for index in devices.indices { devices[index].pull(from: log) }
    }

    /// The entity's value, the same on every device and in the log's own fold.
    mutating func settled(_ entity: String) throws -> String {
        syncAll()
        let state = log.folded(schemas)
        for device in devices {
            #expect(device.view.canonicalJSON == state.canonicalJSON)
            #expect(try device.view.json(of: entity, schemas) == state.json(of: entity, schemas))
        }
        return try state.json(of: entity, schemas)
    }

    /// The open conflicts as `path rule picked/overruled,…`.
    var conflicts: [String] {
        log.folded(schemas).conflicts(schemas: schemas).map { conflict in
            let sides = [conflict.picked] + conflict.overruled
            let values = sides.map { $0.value?.canonicalJSON ?? "cleared" }
            return "\(conflict.path) \(conflict.rule) \(values.joined(separator: "/"))"
        }
    }
}
