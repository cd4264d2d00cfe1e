extension CommandDeclaration {
  private static let properties = Usage.Part.optional([.value(.properties, #"with (docstring = "...")"#)])
  private static let body: [Usage.Part] = [.value(.newName, "F"), .value(.function, "(x: long) { body }")]

  /// Commands about stored functions.
  static let ofFunctions: [CommandDeclaration] = [
    CommandDeclaration(
      ".show functions", traits: .isTabular, summary: "Lists the stored functions.", examples: [".show functions"]),
    CommandDeclaration(
      ".show function", [.value(.functionName, "F")], traits: .isTabular, summary: "Shows one stored function.",
      examples: [".create-or-alter function twice(x: long) { 2 * x }", ".show function twice"]),
    CommandDeclaration(
      ".create function", [.optional(["ifnotexists"]), properties, .hidden(["ifnotexists"])] + body,
      summary: "Stores a function.",
      examples: [
        #".create function failed(since: timespan) { runs | where status == "failed" and started > ago(since) }"#,
        "failed(2h) | count",
      ]),
    CommandDeclaration(
      ".create-or-alter function", [properties] + body,
      summary: "Stores a function, or replaces the one of its name.",
      examples: [
        ".create-or-alter function share(part: long, whole: long) { round(100.0 * part / whole, 1) }",
        "print share(3, 8)",
      ]),
    CommandDeclaration(
      ".alter function",
      [
        properties, body[0], .optional(["docstring", .value(.string, #""...""#)]), .optional(["folder", .value(.string, #""...""#)]),
        .optional([body[1]]),
      ], summary: "Changes a stored function, or says what it is for.",
      examples: [
        ".create function ifnotexists twice(x: long) { x + x }", ".alter function twice(x: long) { 2 * x }",
        #".alter function twice docstring "Doubles a number.""#,
      ]),
    CommandDeclaration(
      ".drop function", [.value(.functionName, "F"), .optional(["ifexists"])], summary: "Deletes a stored function.",
      examples: [".drop function twice ifexists"]),
  ]
}
