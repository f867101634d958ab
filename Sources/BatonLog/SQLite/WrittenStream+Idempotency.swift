import BatonCore

extension WrittenStream {
    /// Remembers the request under its idempotency key, and forgets a few old ones of the tenant.
    func remember(
        _ key: IdempotencyKey, _ request: AppendRequest, _ plan: AppendPlan
    ) throws(LogFailure) {
        guard let rows, let replica = try find(request.replica)?.row else { return }
        try connection.run(
            .remember, rows.tenant, rows.stream, .text(key.key), .blob(key.digest),
            .integer(replica), .integer(plan.firstCounter), .integer(Int64(request.entries.count)),
            .integer(request.receivedAt))
        try connection.run(
            .forgetOld, rows.tenant,
            .integer(request.receivedAt - LogLimits.idempotencyLifetime),
            .integer(LogLimits.forgottenAtOnce))
    }
}
