import Testing

@testable import baton

@Suite struct DemoScreenTests {
    private static let model: DemoModel = {
        var app = DemoModel.Panel(seat: .app)
        app.standing = .offline(since: "09:00:07")
        app.pending = 2
        app.conflicts = 1
        app.cart = [.init(sku: "tea", quantity: 5), .init(sku: "scarf", quantity: 1)]
        app.note = "gift \u{1B}[2J"
        app.orders = [
            .init(id: "main-1", status: "placed", lines: [.init(sku: "mug", quantity: 1)])
        ]
        var web = DemoModel.Panel(seat: .web)
        web.standing = .upToDate
        var model = DemoModel(panels: [app, web, DemoModel.Panel(seat: .kiosk)])
        model.log = (1...40).map { .init(offset: $0, writer: "web", what: "entry \($0)") }
        model.conflicts = ["cart/main/lines/tea/quantity: 5 (web) over 3 (app)"]
        model.healed = ["kiosk: its clock is off"]
        return model
    }()

    private func draw(_ columns: Int, _ rows: Int, _ view: DemoView = DemoView()) -> [String] {
        DemoScreen.lines(
            Self.model, view, size: TerminalSize(columns: columns, rows: rows)
        ).map(\.plain)
    }

    @Test(arguments: [(80, 24), (100, 30), (131, 50)])
    func `It fills the terminal, and tells everything also at its least`(columns: Int, rows: Int) {
        let lines = DemoScreen.lines(
            Self.model, DemoView(), size: TerminalSize(columns: columns, rows: rows))
        #expect(lines.count == rows)
        #expect(lines.allSatisfy { $0.width == columns })
        let text = lines.map(\.plain).joined(separator: "\n")
        for part in [
            "1 app ◀ keys", "2 web", "3 kiosk", "offline since 09:00:07", "2 pending, 1 conflict",
            "up to date", "not synced yet", "tea   5", "scarf=1", "note: gift",
            "main-1 placed mug=1", "entry 40", "conflict  cart/main/lines/tea/quantity: 5 (web)",
            "healed    kiosk: its clock is off", "q quit",
        ] {
            #expect(text.contains(part), "\(part) is missing at \(columns)×\(rows)")
        }
        #expect(!text.contains("entry 1\n"))
    }

    @Test func `A terminal that is too small is told so, within its size`() {
        let lines = draw(30, 2)
        #expect(lines.map(\.count) == [30, 30])
        #expect(lines[0].hasPrefix("Too small: 30×2."))
        #expect(lines[1].hasPrefix("Needs 80×24."))
        #expect(draw(79, 24).count == 3 && draw(80, 23).count == 3)
    }

    @Test func `The chosen client and article are marked by signs, not by colour alone`() {
        var view = DemoView()
        view.selected = 1
        view.article = 2
        let text = draw(80, 24, view)
        #expect(text.contains { $0.contains("2 web ◀ keys") && !$0.contains("1 app ◀") })
        #expect(text.contains { $0.contains("▸ book") })
    }

    @Test func `Nothing that a device wrote moves the cursor`() {
        let lines = DemoScreen.lines(Self.model, DemoView(), size: DemoScreen.least)
        #expect(lines.allSatisfy { !$0.plain.contains("\u{1B}") })
        #expect(lines.contains { $0.plain.contains("gift ·[2J") })
    }

    @Test func `Colours are of the eight base ones, and none where they are not wished`() {
        let lines = DemoScreen.lines(Self.model, DemoView(), size: DemoScreen.least)
        let coloured = lines.map { $0.ansi(colours: true) }.joined()
        let codes = Set(coloured.matches(of: /\e\[(\d+)m/).compactMap { Int($0.1) })
        // No black, white, yellow or blue, each of which some background swallows; no backgrounds.
        #expect(codes == [0, 1, 2, 7, 31, 32, 35])
        let plain = lines.map { $0.ansi(colours: false) }.joined()
        #expect(!plain.contains(/\e\[[34]\d/))
    }

    @Test func `A page shows all of the log, without blanks at the ends of lines`() {
        let page = DemoScreen.page(Self.model, width: 100)
        #expect(
            page.contains { $0.contains("entry 1") } && page.contains { $0.contains("entry 40") })
        #expect(page.allSatisfy { !$0.hasSuffix(" ") && $0.count <= 100 })
        #expect(!page.contains { $0.contains("◀") || $0.contains("q quit") })
    }

    @Test func `Text is cut by columns, also where characters take two`() {
        #expect(StyledText("茶と本").fitted(to: 4).plain == "茶… ")
        #expect(StyledText("茶と本").fitted(to: 6).plain == "茶と本")
        #expect(StyledText("tea").fitted(to: 5).plain == "tea  ")
        #expect(StyledText("green tea", .bold).fitted(to: 6).plain == "green…")
    }
}
