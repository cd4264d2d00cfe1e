import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension DatabaseCommand {
  /// Commands that change the catalog, each as a whole or not at all.
  static let changing: [DatabaseCommand] = [
    DatabaseCommand(
      words: [".create", "table"], usage: ".create table T (a: long, b: string)", summary: "Makes an empty table.",
      examples: [".create table notes (at: datetime, pipeline: string, text: string)"]
    ) { reader, given in
      let (name, span) = try reader.name("the name of the new table")
      let schema = try given.schema(&reader)
      try reader.finish(".create table T (a: long, b: string)")
      if let known = given.catalog.schema(ofTable: name) {
        guard known == schema else {
          throw Diagnostic("table-exists", "there is already a table `\(name)` with other columns", at: span)
        }
      } else {
        try given.catalog.make([.setTable(Table(name: name, schema: schema, groups: []))])
      }
      return try given.changed(name)
    },
    DatabaseCommand(
      words: [".set"], usage: ".set T <| query", summary: "Makes a table of a query's rows.",
      examples: [#".set failures <| runs | where status == "failed""#]
    ) { reader, given in
      let (name, span) = try reader.name("the name of the new table")
      let table = try given.rows(&reader, for: name)
      if given.catalog.hasTable(named: name) {
        throw Diagnostic(
          "table-exists", "there is already a table `\(name)`", at: span,
          help: "`.append` adds to it, `.set-or-replace` takes its place")
      }
      try given.catalog.make([.setTable(table)])
      return try given.added(table)
    },
    DatabaseCommand(
      words: [".append"], usage: ".append T <| query", summary: "Adds a query's rows to a table.",
      examples: [
        ".set latest <| runs | where started > ago(1h)",
        ".append latest <| runs | where started between (ago(2h) .. ago(1h))",
      ]
    ) { reader, given in
      let start = reader.here
      let (name, _) = try given.knownTable(&reader)
      let span = SourceSpan(start.lower, reader.offset)
      let table = try given.rows(&reader, for: name)
      try given.append(table, at: span)
      return try given.added(table)
    },
    DatabaseCommand(
      words: [".set-or-append"], usage: ".set-or-append T <| query", summary: "Adds to a table, which is made if need be.",
      examples: [".set-or-append seen <| runs | where started > ago(1h) | project pipeline, started"]
    ) { reader, given in
      let (name, span) = try reader.name("the name of a table")
      let table = try given.rows(&reader, for: name)
      if given.catalog.hasTable(named: name) {
        try given.append(table, at: span)
      } else {
        try given.catalog.make([.setTable(table)])
      }
      return try given.added(table)
    },
    DatabaseCommand(
      words: [".set-or-replace"], usage: ".set-or-replace T <| query", summary: "Makes a query's rows the table.",
      examples: [".set-or-replace daily <| runs | summarize attempts = count() by day = startofday(started)"]
    ) { reader, given in
      let (name, _) = try reader.name("the name of a table")
      let table = try given.rows(&reader, for: name)
      try given.catalog.make([.setTable(table)])
      return try given.added(table)
    },
    DatabaseCommand(
      words: [".drop", "table"], usage: ".drop table T [ifexists]", summary: "Takes a table away.",
      examples: [".drop table failures ifexists"]
    ) { reader, given in
      let (name, span) = try reader.name("the name of a table")
      let isLenient = reader.skip("ifexists")
      try reader.finish(".drop table T")
      guard given.catalog.hasTable(named: name) else {
        if isLenient { return try given.changed(nil) }
        throw Diagnostic(
          "unknown-table", "there is no table `\(name)`", at: span,
          help: Suggestion.nearest(to: name, in: given.catalog.tableNames) ?? "`ifexists` behind the name makes this no mistake")
      }
      try given.catalog.make([.dropTable(name)])
      return try given.changed(nil)
    },
    DatabaseCommand(
      words: [".rename", "table"], usage: ".rename table A to B", summary: "Gives a table another name.",
      examples: [".rename table alerts to warnings"]
    ) { reader, given in
      let (name, _) = try given.knownTable(&reader)
      guard reader.skip("to") else { throw Diagnostic("bad-command", "`to` is missing here", at: reader.here) }
      let (newName, span) = try reader.name("the new name")
      try reader.finish(".rename table A to B")
      if given.catalog.hasTable(named: newName) {
        throw Diagnostic("table-exists", "there is already a table `\(newName)`", at: span)
      }
      try given.catalog.make([.renameTable(name, to: newName)])
      return try given.changed(newName)
    },
    DatabaseCommand(
      words: [".clear", "table"], usage: ".clear table T data", summary: "Takes all rows of a table away.",
      examples: [".clear table metrics data"]
    ) { reader, given in
      let (name, schema) = try given.knownTable(&reader)
      _ = reader.skip("data")
      try reader.finish(".clear table T data")
      try given.catalog.make([.setTable(Table(name: name, schema: schema, groups: []))])
      return try given.changed(name)
    },
    DatabaseCommand(
      words: [".create", "function"], usage: ".create function [ifnotexists] F(x: long) { body }",
      summary: "Keeps a function.",
      examples: [
        #".create function failed(since: timespan) { runs | where status == "failed" and started > ago(since) }"#,
        "failed(2h) | count",
      ],
      run: { try createFunction(&$0, $1, replaces: false) }),
    DatabaseCommand(
      words: [".create-or-alter", "function"], usage: ".create-or-alter function F(x: long) { body }",
      summary: "Keeps a function, in the place of one of its name.",
      examples: [
        ".create-or-alter function share(part: long, whole: long) { round(100.0 * part / whole, 1) }",
        "print share(3, 8)",
      ],
      run: { try createFunction(&$0, $1, replaces: true) }),
    DatabaseCommand(
      words: [".alter", "function"], usage: ".alter function F(x: long) { body }", summary: "Changes a stored function.",
      examples: [".create function ifnotexists twice(x: long) { x + x }", ".alter function twice(x: long) { 2 * x }"]
    ) { reader, given in
      var ahead = reader
      _ = try ahead.properties()
      let (name, span) = try ahead.name("the name of a function")
      if given.catalog.storedFunction(named: name) == nil { throw given.unknownFunction(name, span) }
      return try createFunction(&reader, given, replaces: true)
    },
    DatabaseCommand(
      words: [".drop", "function"], usage: ".drop function F [ifexists]", summary: "Forgets a stored function.",
      examples: [".drop function twice ifexists"]
    ) { reader, given in
      let (name, span) = try reader.name("the name of a function")
      let isLenient = reader.skip("ifexists")
      try reader.finish(".drop function F")
      if given.catalog.storedFunction(named: name) != nil {
        try given.catalog.make([.dropFunction(name)])
      } else if !isLenient {
        throw given.unknownFunction(name, span)
      }
      return try functions(given.catalog.storedFunctions)
    },
    DatabaseCommand(
      words: [".drop", "model"], usage: ".drop model NAME [ifexists]", summary: "Forgets all versions of a trained model.",
      examples: [".drop model risk ifexists"]
    ) { reader, given in
      let (name, span) = try reader.name("the name of a model")
      let isLenient = reader.skip("ifexists")
      try reader.finish(".drop model NAME")
      let known = try given.catalog.models?.names() ?? []
      if known.contains(name) {
        try given.catalog.models?.drop(name)
      } else if !isLenient {
        throw Diagnostic(
          "unknown-model", "there is no model `\(name)`", at: span,
          help: Suggestion.nearest(to: name, in: known) ?? "`.show models` lists them, `.train` makes one")
      }
      return try Answer(
        [ColumnInfo("ModelName", .string)], rows: known.filter { $0 != name }.map { [.string($0)] })
    },
    DatabaseCommand(
      words: [".advance"], usage: ".advance 2h", summary: "Moves a simulated world's clock; what happens meanwhile is simulated.",
      examples: [".advance 2h"]
    ) { reader, given in
      let start = reader.offset
      _ = reader.rest()
      guard let advance = given.catalog.advance else {
        throw Diagnostic(
          "no-world", "the clock is the real one, which moves by itself", at: reader.wholeSpan,
          help: "a simulated world has a clock of its own; `plumb simulate --into FILE` makes one")
      }
      guard case .timespan(let ticks)? = try given.value(at: start, to: reader.offset), ticks >= 0 else {
        throw Diagnostic(
          "usage", "`.advance` needs a timespan from 0", at: reader.wholeSpan, help: "write `.advance 2h`")
      }
      return try Answer([ColumnInfo("Now", .datetime)], rows: [[.datetime(try advance(ticks))]])
    },
  ]

  private static func createFunction(
    _ reader: inout CommandReader, _ given: CommandContext, replaces: Bool
  ) throws -> Answer? {
    var isLenient = reader.skip("ifnotexists")
    let properties = try reader.properties()
    isLenient = reader.skip("ifnotexists") || isLenient
    let (name, span) = try reader.name("the name of the function")
    let start = reader.offset
    let parameters = try reader.bracketed("(", ")")
    let body = try reader.bracketed("{", "}")
    let textSpan = SourceSpan(start, reader.offset)
    try reader.finish(".create function F(x: long) { body }")
    if !replaces, given.catalog.storedFunction(named: name) != nil {
      if isLenient { return nil }
      throw Diagnostic(
        "function-exists", "there is already a function `\(name)`", at: span, help: "`.create-or-alter` takes its place")
    }
    do {
      let function = try CatalogFunction(
        name: name, parameters: parameters, body: body, folder: properties["folder"] ?? "",
        summary: properties["docstring"] ?? "")
      try given.catalog.make([.setFunction(function)])
      return try functions([function])
    } catch var diagnostic as Diagnostic {
      if diagnostic.span == nil { diagnostic.span = textSpan }
      throw diagnostic
    }
  }
}

extension DatabaseCommand.CommandContext {
  /// The rows of the query after `<|`, as a table of the name.
  func rows(_ reader: inout CommandReader, for name: String) throws -> Table {
    _ = try reader.properties()
    guard reader.skip(symbol: "<|") else {
      throw Diagnostic(
        "missing-query", "`<|` and a query are missing here", at: reader.here, help: "write `.set \(name) <| query`")
    }
    let start = reader.offset
    _ = reader.rest()
    return try table(named: name, ofQueryAt: start, to: reader.offset)
  }

  /// Adds rows whose columns are the table's, in its order.
  func append(_ rows: Table, at span: SourceSpan) throws {
    let known = catalog.schema(ofTable: rows.name) ?? []
    guard known.map(\.type) == rows.schema.map(\.type) else {
      throw Diagnostic(
        "schema-differs", "the query's columns are not those of `\(rows.name)`", at: span,
        help: "it has \(known.map { "\($0.name):\($0.type.name)" }.joined(separator: ", "))")
    }
    try catalog.make([.append(Table(name: rows.name, schema: known, groups: rows.groups))])
  }

  /// `(a: long, b: string)`
  func schema(_ reader: inout CommandReader) throws -> Schema {
    let start = reader.offset
    var inner = CommandReader(String(try reader.bracketed("(", ")").dropFirst().dropLast()), at: start)
    var schema: Schema = []
    while !inner.isAtEnd {
      let (name, _) = try inner.name("the name of a column")
      guard inner.skip(symbol: ":"), let word = inner.word(), let type = ScalarType(name: word) else {
        throw Diagnostic(
          "bad-schema", "the column `\(name)` has no type that is known", at: SourceSpan(start, reader.offset),
          help: "write `\(name): string`, or long, real, bool, datetime, timespan, guid, decimal, dynamic, int")
      }
      if schema.contains(where: { $0.name == name }) {
        throw Diagnostic("duplicate-column", "the column `\(name)` is there twice", at: SourceSpan(start, reader.offset))
      }
      schema.append(ColumnInfo(name, type))
      if !inner.skip(symbol: ",") { break }
    }
    try inner.finish("(a: long, b: string)")
    return schema
  }

  /// What commands that change tables answer: the tables as they are now.
  func changed(_ name: String?) throws -> Answer {
    let names = name.map { [$0] } ?? catalog.tableNames
    return try Answer(
      [ColumnInfo("TableName", .string), ColumnInfo("Columns", .long)],
      rows: names.map { [.string($0), .long(Int64(catalog.schema(ofTable: $0)?.count ?? 0))] })
  }

  func added(_ table: Table) throws -> Answer {
    try Answer(
      [ColumnInfo("TableName", .string), ColumnInfo("RowCount", .long)],
      rows: [[.string(table.name), .long(Int64(table.rowCount))]])
  }
}
