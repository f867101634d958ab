import Testing

@testable import baton

@Suite struct DemoKeyTests {
    @Test func `Bytes of a terminal become keys, and what means nothing here is left out`() {
        #expect(KeyReader.keys(Array("a+".utf8)) == [.character("a"), .character("+")])
        #expect(KeyReader.keys([0x1B, 0x5B, 0x41, 0x1B, 0x5B, 0x42]) == [.up, .down])
        #expect(KeyReader.keys([0x1B]) == [.escape])
        #expect(KeyReader.keys([0x1B, 0x5B, 0x35, 0x7E, 0x71]) == [.character("q")])
        #expect(
            KeyReader.keys([0x0D, 0x7F, 0x09, 0x03]) == [.enter, .backspace, .tab, .interrupt])
        #expect(KeyReader.keys(Array("é茶".utf8)) == [.character("é"), .character("茶")])
        #expect(KeyReader.keys([0x01, 0x1B, 0x5B]) == [])
    }

    @Test func `No key has two meanings, and the help tells of every command`() {
        let keys = DemoKey.all
        for (index, key) in keys.enumerated() {
            #expect(!keys.dropFirst(index + 1).contains { $0.key == key.key }, "\(key.label)")
        }
        let help = DemoKey.help(width: 80)
        #expect(help.count == 2 && help.allSatisfy { $0.count <= 80 })
        for part in ["1-3 device", "a add", "r remove", "c cut/mend", "o check out", "q quit"] {
            #expect(help.joined(separator: "  ").contains(part))
        }
    }

    @Test func `Keys act on the chosen article of the chosen client`() {
        var panel = DemoModel.Panel(seat: .app)
        panel.cart = [.init(sku: "mug", quantity: 2)]
        var view = DemoView()
        #expect(view.press(.character("a"), at: panel) == .act(.add("tea", 1)))
        #expect(view.press(.character("-"), at: panel) == .nothing)
        #expect(view.press(.down, at: panel) == .nothing)
        #expect(view.press(.character("+"), at: panel) == .act(.set("mug", 3)))
        #expect(view.press(.character("-"), at: panel) == .act(.set("mug", 1)))
        #expect(view.press(.character("r"), at: panel) == .act(.remove("mug")))
        #expect(view.press(.character("c"), at: panel) == .act(.cut))
        panel.standing = .offline(since: "")
        #expect(view.press(.character("c"), at: panel) == .act(.mend))
        #expect(view.press(.character("3"), at: panel) == .nothing && view.selected == 2)
        #expect(view.press(.tab, at: panel) == .nothing && view.selected == 0)
        #expect(view.press(.character("z"), at: panel) == .nothing)
        #expect(view.press(.interrupt, at: panel) == .quit)
    }

    @Test func `A note is typed, mended and written, or left`() {
        let panel = DemoModel.Panel(seat: .app)
        var view = DemoView()
        _ = view.press(.character("n"), at: panel)
        for key in KeyReader.keys(Array("quitx".utf8)) {
            #expect(view.press(key, at: panel) == .nothing)
        }
        _ = view.press(.backspace, at: panel)
        #expect(view.note == "quit")
        #expect(view.press(.enter, at: panel) == .act(.note("quit")))
        #expect(view.note == nil)
        _ = view.press(.character("n"), at: panel)
        #expect(view.press(.escape, at: panel) == .nothing && view.note == nil)
    }
}
