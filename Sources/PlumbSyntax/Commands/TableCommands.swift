extension CommandDeclaration {
  private static let fromQuery: [Usage.Part] = [
    .value(.tableName, "T"), .hidden([.value(.properties, "with")]), "<|", .value(.query, "query"),
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
      ".create table", [.value(.newName, "T"), .value(.schema, "(a: long, b: string)")],
      summary: "Creates an empty table.",
      examples: [".create table notes (at: datetime, pipeline: string, text: string)"]),
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
