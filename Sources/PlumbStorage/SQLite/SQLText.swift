import CSQLite
import GRDB
import PlumbEngine

/// A piece of SQL whose constants are parameters; shown to people with the constants filled in.
struct SQLText: ExpressibleByStringInterpolation {
  enum Constant {
    case integer(Int64)
    case real(Double)
    case text(String)
  }

  fileprivate enum Piece {
    case text(String)
    case constant(Constant)
  }

  typealias StringInterpolation = Interpolation

  private var pieces: [Piece] = []

  init(_ sql: String) { pieces = [.text(sql)] }
  init(stringLiteral sql: String) { pieces = [.text(sql)] }
  init(stringInterpolation: Interpolation) { pieces = stringInterpolation.pieces }

  struct Interpolation: StringInterpolationProtocol {
    fileprivate var pieces: [Piece] = []
    init(literalCapacity: Int, interpolationCount: Int) {}
    mutating func appendLiteral(_ literal: String) { pieces.append(.text(literal)) }
    /// A name, quoted.
    mutating func appendInterpolation(name: String) { pieces.append(.text(SQLText.quoted(name))) }
    mutating func appendInterpolation(_ constant: Constant) { pieces.append(.constant(constant)) }
    mutating func appendInterpolation(_ sql: SQLText) { pieces += sql.pieces }
    mutating func appendInterpolation(sql: String) { pieces.append(.text(sql)) }
  }

  static func joined(_ parts: [SQLText], by separator: String) -> SQLText {
    var result = SQLText("")
    for (place, part) in parts.enumerated() {
      if place > 0 { result.pieces.append(.text(separator)) }
      result.pieces += part.pieces
    }
    return result
  }

  /// With a question mark for each constant.
  var sql: String {
    pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .constant: "?"
      }
    }.joined()
  }

  /// With the constants as literals, for reading.
  var shown: String {
    pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .constant(.integer(let number)): "\(number)"
      case .constant(.real(let number)): "\(number)"
      case .constant(.text(let text)): SQLText.literal(text)
      }
    }.joined()
  }

  /// Binds the constants to a statement.
  func bind(to statement: Statement) throws {
    var arguments: [(any DatabaseValueConvertible)?] = []
    for piece in pieces {
      switch piece {
      case .text: break
      case .constant(.integer(let number)): arguments.append(number)
      case .constant(.real(let number)): arguments.append(number)
      case .constant(.text(let text)): arguments.append(text)
      }
    }
    if !arguments.isEmpty { try statement.setArguments(StatementArguments(arguments)) }
  }

  static func quoted(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  static func literal(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }
}
