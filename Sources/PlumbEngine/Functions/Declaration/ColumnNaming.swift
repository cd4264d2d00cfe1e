/// The name of a column that a call makes if the query does not give it one.
package enum ColumnNaming: Sendable {
  /// `Column1`, `print_0`
  case numbered
  /// As the first argument: `x` for `round(x, 2)`.
  case firstArgument
  /// As the only argument; numbered when there are more.
  case onlyArgument
  /// `strlen_x` for `strlen(x)`; numbered when the argument has no name.
  case functionAndFirst
  /// What the first argument says, which is a text: `x` for `column_ifexists("x", 0)`.
  case firstText
}

/// The columns of a function with several results, in `project f(x)` and `extend (a, b) = f(x)`: by the place of each in the
/// array that the function gives.
package enum ResultColumns: Sendable {
  case fixed([ColumnInfo])
  /// As many as there are arrays among the arguments, if there are several.
  case sortedArrays
}

extension ScalarFunction {
  /// The function with another way to name columns.
  func naming(_ naming: ColumnNaming) -> ScalarFunction {
    var function = self
    function.naming = naming
    return function
  }

  /// The function with columns for its results.
  func resulting(in results: ResultColumns) -> ScalarFunction {
    var function = self
    function.results = results
    return function
  }
}
