/// How a text stands out on a terminal: the codes of ECMA-48 8.3.117.
enum TextStyle: String {
    case plain = ""
    case bold = "1"
    case dim = "2"
    case green = "32"
    case yellow = "33"
    case blue = "36"
    case good = "1;32"
    case bad = "1;31"

    /// The text in this style, or as it is where colours are not wanted.
    func paint(_ text: String, isColoured: Bool) -> String {
        isColoured && self != .plain ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }
}
