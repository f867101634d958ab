import BatonCore
import BatonWire
import Testing

@Test func `The built-in schemas are a cart, an order and a profile`() {
    #expect(BuiltinSchemas.all.sorted.map(\.type) == ["cart", "order", "profile"])
}
