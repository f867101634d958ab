internal import BatonCore

/// An Olist order with all that other tables say about it.
struct OlistOrder {
    let place: RowPlace
    let id: String
    let customer: String
    let status: String
    let stamps: OlistStamps
    let steps: [OlistStates.Step]
    var lines: [ShopLine] = []
    var total: Int64 = 0
    var payments: [ShopPayment] = []
}

/// Olist's tables, joined by order.
struct OlistTables {
    static let currency = "BRL"

    private(set) var orders: [OlistOrder] = []
    /// The person and the federal state behind a customer id, which is one order's only.
    private(set) var customers: [String: (person: String, state: String)] = [:]
    private var categories: [String: String] = [:]
    private var placeOfOrder: [String: Int] = [:]
    private var seen: Set<[String]> = []
    private var isLimited = false

    init(_ folder: DataFolder, _ report: inout ReadingReport) throws(ReplayFailure) {
        try read(.olistCustomers, in: folder, &report) { tables, row, _ throws(RowDefect) in
            tables.customers[try row.required("customer_id")] = (
                try row.required("customer_unique_id"), row["customer_state"]
            )
        }
        try read(.olistProducts, in: folder, &report) { tables, row, _ throws(RowDefect) in
            let english = row["category_en"]
            tables.categories[try row.required("product_id")] =
                english.isEmpty ? row["product_category_name"] : english
        }
        for file in folder.files(of: .olistOrders) {
            var table = try CSVTable(file)
            while let row = try table.nextEvent(&report) {
                do throws(RowDefect) {
                    try takeOrder(row, &report)
                } catch {
                    try report.skip(row.place, error)
                }
            }
        }
        isLimited = try !report.hasRoomForEventRow()
        try read(.olistItems, in: folder, &report) { tables, row, report throws(RowDefect) in
            try tables.takeItem(row, &report)
        }
        try read(.olistPayments, in: folder, &report) { tables, row, report throws(RowDefect) in
            try tables.takePayment(row, &report)
        }
    }

    private mutating func read(
        _ content: FileContent, in folder: DataFolder, _ report: inout ReadingReport,
        _ take: (inout OlistTables, CSVRow, inout ReadingReport) throws(RowDefect) -> Void
    ) throws(ReplayFailure) {
        for file in folder.files(of: content) {
            var table = try CSVTable(file)
            while let row = try table.next(&report) {
                do throws(RowDefect) {
                    try take(&self, row, &report)
                } catch {
                    try report.skip(row.place, error)
                }
            }
        }
    }

    private mutating func takeOrder(
        _ row: CSVRow, _ report: inout ReadingReport
    ) throws(RowDefect) {
        let id = SafeName.make("", try row.required("order_id"))
        guard placeOfOrder[id] == nil else {
            report.note(.duplicateRow, at: row.place)
            return
        }
        let stamps = OlistStamps(
            purchased: try TimeText.milliseconds(row["order_purchase_timestamp"]),
            approved: try TimeText.millisecondsIfPresent(row["order_approved_at"]),
            shipped: try TimeText.millisecondsIfPresent(row["order_delivered_carrier_date"]),
            delivered: try TimeText.millisecondsIfPresent(row["order_delivered_customer_date"]))
        let status = try row.required("order_status")
        placeOfOrder[id] = orders.count
        orders.append(
            OlistOrder(
                place: row.place, id: id, customer: try row.required("customer_id"),
                status: status, stamps: stamps, steps: try OlistStates.steps(to: status, stamps)))
    }

    private mutating func takeItem(
        _ row: CSVRow, _ report: inout ReadingReport
    ) throws(RowDefect) {
        guard let place = try order(of: row, "item", "order_item_id", &report) else { return }
        let sku = try row.required("product_id")
        let price = try AmountText(row["price"], Self.currency).money
        let freight =
            row["freight_value"].isEmpty
            ? 0 : try AmountText(row["freight_value"], Self.currency).money.amount
        orders[place].lines.combine(
            ShopLine(
                sku: sku, title: categories[sku].flatMap { $0.isEmpty ? nil : $0 }, price: price))
        orders[place].total += price.amount + freight
    }

    private mutating func takePayment(
        _ row: CSVRow, _ report: inout ReadingReport
    ) throws(RowDefect) {
        guard let place = try order(of: row, "payment", "payment_sequential", &report) else {
            return
        }
        let amount = try AmountText(row["payment_value"], Self.currency).money
        if amount.amount == 0 { report.note(.freePayment, at: row.place) }
        orders[place].payments.append(
            ShopPayment(
                key: row["payment_sequential"], method: try row.required("payment_type"),
                amount: amount, installments: Int64(row["payment_installments"])))
    }

    /// Where the row's order is; `nil` if the row came before or has no order.
    private mutating func order(
        of row: CSVRow, _ table: String, _ number: String, _ report: inout ReadingReport
    ) throws(RowDefect) -> Int? {
        let id = SafeName.make("", try row.required("order_id"))
        guard let place = placeOfOrder[id] else {
            if !isLimited { report.note(.detailWithoutOrder, at: row.place) }
            return nil
        }
        guard seen.insert([table, id, try row.required(number)]).inserted else {
            report.note(.duplicateRow, at: row.place)
            return nil
        }
        return place
    }
}
