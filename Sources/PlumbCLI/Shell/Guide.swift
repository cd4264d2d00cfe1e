import PlumbDatabase

/// What the shell knows of KQL's words beyond the functions, which describe themselves.
struct Guide: Sendable {
  let name: String
  /// As a user writes it; the optional in square brackets.
  let usage: String
  /// One sentence.
  let summary: String
  /// Queries on the simulated world that show its use; a test runs them.
  let examples: [String]

  private init(_ name: String, _ usage: String, _ summary: String, _ examples: [String]) {
    self.name = name
    self.usage = usage
    self.summary = summary
    self.examples = examples
  }

  /// What may stand after a `|`.
  static let operators: [Guide] = [
    Guide(
      "as", "as Name", "Names the rows so far, for later parts of the query.",
      [#"runs | where status == "failed" | as failed | union failed | count"#]),
    Guide(
      "assert-schema", "assert-schema (column: type, ...)", "Ends with an error when the columns are not these.",
      ["pipelines | project name, tier | assert-schema (name: string, tier: long)"]),
    Guide(
      "blast", "blast [depth n] [as of t]", "Tells who is hurt when the pipelines of the rows stop.",
      [#"pipelines | where status == "failed" | blast"#]),
    Guide(
      "consume", "consume", "Reads all rows and gives none.",
      ["runs | consume"]),
    Guide(
      "count", "count", "Counts the rows.",
      [#"runs | where status == "failed" | count"#]),
    Guide(
      "distinct", "distinct column, ...", "Keeps each combination of values once.",
      ["runs | distinct source, status"]),
    Guide(
      "evaluate", "evaluate plugin(...)", "Calls a plugin such as `bag_unpack`, `pivot` or `narrow`.",
      ["runs | evaluate pivot(status, count(), source)"]),
    Guide(
      "extend", "extend name = expression, ...", "Adds columns, or replaces those of the same name.",
      ["runs | extend minutes = duration / 1m | top 5 by minutes"]),
    Guide(
      "filter", "filter predicate", "Keeps the rows for which the predicate is true; the same as `where`.",
      ["pipelines | filter tier == 1"]),
    Guide(
      "getschema", "getschema", "Gives the names and types of the columns.",
      ["runs | getschema"]),
    Guide(
      "graph-mark-components", "graph-mark-components", "Numbers the parts of a graph that hang together.",
      ["edges | make-graph upstream --> downstream with pipelines on name | graph-mark-components | graph-to-table nodes"]),
    Guide(
      "graph-match", "graph-match (a)-[e]->(b) [where condition] project column, ...", "Finds patterns in a graph.",
      [#"edges | make-graph upstream --> downstream with pipelines on name | graph-match (a)-[e]->(b) where b.status == "failed" project a.name, b.name"#]),
    Guide(
      "graph-shortest-paths", "graph-shortest-paths (a)-[e*1..5]->(b) [where condition] project column, ...", "Finds a shortest way from node to node.",
      [#"edges | make-graph upstream --> downstream with pipelines on name | graph-shortest-paths (a)-[e*1..5]->(b) where a.name == "entra-signin-eastus" project b.name"#]),
    Guide(
      "graph-to-table", "graph-to-table nodes|edges", "Gives the nodes or the edges of a graph as rows.",
      ["edges | make-graph upstream --> downstream | graph-to-table nodes"]),
    Guide(
      "invoke", "invoke function(...)", "Calls a function with the rows as its first argument.",
      [#"let failed = (t: (status: string)) { t | where status == "failed" }; runs | invoke failed() | count"#]),
    Guide(
      "join", "join [kind = innerunique] (Table) on column, ...", "Puts rows of two tables side by side where their keys are equal.",
      [#"runs | where status == "failed" | join kind=inner (errors) on run_id | summarize count() by category"#]),
    Guide(
      "limit", "limit n", "Keeps up to n rows; the same as `take`.",
      ["pipelines | limit 5"]),
    Guide(
      "lineage", "lineage upstream|downstream [depth n] [as of t]", "Finds what the pipelines of the rows depend on, or what depends on them.",
      [#"pipelines | where status == "failed" | lineage downstream depth 1"#]),
    Guide(
      "lookup", "lookup [kind = leftouter] (Table) on column, ...", "Adds the columns of a small table by key.",
      ["errors | lookup (pipelines | project pipeline = name, owner) on pipeline | summarize count() by owner"]),
    Guide(
      "make-graph", "make-graph source --> target [with Nodes on key]", "Makes a graph of rows that are edges.",
      ["edges | make-graph upstream --> downstream | graph-to-table nodes"]),
    Guide(
      "make-series", "make-series name = aggregate() on column [from a to b] step s [by column, ...]", "Makes arrays of values at even steps.",
      [#"runs | make-series failed = countif(status == "failed") on started from ago(7d) to now() step 1d by source"#]),
    Guide(
      "mv-apply", "mv-apply item = array on (steps)", "Runs steps over the elements of an array in each row.",
      ["print n = dynamic([3, 1, 2]) | mv-apply n to typeof(long) on (summarize largest = max(n))"]),
    Guide(
      "mv-expand", "mv-expand column, ...", "Gives each element of an array a row of its own.",
      [#"print code = dynamic(["auth", "timeout"]) | mv-expand code"#]),
    Guide(
      "order", "order by column [asc|desc], ...", "Sorts the rows; the same as `sort`.",
      ["pipelines | order by success_rate asc"]),
    Guide(
      "parse", "parse column with \"text\" name:type ...", "Takes a text apart by the words in it.",
      [#"print line = "took 12 ms" | parse line with "took " milliseconds:long " ms""#]),
    Guide(
      "parse-kv", "parse-kv column as (key:type, ...) with (...)", "Takes `key=value` pairs out of a text.",
      [#"print line = "code=7 zone=west" | parse-kv line as (code: long, zone: string) with (pair_delimiter=" ", kv_delimiter="=")"#]),
    Guide(
      "parse-where", "parse-where column with ...", "Like `parse`, and keeps only the rows that match.",
      [#"errors | parse-where message with * "the " what " has expired" | summarize count() by what"#]),
    Guide(
      "partition", "partition by column (steps)", "Runs steps over the rows of each value by themselves.",
      ["runs | partition by source (top 1 by duration)"]),
    Guide(
      "predict", "predict risk [within 2h] [using tree|forest] [as of t]", "Tells which of the pipelines of the rows will fail next.",
      ["pipelines | where tier == 1 | predict risk | top 5"]),
    Guide(
      "project", "project name = expression, ...", "Chooses, computes and orders the columns.",
      ["runs | project pipeline, minutes = duration / 1m | take 5"]),
    Guide(
      "project-away", "project-away column, ...", "Drops columns.",
      ["pipelines | project-away region, vendor, backup"]),
    Guide(
      "project-by-names", "project-by-names \"name\", ...", "Chooses columns by texts, which may hold `*`.",
      [#"pipelines | project-by-names "name", "last_*""#]),
    Guide(
      "project-keep", "project-keep column, ...", "Keeps columns in their order.",
      ["pipelines | project-keep name, status"]),
    Guide(
      "project-rename", "project-rename new = old, ...", "Renames columns.",
      ["pipelines | project-rename pipeline = name"]),
    Guide(
      "project-reorder", "project-reorder column, ...", "Moves columns to the front.",
      ["pipelines | project-reorder status, name"]),
    Guide(
      "render", "render chart [with (...)]", "Says how the result should be drawn.",
      ["runs | summarize count() by bin(started, 1d) | render timechart"]),
    Guide(
      "sample", "sample n", "Keeps n rows by chance.",
      ["runs | sample 5"]),
    Guide(
      "sample-distinct", "sample-distinct n of column", "Gives n different values of a column.",
      ["runs | sample-distinct 3 of source"]),
    Guide(
      "scan", "scan [declare (...)] with (step name: condition => ...; ...)", "Finds sequences in ordered rows.",
      [#"runs | where pipeline == "entra-signin-eastus" | sort by started asc | scan declare (row: long = 0) with (step s: true => row = iff(status == "failed", s.row + 1, 0);) | summarize max(row)"#]),
    Guide(
      "search", "search \"term\"", "Keeps the rows in which a column has the term.",
      [#"errors | search "expired""#]),
    Guide(
      "serialize", "serialize [name = expression, ...]", "Marks the rows as ordered, for `prev`, `next` and `row_number`.",
      ["runs | serialize n = row_number() | take 5"]),
    Guide(
      "slow", "slow [as of t]", "Keeps the pipelines that take longer than they usually do.",
      ["pipelines | where tier == 1 | slow"]),
    Guide(
      "sort", "sort by column [asc|desc] [nulls first|last], ...", "Sorts the rows, the largest first unless told.",
      ["pipelines | sort by success_rate asc"]),
    Guide(
      "stale", "stale [as of t]", "Keeps the pipelines whose data is older than it usually is.",
      ["pipelines | where tier == 1 | stale"]),
    Guide(
      "summarize", "summarize name = aggregate(), ... [by column, ...]", "Computes aggregates over groups of rows.",
      [#"runs | summarize failed = countif(status == "failed") by source"#]),
    Guide(
      "take", "take n", "Keeps up to n rows, whichever come first.",
      ["pipelines | take 5"]),
    Guide(
      "top", "top n by column [asc|desc]", "Keeps the first n rows of an order.",
      ["runs | top 5 by duration"]),
    Guide(
      "top-hitters", "top-hitters n of column", "Estimates the most frequent values.",
      ["runs | top-hitters 3 of pipeline"]),
    Guide(
      "top-nested", "top-nested n of column by aggregate(), ...", "Finds the top values within the top values.",
      ["runs | top-nested 3 of source by count(), top-nested 2 of pipeline by count()"]),
    Guide(
      "union", "union Table, ...", "Puts the rows of tables under one another.",
      [#"runs | where status == "failed" | union (runs | where status == "cancelled") | count"#]),
    Guide(
      "volume", "volume [as of t]", "Keeps the pipelines that give more or fewer records than they usually do.",
      ["pipelines | where tier == 1 | volume"]),
    Guide(
      "where", "where predicate", "Keeps the rows for which the predicate is true.",
      [#"runs | where status == "failed" and started > ago(1d)"#]),
    Guide(
      "why", "why [at t]", "Tells what the trouble of the row's pipeline most likely comes from.",
      [#"pipelines | where status == "failed" | top 1 by freshness | why"#]),
  ]

  /// What may stand where a query begins, besides a table.
  static let sources: [Guide] = [
    Guide(
      "blast", "blast pipeline, ... [depth n] [as of t]", "Everyone who is hurt when pipelines stop.",
      ["blast entra-signin-eastus"]),
    Guide(
      "compare", "compare (t1 .. t2) with (t3 .. t4) [by column, ...]", "What changed between two windows of time.",
      ["compare (ago(2d) .. ago(1d)) with (ago(1d) .. now()) by source"]),
    Guide(
      "datatable", "datatable(name: type, ...)[value, ...]", "A table written out in the query.",
      [#"datatable(task: string, minutes: long)["load", 12, "clean", 3] | sort by minutes"#]),
    Guide(
      "externaldata", "externaldata(name: type, ...)[\"path\"]", "A file read as a table.",
      [#"externaldata(id: long, name: string)["tasks.csv"]"#]),
    Guide(
      "find", "find where predicate", "Searches tables for rows.",
      [#"find where status == "cancelled""#]),
    Guide(
      "lineage", "lineage upstream|downstream of pipeline, ... [depth n] [as of t]", "What pipelines depend on, or what depends on them; also `lineage path from a to b` and `lineage critical path to a`.",
      ["lineage downstream of entra-signin-eastus depth 2", "lineage path from entra-signin-eastus to soc-dashboard-westeurope", "lineage critical path to soc-dashboard-eastus"]),
    Guide(
      "let", "let name = expression;", "Names a value, a query or a function.",
      [#"let failed = runs | where status == "failed"; failed | count"#]),
    Guide(
      "predict", "predict risk [within 2h] [using tree|forest] [as of t]", "Which pipelines will fail next; `predict quality` says how good the model is.",
      ["predict risk within 2h | top 5", "predict quality"]),
    Guide(
      "print", "print name = expression, ...", "One row of computed values.",
      ["print tomorrow = now() + 1d"]),
    Guide(
      "range", "range name from a to b step c", "A column of evenly spaced values.",
      ["range n from 1 to 10 step 1"]),
    Guide(
      "search", "search \"term\"", "Searches tables for a term.",
      [#"search in (errors, alerts) "expired""#]),
    Guide(
      "slow", "slow [as of t]", "Pipelines that take longer than they usually do.",
      ["slow | where tier == 1"]),
    Guide(
      "stale", "stale [as of t]", "Pipelines whose data is older than it usually is.",
      ["stale | where tier == 1"]),
    Guide(
      "union", "union Table, ...", "The rows of several tables.",
      ["union runs, errors | summarize count() by pipeline"]),
    Guide(
      "volume", "volume [as of t]", "Pipelines that give more or fewer records than they usually do.",
      ["volume | where tier == 1"]),
    Guide(
      "why", "why pipeline [at t]", "What a pipeline's trouble most likely comes from.",
      ["why office-exchange-westeurope"]),
  ]
}
