import PlumbDatabase

/// What the shell knows of KQL's words beyond the functions, which describe themselves.
struct Guide: Sendable {
  let name: String
  /// As a user writes it; the optional in square brackets.
  let usage: String
  /// One sentence.
  let summary: String

  init(_ name: String, _ usage: String, _ summary: String) {
    self.name = name
    self.usage = usage
    self.summary = summary
  }

  /// What may stand after a `|`.
  static let operators: [Guide] = [
    Guide("as", "as Name", "Names the rows so far, for later parts of the query."),
    Guide("blast", "blast [depth n] [as of t]", "Tells who is hurt when the pipelines of the rows stop."),
    Guide("consume", "consume", "Reads all rows and gives none."),
    Guide("count", "count", "Counts the rows."),
    Guide("distinct", "distinct column, ...", "Keeps each combination of values once."),
    Guide("evaluate", "evaluate plugin(...)", "Calls a plugin such as `bag_unpack`, `pivot` or `narrow`."),
    Guide("extend", "extend name = expression, ...", "Adds columns, or replaces those of the same name."),
    Guide("facet", "facet by column, ... [with (steps)]", "Gives the counts of each column's values as a result of its own."),
    Guide("fork", "fork [name =] (steps) ...", "Runs several steps over the same rows, each with its own result."),
    Guide("getschema", "getschema", "Gives the names and types of the columns."),
    Guide("invoke", "invoke function(...)", "Calls a function with the rows as its first argument."),
    Guide("join", "join [kind = innerunique] (Table) on column, ...", "Puts rows of two tables side by side where their keys are equal."),
    Guide("limit", "limit n", "Keeps up to n rows; the same as `take`."),
    Guide("lineage", "lineage upstream|downstream [depth n] [as of t]", "Finds what the pipelines of the rows depend on, or what depends on them."),
    Guide("lookup", "lookup [kind = leftouter] (Table) on column, ...", "Adds the columns of a small table by key."),
    Guide("make-series", "make-series name = aggregate() on column [from a to b] step s [by column, ...]", "Makes arrays of values at even steps."),
    Guide("mv-apply", "mv-apply item = array on (steps)", "Runs steps over the elements of an array in each row."),
    Guide("mv-expand", "mv-expand column, ...", "Gives each element of an array a row of its own."),
    Guide("order", "order by column [asc|desc], ...", "Sorts the rows; the same as `sort`."),
    Guide("parse", "parse column with \"text\" name:type ...", "Takes a text apart by the words in it."),
    Guide("parse-kv", "parse-kv column as (key:type, ...) with (...)", "Takes `key=value` pairs out of a text."),
    Guide("parse-where", "parse-where column with ...", "Like `parse`, and keeps only the rows that match."),
    Guide("partition", "partition by column (steps)", "Runs steps over the rows of each value by themselves."),
    Guide("predict", "predict risk [within 2h] [using tree|forest] [as of t]", "Tells which of the pipelines of the rows will fail next."),
    Guide("project", "project name = expression, ...", "Chooses, computes and orders the columns."),
    Guide("project-away", "project-away column, ...", "Drops columns."),
    Guide("project-keep", "project-keep column, ...", "Keeps columns in their order."),
    Guide("project-rename", "project-rename new = old, ...", "Renames columns."),
    Guide("project-reorder", "project-reorder column, ...", "Moves columns to the front."),
    Guide("reduce", "reduce by column", "Groups texts by pattern."),
    Guide("render", "render chart [with (...)]", "Says how the result should be drawn."),
    Guide("sample", "sample n", "Keeps n rows by chance."),
    Guide("sample-distinct", "sample-distinct n of column", "Gives n different values of a column."),
    Guide("scan", "scan [declare (...)] with (step name: condition => ...; ...)", "Finds sequences in ordered rows."),
    Guide("search", "search \"term\"", "Keeps the rows in which a column has the term."),
    Guide("serialize", "serialize [name = expression, ...]", "Marks the rows as ordered, for `prev`, `next` and `row_number`."),
    Guide("slow", "slow [as of t]", "Keeps the pipelines that take longer than they usually do."),
    Guide("sort", "sort by column [asc|desc] [nulls first|last], ...", "Sorts the rows, the largest first unless told."),
    Guide("stale", "stale [as of t]", "Keeps the pipelines whose data is older than it usually is."),
    Guide("summarize", "summarize name = aggregate(), ... [by column, ...]", "Computes aggregates over groups of rows."),
    Guide("take", "take n", "Keeps up to n rows, whichever come first."),
    Guide("top", "top n by column [asc|desc]", "Keeps the first n rows of an order."),
    Guide("top-hitters", "top-hitters n of column", "Estimates the most frequent values."),
    Guide("top-nested", "top-nested n of column by aggregate(), ...", "Finds the top values within the top values."),
    Guide("union", "union Table, ...", "Puts the rows of tables under one another."),
    Guide("volume", "volume [as of t]", "Keeps the pipelines that give more or fewer records than they usually do."),
    Guide("where", "where predicate", "Keeps the rows for which the predicate is true."),
    Guide("why", "why [at t]", "Tells what the trouble of the row's pipeline most likely comes from."),
  ]

  /// What may stand where a query begins, besides a table.
  static let sources: [Guide] = [
    Guide("blast", "blast pipeline, ... [depth n] [as of t]", "Everyone who is hurt when pipelines stop."),
    Guide("compare", "compare (t1 .. t2) with (t3 .. t4) [by column, ...]", "What changed between two windows of time."),
    Guide("datatable", "datatable(name: type, ...)[value, ...]", "A table written out in the query."),
    Guide("externaldata", "externaldata(name: type, ...)[\"path\"]", "A file read as a table."),
    Guide("find", "find where predicate", "Searches tables for rows."),
    Guide("lineage", "lineage upstream|downstream of pipeline, ... [depth n] [as of t]", "What pipelines depend on, or what depends on them; also `lineage path from a to b` and `lineage critical path to a`."),
    Guide("let", "let name = expression;", "Names a value, a query or a function."),
    Guide("predict", "predict risk [within 2h] [using tree|forest] [as of t]", "Which pipelines will fail next; `predict quality` says how good the model is."),
    Guide("print", "print name = expression, ...", "One row of computed values."),
    Guide("range", "range name from a to b step c", "A column of evenly spaced values."),
    Guide("search", "search \"term\"", "Searches tables for a term."),
    Guide("slow", "slow [as of t]", "Pipelines that take longer than they usually do."),
    Guide("stale", "stale [as of t]", "Pipelines whose data is older than it usually is."),
    Guide("union", "union Table, ...", "The rows of several tables."),
    Guide("volume", "volume [as of t]", "Pipelines that give more or fewer records than they usually do."),
    Guide("why", "why pipeline [at t]", "What a pipeline's trouble most likely comes from."),
  ]

  /// Words inside a step.
  static let words = [
    "and", "or", "not", "in", "has", "has_any", "has_all", "contains", "startswith", "endswith", "between",
    "matches", "regex", "by", "on", "asc", "desc", "nulls", "first", "last", "with", "kind", "from", "to",
    "step", "of", "typeof", "true", "false", "upstream", "downstream", "depth", "path", "critical", "risk", "quality",
    "within", "using", "tree", "forest", "as", "at",
  ]

  static let joinKinds = [
    "innerunique", "inner", "leftouter", "rightouter", "fullouter", "leftanti", "rightanti", "leftsemi",
    "rightsemi",
  ]

  static let charts = ChartKind.allCases.map(\.rawValue).sorted() + ["table"]

  /// What `render ... with (...)` takes.
  static let chartProperties = [
    "title", "file", "kind", "xcolumn", "ycolumns", "series", "xtitle", "ytitle", "ymin", "ymax", "xaxis", "yaxis",
    "legend", "anomalycolumns", "theme",
  ]

  /// Steps in which aggregates may be called.
  static let aggregating: Set<String> = ["summarize", "make-series", "top-nested", "mv-apply", "partition"]
}
