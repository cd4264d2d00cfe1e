extension CommandDeclaration {
  private static let fromQuery: [Usage.Part] = [
    .value(.tableName, "T"), .hidden([.value(.properties, "with")]), "<|", .value(.query, "query"),
  ]
  private static let columns = Usage.Part.value(.schema, "(a: long, b: string)")
  private static let properties = Usage.Part.optional([.value(.properties, #"with (docstring = "...", folder = "...")"#)])
  /// What a table, and each of its columns, is for.
  private static let texts: [Usage.Part] = [
    .optional(["docstring", .value(.string, #""...""#)]), .optional(["folder", .value(.string, #""...""#)]),
    .optional(["column-docstrings", .value(.columnTexts, #"(a: "...")"#)]),
  ]
  private static let ingestion = Usage.Part.optional([.value(.properties, #"with (format = "csv", ignoreFirstRecord = true)"#)])

  private static let retention: [Usage.Part] = [
    "softdelete", "=", .value(.timespan, "30d"), .hidden(["recoverability", "=", .either(["enabled", "disabled"])]),
  ]

  /// Commands about tables.
  static let ofTables: [CommandDeclaration] = [
    CommandDeclaration(
      ".show tables", [.optional([.value(.names, "(A, B)")]), .optional(["details"])], traits: .isTabular,
      summary: "Lists the tables, their rows and columns; `details` lists their folders and what they are for.",
      examples: [".show tables | where Rows > 1000", ".show tables (runs, edges) details"]),
    CommandDeclaration(
      ".show table",
      [.value(.table, "T"), .optional([.either(["schema", "cslschema", "details"]), .hidden(["as", "csl"])])],
      traits: .isTabular, summary: "Lists the columns of a table; `cslschema` gives them as one line of KQL.",
      examples: [".show table runs", ".show table runs cslschema"]),
    CommandDeclaration(
      ".show database schema", [.optional(["as", .either(["json"])])], traits: .isTabular,
      summary: "Lists the columns of all tables; `as json` gives tables and functions as one text.",
      examples: [#".show database schema | where ColumnType == "timespan""#, ".show database schema as json"]),
    CommandDeclaration(
      ".show schema", [.optional(["as", .either(["json"])])], traits: .isTabular,
      summary: "Does the same as `.show database schema`.", examples: [".show schema as json"]),
    CommandDeclaration(
      ".show databases", [.hidden([.either(["details", "identity"])])], traits: .isTabular, summary: "Lists the databases: there is one.",
      examples: [".show databases | project DatabaseName, IsCurrent"]),
    CommandDeclaration(
      ".show database", [.hidden([.either(["details", "identity"])])], traits: .isTabular, summary: "Shows the database.",
      examples: [".show database"]),
    CommandDeclaration(
      ".show version", traits: .isTabular, summary: "Shows the version of Plumb.", examples: [".show version"]),
    CommandDeclaration(
      ".show queries", traits: .isTabular, summary: "Lists the queries that clients of a server run; elsewhere there are none.",
      examples: [".show queries"]),
    CommandDeclaration(
      ".create table", [.value(.newName, "T"), columns, properties], summary: "Creates an empty table.",
      examples: [".create table notes (at: datetime, pipeline: string, text: string)"]),
    CommandDeclaration(
      ".create tables", [.value(.newTables, "A (a: long), B (b: string)"), properties],
      summary: "Creates empty tables; those that exist stay as they are.",
      examples: [".create tables pages (path: string), visits (at: datetime, page: string)"]),
    CommandDeclaration(
      ".create-merge tables", [.value(.newTables, "A (a: long), B (b: string)"), properties],
      summary: "Creates empty tables, or adds the columns that they do not have.",
      examples: [".create-merge tables pages (path: string), visits (at: datetime, page: string)"]),
    CommandDeclaration(
      ".create-merge table", [.value(.newName, "T"), columns, properties],
      summary: "Creates an empty table, or adds the columns that it does not have.",
      examples: [".create-merge table visits (at: datetime, page: string)"]),
    CommandDeclaration(
      ".alter-merge table", [.value(.tableName, "T")] + texts.suffix(1) + [.optional([columns]), properties],
      summary: "Adds the columns that a table does not have, null in its rows; or says what some columns are for.",
      examples: [".create table visits (at: datetime)", ".alter-merge table visits (page: string)"]),
    CommandDeclaration(
      ".alter table", [.value(.tableName, "T")] + texts + [.optional([columns]), properties],
      summary: "Gives a table exactly these columns: others are deleted, and new ones are null; or says what it is for.",
      examples: [
        ".create table visits (at: datetime, page: string)", ".alter table visits (page: string, user: string)",
        #".alter table visits docstring "Pages that people read.""#,
      ]),
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
      ".alter column", [.value(.table, "T.a"), .optional(["docstring", .value(.string, #""...""#)]), .optional(["type", "=", .value(.type, "long")])],
      summary: "Converts a column to another type, null where a value cannot be converted; or says what it is for.",
      examples: [".create table visits (at: datetime, page: string)", ".alter column visits.at type=string"]),
    CommandDeclaration(
      ".drop column", [.value(.table, "T.a"), .optional(["ifexists"])], summary: "Deletes a column of a table.",
      examples: [".create table visits (at: datetime, page: string)", ".drop column visits.page"]),
    CommandDeclaration(
      ".rename columns", [.value(.renames, "b = T.a, a = T.b")], summary: "Renames columns of a table at once, so that they can swap names.",
      examples: [".create table visits (at: string, page: string)", ".rename columns page = visits.at, at = visits.page"]),
    CommandDeclaration(
      ".rename column", [.value(.table, "T.a"), "to", .value(.newName, "b")], summary: "Renames a column of a table.",
      examples: [".create table visits (at: datetime, page: string)", ".rename column visits.page to path"]),
    CommandDeclaration(
      ".delete table", [.value(.tableName, "T"), "records", .hidden([.value(.properties, "with")]), "<|", .value(.query, "query")],
      summary: "Deletes the rows of a table for which conditions are true.",
      examples: [".set failures <| runs | where status == \"failed\"", ".delete table failures records <| failures | where started < ago(1d)"]),
    CommandDeclaration(
      ".update table",
      [
        .value(.tableName, "T"), "delete", .value(.newName, "D"), "append", .value(.newName, "A"),
        .optional([.value(.properties, "with (whatif = true)")]), "<|", .value(.bindings, "let D = T | where ...; let A = ...;"),
      ],
      summary: "Deletes rows of a table and adds others, both or neither; `whatif` only counts them.",
      examples: [
        ".set failures <| runs | where status == \"failed\"",
        ".update table failures delete D append A <| let D = failures | where source == \"s3\"; let A = failures | take 0;",
      ]),
    CommandDeclaration(
      ".ingest inline into table", [.value(.tableName, "T"), ingestion, .hidden(["<|"]), .value(.rows, "rows")],
      summary: "Adds the rows in the text to a table: up to an empty line, or a line that ends with `;`.",
      examples: [".create table visits (at: datetime, page: string)", ".ingest inline into table visits <| 2026-03-06 10:00,home"]),
    CommandDeclaration(
      ".ingest into table", [.value(.tableName, "T"), .value(.strings, #"("a.csv", "b.csv")"#), ingestion], traits: .reachesOut,
      summary: "Adds the rows of files to a table.",
      examples: [
        ".create table loads (pipeline: string, status: string, duration: timespan)",
        #".ingest into table loads ("runs.csv") with (format = "csv", ignoreFirstRecord = true)"#,
      ]),
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
      ".drop table", [.value(.tableName, "T"), .optional(["columns", .value(.names, "(a, b)")]), .optional(["ifexists"])],
      summary: "Deletes a table, or some of its columns.",
      examples: [".drop table failures ifexists", ".create table visits (at: datetime, page: string, user: string)", ".drop table visits columns (page, user)"]),
    CommandDeclaration(
      ".drop tables", [.value(.names, "(A, B)"), .optional(["ifexists"])], summary: "Deletes tables, all of them or none.",
      examples: [".drop tables (failures, visits) ifexists"]),
    CommandDeclaration(
      ".rename table", [.value(.tableName, "A"), "to", .value(.newName, "B")], summary: "Renames a table.",
      examples: [".rename table alerts to warnings"]),
    CommandDeclaration(
      ".rename tables", [.value(.renames, "A = B, B = A")], summary: "Renames tables at once, so that they can swap names; `ifexists` after an old name passes over a missing table.",
      examples: [".create table fresh (n: long)", ".create table stale (n: long)", ".rename tables fresh = stale, stale = fresh"]),
    CommandDeclaration(
      ".clear table", [.value(.tableName, "T"), .optional(["data"])], summary: "Deletes all rows of a table.",
      examples: [".clear table metrics data"]),
    CommandDeclaration(
      ".execute database script", [.optional([.value(.properties, "with (ContinueOnErrors = true)")]), "<|", .value(.script, "commands")],
      summary: "Runs the commands in the rest of the text, and lists how each of them ended.",
      examples: [".execute database script <| .create table visits (at: datetime); .drop table visits"]),
  ]
}
