import Foundation
import Testing

/// `baton demo --script`, run as a process: real clients over HTTP to a real server.
@Suite struct DemoCommandTests {
    private static let journey = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "Scripts/journey.demo").path

    @Test func `The sample script shows what is promised, and tells the same each time`() throws {
        let ended = try DemoProgram.run("--script", Self.journey)
        #expect(ended.status == 0, "\(ended.errors)\(ended.output)")
        #expect(ended.output.contains("expect all cart tea=4 mug=1: yes"))
        #expect(ended.output.contains("expect all orders main-1=collected: yes"))
        #expect(
            ended.output.contains("conflict  cart/main/lines/tea/quantity: 5 (web) over 3 (app)"))
        #expect(ended.output.contains(#""collected" (kiosk) over "cancelled" (app)"#))
        #expect(ended.output.contains("healed    web: its clock is off"))
        #expect(!ended.output.contains("\u{1B}"))
        #expect(try DemoProgram.run("--script", Self.journey) == ended)
    }

    @Test func `An expectation that is not met ends it with status 1 and its place`() throws {
        let ended = try DemoProgram.run(script: "app add tea 2\n\nexpect app cart tea=3\nshow\n")
        #expect(ended.status == 1)
        #expect(ended.errors.contains(":3: expect app cart tea=3: the app shows tea=2"))
        #expect(ended.output == "app add tea 2: added 2 tea\n")
    }

    @Test func `What a client cannot do ends it with status 1 and its place`() throws {
        let ended = try DemoProgram.run(script: "web cancel\n")
        #expect(ended.status == 1)
        #expect(ended.errors.contains(":1: web cancel: the web sees no order yet"))
    }

    @Test func `A bad line ends it with status 2 before anything is done`() throws {
        let ended = try DemoProgram.run(script: "app add tea\nweb dance\n")
        #expect(ended.status == 2)
        #expect(ended.errors.contains(#":2: "web dance" is no command; after web comes one of"#))
        #expect(ended.output.isEmpty)
    }

    @Test func `Without a terminal and without a script it says what to do`() throws {
        let ended = try DemoProgram.run()
        #expect(ended.status == 1)
        #expect(ended.errors.contains("--script FILE"))
    }

    @Test func `A script that is not there is told`() throws {
        let ended = try DemoProgram.run("--script", "/no/such/file")
        #expect(ended.status == 1)
        #expect(ended.errors.contains("/no/such/file cannot be read"))
    }
}
