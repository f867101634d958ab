import Testing

@testable import baton

@Suite struct DemoScriptTests {
    @Test func `Each line is one command; comments and empty lines are none`() throws {
        let script = try DemoScript(
            """
            # a comment
            app add tea 2

              kiosk   cut
            wait
            expect web cart tea=2 mug=1
            expect all agree
            """, file: "f")
        #expect(
            script.steps.map(\.command) == [
                .act(.app, .add("tea", 2)), .act(.kiosk, .cut), .wait,
                .expect(
                    [.web],
                    .cart([.init(sku: "tea", quantity: 2), .init(sku: "mug", quantity: 1)])),
                .expect([.app, .web, .kiosk], .agree),
            ])
        #expect(script.steps.map(\.line) == [2, 4, 5, 6, 7])
    }

    @Test(arguments: [
        ("till add tea", "a line begins with one of app, web, kiosk, wait, show, expect"),
        ("app", "after app comes one of add, set,"),
        ("app add", "write it as: app add ARTICLE [COUNT]"),
        ("app add tea two", "write it as: app add ARTICLE [COUNT]"),
        ("app add tea -1", "write it as: app add ARTICLE [COUNT]"),
        ("web cut now", "write it as: web cut"),
        ("wait 5", "wait stands alone on its line"),
        ("expect cart", "after expect comes one of app, web, kiosk, all"),
        ("expect app carts", "after expect app comes one of: cart ARTICLE=COUNT…|empty,"),
        ("expect app cart tea", "write it as: expect app cart ARTICLE=COUNT…|empty"),
        ("expect app cart tea=x", "write it as: expect app cart ARTICLE=COUNT…|empty"),
        ("expect app pending -1", "write it as: expect app pending COUNT"),
    ])
    func `A bad line is told with file, line and what would be right`(
        line: String, advice: String
    ) {
        let problem = #expect(throws: DemoScript.Problem.self) {
            try DemoScript("show\n\(line)\n", file: "a.demo")
        }
        #expect(problem?.place == "a.demo:2")
        #expect(problem?.description.contains(advice) == true, "\(String(describing: problem))")
    }

    @Test func `An expectation is met by just what it says`() {
        var panel = DemoModel.Panel(seat: .app)
        panel.cart = [.init(sku: "mug", quantity: 1), .init(sku: "tea", quantity: 2)]
        panel.orders = [.init(id: "main-1", status: "placed", lines: panel.cart)]
        panel.stateHash = "a"
        var other = DemoModel.Panel(seat: .web)
        other.stateHash = "b"
        let model = DemoModel(panels: [panel, other])
        func difference(_ expectation: DemoExpectation) -> String? {
            expectation.difference(at: panel, in: model)
        }
        let turned = Array(panel.cart.reversed())
        #expect(difference(.cart(turned)) == nil)
        #expect(difference(.cart([panel.cart[0]])) == "mug=1 tea=2")
        #expect(difference(.cart([])) == "mug=1 tea=2")
        #expect(difference(.orders(["main-1": "placed"])) == nil)
        #expect(difference(.orders(["main-1": "collected"])) == "main-1=placed")
        #expect(difference(.order("main-1", turned)) == nil)
        #expect(difference(.order("main-2", turned)) == "no order main-2")
        #expect(difference(.note("gift")) == "no note")
        #expect(difference(.conflicts(1)) == "0")
        #expect(difference(.agree) != nil)
    }
}
