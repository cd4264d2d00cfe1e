extension CommandDeclaration {
  private static let properties = Usage.Part.optional([.value(.properties, #"with (severity = "high", every = 5m)"#)])
  private static let rule: [Usage.Part] = [.value(.newName, "NAME"), properties, "<|", .value(.query, "query")]

  /// Commands about alerts.
  static let ofAlerts: [CommandDeclaration] = [
    CommandDeclaration(
      ".show alerts", traits: .isTabular, summary: "Lists the rules of alerts, and how many of their instances fire.",
      examples: [".show alerts", ".show alerts | where firing > 0"]),
    CommandDeclaration(
      ".show alert", [.value(.newName, "NAME")], traits: .isTabular, summary: "Shows a rule as a file.",
      examples: [".show alert late-feed"]),
    CommandDeclaration(
      ".create alert", rule, summary: "Stores a rule: a query whose rows are what is wrong.",
      examples: [
        #".create alert many-failures with (severity = "high", every = 10m, for = 20m, key = "source") <| runs | where ended > ago(1h) and status == "failed" | summarize failures = count() by source | where failures > 20"#,
        ".show alerts",
      ]),
    CommandDeclaration(
      ".create-or-alter alert", rule, summary: "Stores a rule, or replaces the one of its name.",
      examples: [#".create-or-alter alert skipped with (every = 1h) <| runs | where ended > ago(1h) and status == "skipped" | distinct pipeline"#]),
    CommandDeclaration(
      ".alter alert", [.value(.newName, "NAME"), properties, .optional(["<|", .value(.query, "query")])],
      summary: "Changes properties of a rule, or its query.",
      examples: [
        #".create-or-alter alert skipped with (every = 1h) <| runs | where ended > ago(1h) and status == "skipped" | distinct pipeline"#,
        #".alter alert skipped with (severity = "low", keep = 2h)"#,
      ]),
    CommandDeclaration(
      ".drop alert", [.value(.newName, "NAME"), .optional(["ifexists"])], summary: "Deletes a rule.",
      examples: [".drop alert skipped ifexists"]),
    CommandDeclaration(
      ".silence",
      [
        .value(.newName, "NAME"), .optional(["where", .value(.expression, "condition")]), "until", .value(.expression, "T"), "because",
        .value(.expression, #""reason""#),
      ],
      summary: "Sends no messages about a rule until a time, or about those of its rows that meet a condition.",
      examples: [#".silence late-feed where pipeline has "eastus" until now() + 4h because "planned maintenance""#]),
    CommandDeclaration(
      ".show silences", traits: .isTabular, summary: "Lists the silences, with their ends and reasons.",
      examples: [".show silences | where active"]),
    CommandDeclaration(
      ".drop silence", [.value(.expression, "ID")], summary: "Ends a silence.",
      examples: [#".silence late-feed until now() + 1h because "maintenance""#, ".drop silence 1"]),
    CommandDeclaration(
      ".mark incident",
      [
        .value(.expression, #""pipeline""#), "from", .value(.expression, "T1"), "to", .value(.expression, "T2"),
        .optional(["because", .value(.expression, #""cause""#)]),
      ],
      summary: "Records an incident in `marked_incidents`, with which rules are tested.",
      examples: [#".mark incident "entra-signin-eastus" from ago(5h) to ago(2h) because "expired certificate""#]),
    CommandDeclaration(
      ".test alert", [.value(.newName, "NAME"), .optional(["over", .value(.timespan, "30d")])], traits: .isTabular,
      summary: "Replays a rule over history as it was known at each moment, and scores it against the incidents.",
      examples: [".test alert tier-1-freshness over 6h | project rule, alarms, recall, precision"]),
  ]
}
