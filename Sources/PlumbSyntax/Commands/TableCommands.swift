extension CommandDeclaration {
  private static let fromQuery: [Usage.Part] = [
    .value(.tableName, "T"), .hidden([.value(.properties, "with")]), "<|", .value(.query, "query"),
  ]

  private static let retention: [Usage.Part] = [
    "softdelete", "=", .value(.timespan, "30d"), .hidden(["recoverability", "=", .either(["enabled", "disabled"])]),
  ]

  /// Commands about tables.
  static let ofTables: [CommandDeclaration] = [
    CommandDeclaration(
      ".show tables", [.hidden(["details"])], traits: .isTabular, summary: "Lists the tables, their rows and columns.",
      examples: [".show tables | where Rows > 1000"]),
    CommandDeclaration(
      ".show table",
      [.value(.table, "T"), .optional([.either(["schema", "cslschema", "details"]), .hidden(["as", "csl"])])],
      traits: .isTabular, summary: "Lists the columns of a table; `cslschema` gives them as one line of KQL.",
      examples: [".show table runs", ".show table runs cslschema"]),
    CommandDeclaration(
      ".show database schema", traits: .isTabular, summary: "Lists the columns of all tables.",
      examples: [#".show database schema | where ColumnType == "timespan""#]),
    CommandDeclaration(
      ".create table", [.value(.newName, "T"), .value(.schema, "(a: long, b: string)"), .hidden([.value(.properties, "with")])],
      summary: "Creates an empty table.",
      examples: [".create table notes (at: datetime, pipeline: string, text: string)"]),
    CommandDeclaration(
      ".create-merge table", [.value(.newName, "T"), .value(.schema, "(a: long, b: string)"), .hidden([.value(.properties, "with")])],
      summary: "Creates an empty table, or adds the columns that it does not have.",
      examples: [".create-merge table visits (at: datetime, page: string)"]),
    CommandDeclaration(
      ".alter-merge table", [.value(.tableName, "T"), .value(.schema, "(a: long, b: string)"), .hidden([.value(.properties, "with")])],
      summary: "Adds the columns that a table does not have; they are null in its rows.",
      examples: [".create table visits (at: datetime)", ".alter-merge table visits (page: string)"]),
    CommandDeclaration(
      ".alter table", [.value(.tableName, "T"), .value(.schema, "(a: long, b: string)"), .hidden([.value(.properties, "with")])],
      summary: "Gives a table exactly these columns: others are deleted, and new ones are null.",
      examples: [".create table visits (at: datetime, page: string)", ".alter table visits (page: string, user: string)"]),
    CommandDeclaration(
      ".alter table T policy retention", retention,
      summary: "Deletes the rows of a table whose first datetime is older, now and after each import; the workspace file keeps the policy.",
      examples: [".set-or-replace recent <| runs | project started, pipeline", ".alter table recent policy retention softdelete = 2d"]),
    CommandDeclaration(
      ".alter-merge table T policy retention", retention,
      summary: "Does the same as `.alter table T policy retention`.",
      examples: [".set-or-replace recent <| runs | project started, pipeline", ".alter-merge table recent policy retention softdelete = 2d"]),
    CommandDeclaration(
      ".show table T policy retention", traits: .isTabular, summary: "Shows how long the rows of a table are kept.",
      examples: [".show table runs policy retention"]),
    CommandDeclaration(
      ".delete table T policy retention", summary: "Keeps the rows of a table from now on, however old they are.",
      examples: [".delete table runs policy retention"]),
    CommandDeclaration(
      ".drop column", [.value(.table, "T.a")], summary: "Deletes a column of a table.",
      examples: [".create table visits (at: datetime, page: string)", ".drop column visits.page"]),
    CommandDeclaration(
      ".rename column", [.value(.table, "T.a"), "to", .value(.newName, "b")], summary: "Renames a column of a table.",
      examples: [".create table visits (at: datetime, page: string)", ".rename column visits.page to path"]),
    CommandDeclaration(
      ".delete table", [.value(.tableName, "T"), "records", .hidden([.value(.properties, "with")]), "<|", .value(.query, "query")],
      summary: "Deletes the rows of a table for which conditions are true.",
      examples: [".set failures <| runs | where status == \"failed\"", ".delete table failures records <| failures | where started < ago(1d)"]),
    CommandDeclaration(
      ".set", fromQuery, summary: "Creates a table from a query's rows.",
      examples: [#".set failures <| runs | where status == "failed""#]),
    CommandDeclaration(
      ".append", fromQuery, summary: "Appends a query's rows to a table.",
      examples: [
        ".set latest <| runs | where started > ago(1h)",
        ".append latest <| runs | where started between (ago(2h) .. ago(1h))",
      ]),
    CommandDeclaration(
      ".set-or-append", fromQuery, summary: "Appends a query's rows to a table, and creates it if missing.",
      examples: [".set-or-append seen <| runs | where started > ago(1h) | project pipeline, started"]),
    CommandDeclaration(
      ".set-or-replace", fromQuery, summary: "Replaces a table with a query's rows, or creates it.",
      examples: [".set-or-replace daily <| runs | summarize attempts = count() by day = startofday(started)"]),
    CommandDeclaration(
      ".drop table", [.value(.tableName, "T"), .optional(["ifexists"])], summary: "Deletes a table.",
      examples: [".drop table failures ifexists"]),
    CommandDeclaration(
      ".rename table", [.value(.tableName, "A"), "to", .value(.newName, "B")], summary: "Renames a table.",
      examples: [".rename table alerts to warnings"]),
    CommandDeclaration(
      ".clear table", [.value(.tableName, "T"), .optional(["data"])], summary: "Deletes all rows of a table.",
      examples: [".clear table metrics data"]),
    CommandDeclaration(
      ".execute database script", [.optional([.value(.properties, "with (ContinueOnErrors = true)")]), "<|", .value(.script, "commands")],
      summary: "Runs the commands in the rest of the text, and lists how each of them ended.",
      examples: [".execute database script <| .create table visits (at: datetime); .drop table visits"]),
  ]
}
