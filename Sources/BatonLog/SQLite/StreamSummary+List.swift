import BatonCore

extension StreamSummary {
    /// The streams of a tenant that lie in a file, in ascending order.
    static func list(
        of tenant: TenantID, after name: StreamID?, limit: Int, on connection: Connection
    ) throws(LogFailure) -> [StreamSummary] {
        var streams: [StreamSummary] = []
        try connection.each(
            .streamsAfter, .text(tenant.description), .text(name?.description ?? ""),
            .integer(Int64(max(0, limit)))
        ) { (row) throws(LogFailure) in
            guard let name = try? StreamID(row.text(0)) else {
                throw LogFailure(.corrupt, "a stream's name is damaged: restore from a backup")
            }
            // The stream's row says what was so when it was saved; the last chunk what is.
            let last = try connection.first(
                .lastChunk, .integer(row.integer(1)), .integer(row.integer(2))
            ) { (row) throws(LogFailure) in
                (offset: try Chunk(header: row, from: 0).lastOffset, receivedAt: row.integer(4))
            }
            let saved = Offset(row.integer(3))
            let isNewer = last.map { $0.offset > saved } ?? false
            streams.append(
                StreamSummary(
                    stream: name, head: isNewer ? last?.offset ?? saved : saved,
                    horizon: Offset(row.integer(4)), replicas: Int(row.integer(6)),
                    updatedAt: isNewer ? last?.receivedAt ?? 0 : row.integer(5)))
            return true
        }
        return streams
    }
}

extension TenantID {
    /// The tenants that have streams in a file, in ascending order.
    static func list(after name: TenantID?, limit: Int, on connection: Connection)
        throws(LogFailure) -> [TenantID]
    {
        var tenants: [TenantID] = []
        try connection.each(
            .tenantsAfter, .text(name?.description ?? ""), .integer(Int64(max(0, limit)))
        ) { (row) throws(LogFailure) in
            guard let name = try? TenantID(row.text(0)) else {
                throw LogFailure(.corrupt, "a tenant's name is damaged: restore from a backup")
            }
            tenants.append(name)
            return true
        }
        return tenants
    }
}
