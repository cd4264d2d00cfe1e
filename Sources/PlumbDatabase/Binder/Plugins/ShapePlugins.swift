import PlumbEngine

extension Plugin {
  /// Plugins that turn values into columns, columns into values, or several schemas into one.
  static let shapes: [Plugin] = [
    Plugin(
      "bag_unpack",
      "Makes a column of each property of the bags in `column`; `columnsConflict` is `error`, `replace_source` or `keep_source`.",
      "column, [OutputColumnPrefix], [columnsConflict], [ignoredProperties]",
      columns: "The input's columns without `column`, then one for each property; with a schema after `:`, those it names.",
      examples: [
        .init(#"print n = 1, d = dynamic({"a": 2, "b": "x"}) | evaluate bag_unpack(d)"#, is: "1,2,x"),
        .init(#"print n = 1, d = dynamic({"a": 2}) | evaluate bag_unpack(d, "d_") | project d_a"#, is: "2"),
        .init(#"print d = dynamic({"a": 2}) | evaluate bag_unpack(d) : (a: real)"#, is: "2"),
      ]
    ) { try $0.bagUnpack() },

    Plugin(
      "narrow", "Makes a row of each cell: the row's number, the column's name and the value as text.", "",
      columns: "`Row`, `Column` and `Value`.",
      examples: [.init(#"print status = "ok", n = 2 | evaluate narrow()"#, is: "0,status,ok")]
    ) { try $0.narrow() },

    Plugin(
      "pivot",
      "Makes a column of each value of `column`, with `aggregate` over its rows (default: `count()`), in groups by `keys`.",
      "column, [aggregate], [keys, ...]",
      columns: "The keys (default: all columns that are not used otherwise), then one column for each value.",
      examples: [
        .init(
          #"datatable(s: string, n: long)["ok", 2, "failed", 1, "ok", 3] | evaluate pivot(s, sum(n))"#, is: "1,5"),
        .init(#"datatable(s: string, k: string)["ok", "a", "ok", "a"] | evaluate pivot(s, count(), k)"#, is: "a,2"),
      ]
    ) { try $0.pivot() },

    Plugin(
      "schema_merge",
      "Merges the schemas that `getschema` gave into one; with `PreserveOrder = false` columns may be in any order.",
      "[PreserveOrder]",
      columns: "`ColumnName`, `ColumnOrdinal`, `DataType` and `ColumnType`.",
      examples: [
        .init(
          "union (print a = 1 | getschema), (print a = 1, b = 2.5 | getschema) | evaluate schema_merge()",
          is: "a,0,System.Int64,long")
      ]
    ) { try $0.schemaMerge() },
  ]
}
