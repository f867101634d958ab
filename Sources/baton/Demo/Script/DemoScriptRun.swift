import BatonSync

/// Runs a script: nothing syncs by itself and the clock moves a second with each line, so that the same script
/// always tells the same.
struct DemoScriptRun {
    private static let pageWidth = 100

    private let shop: DemoShop
    private let file: String
    private let tell: (String) -> Void

    init(_ shop: DemoShop, file: String, tell: @escaping (String) -> Void) {
        self.shop = shop
        self.file = file
        self.tell = tell
    }

    /// Runs all lines. Ends at the first that fails, or that expects what is not so, with its place.
    func run(_ script: DemoScript) async throws {
        for step in script.steps {
            shop.clock.step()
            do {
                try await run(step)
            } catch let failure as SyncFailure {
                throw CommandFailure("\(place(step)): \(step.text): \(failure.message)")
            } catch let failure as CommandFailure {
                throw CommandFailure("\(place(step)): \(step.text): \(failure)")
            }
        }
    }

    private func place(_ step: DemoScript.Step) -> String { "\(file):\(step.line)" }

    private func run(_ step: DemoScript.Step) async throws {
        switch step.command {
        case .act(let seat, let action):
            let told = try await shop[seat]?.perform(action) ?? action.done
            tell("\(step.text): \(told)")
        case .wait:
            // Twice: the first client takes in with the second round what the last one sent.
            for device in shop.devices + shop.devices where device.network.cutAt == nil {
                _ = try await device.client.sync()
            }
            tell("wait: all that have a network have synced")
        case .show:
            for line in DemoScreen.page(try await shop.model(), width: Self.pageWidth) {
                tell(line)
            }
        case .expect(let seats, let expectation):
            try check(expectation, at: seats, in: try await shop.model())
            tell("\(step.text): yes")
        }
    }

    private func check(
        _ expectation: DemoExpectation, at seats: [DemoSeat], in model: DemoModel
    ) throws {
        for panel in model.panels where seats.contains(panel.seat) {
            if let shown = expectation.difference(at: panel, in: model) {
                throw CommandFailure("the \(panel.seat.rawValue) shows \(shown)")
            }
        }
    }
}
