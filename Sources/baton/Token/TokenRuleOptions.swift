import ArgumentParser
import BatonServer

/// What a server asks of tokens besides a good signature.
struct TokenRuleOptions: ParsableArguments {
    @Option(
        name: .customLong("issuer"),
        help: ArgumentHelp(
            "Take tokens of this issuer (iss) only. May be repeated.", valueName: "name"))
    var issuers: [String] = []

    @Option(
        help: ArgumentHelp(
            "The server's own name: tokens must be for it (aud). Without one, tokens for anybody in particular are refused.",
            valueName: "name"))
    var audience: String?

    @Option(
        help: ArgumentHelp(
            "How far clocks may differ: \(TokenRules().leeway) if not given, at most \(TokenRules.longestLeeway).",
            valueName: "seconds"))
    var clockLeeway: Int64?

    func validate() throws {
        guard (0...TokenRules.longestLeeway).contains(clockLeeway ?? 0) else {
            throw ValidationError("--clock-leeway is from 0 to \(TokenRules.longestLeeway)")
        }
    }

    var rules: TokenRules {
        TokenRules(
            issuers: Set(issuers), audience: audience, leeway: clockLeeway ?? TokenRules().leeway)
    }
}
