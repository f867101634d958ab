import BatonCore
import BatonSync

/// What a shopper does in a day: 40 edits in eight visits to the app.
enum ShoppingDay {
    static let visits = 8
    static let editsPerVisit = 5
    static let edits = visits * editsPerVisit

    /// Makes the edit of that number, from 0.
    static func make(_ number: Int, in edit: inout StreamEdit) throws {
        let sku = "sku-\(10_482 + number * 31)"
        // What was put in earlier: edits 0, 8, 16 … add an article.
        let earlier = "sku-\(10_482 + number / 8 * 8 * 31)"
        if number == edits - 1 {
            _ = try edit.checkout()
            return
        }
        switch number % 8 {
        case 0, 1, 6:
            try edit.cart {
                $0.add(
                    sku, title: "Linen shirt, blue, number \(number)", price: Money(1_999, "EUR"),
                    attributes: ["colour": "blue", "size": "42"])
            }
        case 2: try edit.cart { $0.add(earlier) }
        case 3: try edit.cart { $0.setQuantity(earlier, to: 3) }
        case 4: try edit.cart { $0.setNote("gift wrap, deliver after 18:00", on: earlier) }
        case 5: try edit.cart { $0.remove("sku-\(10_482 + (number / 8 * 8 + 1) * 31)") }
        default:
            let city = "Town \(number)"
            try edit.profile { $0.setAddress("home", PostalAddress(city: city)) }
        }
    }
}
