/// What happened in worlds, counted: a simulation in which nothing goes wrong proves nothing.
package struct Tally: Sendable, Hashable, Encodable {
    /// Writes of people on devices with a store.
    package var writes = 0
    /// Writes at kiosks.
    package var thinWrites = 0
    /// Entries that became durable in logs.
    package var events = 0
    /// Of these, records of refused events.
    package var refusals = 0
    /// Syncs that devices began.
    package var syncs = 0
    /// Requests of all kinds.
    package var requests = 0
    /// Requests and answers that were lost.
    package var lostMessages = 0
    /// Requests and answers that came twice.
    package var doubledMessages = 0
    /// Devices that died over a write.
    package var deviceCrashes = 0
    /// Times that the server died or was restarted.
    package var serverCrashes = 0
    /// Times that a device was cut off, in one direction or both.
    package var partitions = 0
    /// Times that somebody set a device's clock.
    package var clocksSet = 0
    /// Times that the server's clock jumped.
    package var serverClocksSet = 0
    /// Clock corrections that devices worked out.
    package var clocksCorrected = 0
    /// Disks that were copied onto another device.
    package var clones = 0
    /// Replica ids that were given up for new ones.
    package var replicasReplaced = 0
    /// Compactions.
    package var compactions = 0
    /// Snapshots that devices took in place of their state.
    package var snapshotsTaken = 0
    /// Messages on live connections.
    package var liveAnswers = 0
    /// Devices and servers that got the newer schemas.
    package var upgrades = 0
    /// Times that a device put newer schemas of the server in force while it ran.
    package var schemasLearned = 0
    /// Times that somebody asked for an adoption.
    package var logins = 0
    /// Answers that one stream was adopted into another.
    package var adoptions = 0
    /// Times that a device went on in the adopting stream with what waited in the adopted one.
    package var moves = 0
    /// States that were replaced because their hash was not the server's.
    package var statesReplaced = 0
    /// Logs that a device found cut short.
    package var logsReplaced = 0
    /// Times that the server's log was lost and made anew from a backup.
    package var restores = 0
    /// Times that the server's disk was full.
    package var fullDisks = 0
    /// Milliseconds of simulated time, times the devices in it.
    package var deviceTime: Int64 = 0
    /// Milliseconds of it in which a person used the device, so that it was awake and synced.
    package var awakeTime: Int64 = 0

    /// Nothing yet.
    package init() {}

    /// Counts another world's as well.
    mutating func add(_ other: Tally) {
        writes += other.writes
        thinWrites += other.thinWrites
        events += other.events
        refusals += other.refusals
        syncs += other.syncs
        requests += other.requests
        lostMessages += other.lostMessages
        doubledMessages += other.doubledMessages
        deviceCrashes += other.deviceCrashes
        serverCrashes += other.serverCrashes
        partitions += other.partitions
        clocksSet += other.clocksSet
        serverClocksSet += other.serverClocksSet
        clocksCorrected += other.clocksCorrected
        clones += other.clones
        replicasReplaced += other.replicasReplaced
        compactions += other.compactions
        snapshotsTaken += other.snapshotsTaken
        liveAnswers += other.liveAnswers
        upgrades += other.upgrades
        schemasLearned += other.schemasLearned
        logins += other.logins
        adoptions += other.adoptions
        moves += other.moves
        statesReplaced += other.statesReplaced
        logsReplaced += other.logsReplaced
        restores += other.restores
        fullDisks += other.fullDisks
        deviceTime += other.deviceTime
        awakeTime += other.awakeTime
    }
}
