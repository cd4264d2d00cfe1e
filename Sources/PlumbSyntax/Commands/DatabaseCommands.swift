extension CommandDeclaration {
  /// Commands about databases of other programs.
  static let ofDatabases: [CommandDeclaration] = [
    CommandDeclaration(
      ".attach",
      [
        .value(.path, "PATH"), "as", .value(.newName, "NAME"),
        .optional([.value(.properties, #"with (survey = "all")"#)]),
      ], summary: "Makes the tables of an SQLite file, of `clickhouse://user@host:port/database` or of `kusto://host/database`, readable as NAME.table, without copying them.",
      examples: [".attach orders.sqlite as shop", "shop.orders | count"]),
    CommandDeclaration(
      ".detach", [.value(.databaseName, "NAME")], summary: "Detaches a database; its file is not changed.",
      examples: [".attach orders.sqlite as shop", ".detach shop"]),
    CommandDeclaration(
      ".show attached", [.optional([.value(.databaseName, "NAME")])], traits: .isTabular,
      summary: "Lists the attached databases; or the columns of one and how their types were determined.",
      examples: [".attach orders.sqlite as shop", ".show attached shop"]),
  ]
}
