/// What planners may know about a function beyond its signature: they ask for traits, never for its name.
package struct FunctionTraits: Sendable {
  /// Whether two calls with equal arguments can differ, as with `rand()`: such calls are never folded.
  package let isVolatile: Bool
  /// Roughly what a row costs, for running cheap conditions first.
  package let cost: Cost
  /// How a call is written.
  package let notation: Notation
  /// The test that the function performs, if others than its kernel can perform it.
  package let meaning: FunctionMeaning?

  package enum Cost: Int, Sendable {
    /// A comparison or a sum of numbers.
    case low = 1
    case usual = 10
    /// A regular expression.
    case high = 40
  }

  package enum Notation: Sendable {
    /// `strlen(text)`
    case call
    /// `a + b`; with one operand `-a`.
    case infix
    /// `a in (b, c)`
    case list
    /// `a between (b .. c)`
    case range
    /// `a[b]`
    case element
  }

  init(
    isVolatile: Bool = false, cost: Cost = .usual, notation: Notation = .call, meaning: FunctionMeaning? = nil
  ) {
    self.isVolatile = isVolatile
    self.cost = cost
    self.notation = notation
    self.meaning = meaning
  }

  static let usual = FunctionTraits()

  /// A conversion between types, whether written by the user or inserted by the binder.
  static let conversion = FunctionTraits(meaning: .conversion)
}

/// A test that others than a function's kernel can perform: row groups by their bounds, foreign sources in their own
/// language.
package enum FunctionMeaning: Sendable, Hashable {
  case conjunction
  case disjunction
  case negation
  case comparison(Comparison)
  /// Whether the first argument is between the second and the third, both included.
  case range(isOutside: Bool)
  /// Whether the first argument equals one of the others, including letter case.
  case membership(isOutside: Bool)
  case nullness(isNull: Bool)
  case emptiness(isEmpty: Bool)
  /// Whether the first argument, a text, matches the second in this way.
  case search(TextTest, ignoresCase: Bool)
  /// The argument as another type.
  case conversion
  /// An array of the arguments, or with names a bag of names and their values in turn.
  case packing(hasNames: Bool)
  /// The element of the first argument, an array or a bag, that the second names.
  case element
  /// The key of the enclosing partition, by the name that the query gives it.
  case partitionKey(String)
}

extension FunctionMeaning {
  var comparison: Comparison? {
    if case .comparison(let comparison) = self { return comparison }
    return nil
  }
}
