extension CommandDeclaration {
  private static let query = Usage.Part.optional([.value(.query, "QUERY")])
  private static let onOff = Usage.Part.optional([.either(["on", "off"])])

  /// Commands that look at a query or run it in another way.
  static let ofScripts: [CommandDeclaration] = [
    CommandDeclaration(
      ".explain", [query], summary: "Shows the plan of a query, or of the last one, without running it.",
      examples: [#".explain runs | where status == "failed" | count"#]),
    CommandDeclaration(
      ".profile", [query], summary: "Runs a query, or the last one, and shows rows, time and memory of each step.",
      examples: [".profile runs | summarize count() by source"]),
    CommandDeclaration(
      ".format", [query], summary: "Formats a query, or the last one, with one step on each line.",
      examples: [#".format runs|where status=="failed"|count"#]),
    CommandDeclaration(
      ".expand", [query], summary: "Shows the plain KQL that words such as `lineage` are short for, in a query or the last one.",
      examples: [".expand lineage downstream of entra-signin-eastus | where tier == 1"]),
    CommandDeclaration(
      ".watch", [.value(.timespan, "5s"), .value(.query, "QUERY"), .optional(["until", .value(.expression, "CONDITION")])],
      summary: "Runs a query repeatedly and marks changed cells, until rows meet a condition or Ctrl-C.",
      examples: [
        ".watch 100ms runs | count until Count > 1000",
        ".watch 1s pipelines | summarize count() by status until count_ > 0",
      ]),
    CommandDeclaration(
      ".read", [.value(.file, "FILE")], traits: .reachesOut, summary: "Runs the queries and commands of a file.",
      examples: [".read morning.kql"]),
    CommandDeclaration(
      ".param", [.optional([.value(.assignment, "NAME=VALUE")])],
      summary: "Sets a parameter that queries declare; without one lists them.",
      examples: [".param since=2h", "declare query_parameters(since: timespan = 1d); runs | where started > ago(since) | count"]),
  ]

  /// Commands about files of data and the workspace.
  static let ofFiles: [CommandDeclaration] = [
    CommandDeclaration(
      ".load", [.value(.files, "[NAME=]PATH")], traits: .reachesOut,
      summary: "Loads a file as a table, or a folder of files.", examples: [".load runs=runs.csv"]),
    CommandDeclaration(
      ".import", [.value(.files, "PATH... [--map FILE] [--as NAME] ...")], traits: .reachesOut,
      summary: "Imports files of data or telemetry into the open workspace, with the options of `plumb import`.",
      examples: [".import runs.csv", ".import target/run_results.json", ".import jobs.ndjson --map jobs.kql --preview"]),
    CommandDeclaration(
      ".open", [.optional([.value(.file, "FILE | :memory:")])], traits: .reachesOut,
      summary: "Opens a workspace file, created if missing; `:memory:` is the world without a file.",
      examples: [".open incident.plumb", ".open :memory:", ".open --salvage damaged.plumb", ".open"]),
    CommandDeclaration(
      ".save", [.optional([.value(.file, "FILE")])], traits: .reachesOut,
      summary: "Writes everything into a new workspace file and opens it.", examples: [".save incident.plumb"]),
    CommandDeclaration(
      ".report", [.value(.file, "FILE.html or FILE.md [last N] [all]")], traits: .reachesOut,
      summary: "Writes the session as one page: queries, results, charts and notes; all queries that succeeded, the last N, or also those that failed.",
      examples: [".report incident.html", ".report incident.md last 3"]),
    CommandDeclaration(
      ".note", [.value(.text, "TEXT")], summary: "Adds a remark to the report.",
      examples: [".note The vendor was down from 02:00 to 03:10."]),
  ]

  /// Commands that set where results go and how they look.
  static let ofLooks: [CommandDeclaration] = [
    CommandDeclaration(
      ".mode", [.optional([.value(.format, "FORMAT")])],
      summary: "Sets the format of results, such as auto, table, line or json.", examples: [".mode line", ".mode auto"]),
    CommandDeclaration(
      ".rows", [.optional([.value(.number, "N")])], summary: "Sets how many rows of a result are shown.",
      examples: [".rows 50"]),
    CommandDeclaration(
      ".output", [.optional([.value(.target, "FILE or |PROGRAM")])], traits: .reachesOut,
      summary: "Sends results to a file, one after the other, or each to a program; without a name to the terminal again.",
      examples: [".output results.csv", ".output |grep failed", ".output"]),
    CommandDeclaration(
      ".once", [.value(.target, "FILE or |PROGRAM")], traits: .reachesOut,
      summary: "Sends the next result to a file or a program; the file's ending selects the format, as in `.md` or `.json`.",
      examples: [".once failures.md", ".once |wc -l"]),
    CommandDeclaration(
      ".null", [.optional([.value(.text, "TEXT")])], in: .shell,
      summary: "Sets what tables show for null; without a text nothing, as for an empty text.", examples: [".null NULL", ".null"]),
    CommandDeclaration(
      ".types", [onOff], in: .shell, summary: "Sets whether tables show the type of each column below its name.", examples: [".types on"]),
    CommandDeclaration(
      ".numbers", [.optional([.either(["grouped", "plain"])])], in: .shell,
      summary: "Sets whether tables separate thousands in whole numbers.", examples: [".numbers grouped"]),
    CommandDeclaration(
      ".tail", [onOff], in: .shell, summary: "Sets whether a long result shows its last rows as well as its first.",
      examples: [".tail on"]),
    CommandDeclaration(
      ".prompt", [.optional([.value(.text, "TEXT")])], in: .shell, summary: "Sets the prompt; without a text the usual one.",
      examples: [".prompt incident>", ".prompt"]),
    CommandDeclaration(
      ".colors", [.optional([.either(["auto", "light", "dark", "on", "off"])])], in: .shell,
      summary: "Sets the colours: for a light or a dark background, none, or those that suit the terminal by `NO_COLOR` and `COLORFGBG`.",
      examples: [".colors light", ".colors off", ".colors auto"]),
    CommandDeclaration(
      ".log", [.optional([.value(.file, "FILE")])], in: .shell, traits: .reachesOut,
      summary: "Appends each query to a file, with its rows and time; without a name it stops.", examples: [".log session.kql", ".log"]),
    CommandDeclaration(
      ".settings", in: .shell, summary: "Lists the settings of the session and the commands that change them.", examples: [".settings"]),
    CommandDeclaration(
      ".timer", aliases: [".timing"], [onOff], summary: "Sets whether each result is timed.", examples: [".timer on"]),
    CommandDeclaration(
      ".pager", [onOff], in: .shell, traits: .reachesOut,
      summary: "Sets whether long results are shown with `$PAGER` or `less`.", examples: [".pager off"]),
  ]

  /// Commands that show what there is.
  static let ofTexts: [CommandDeclaration] = [
    CommandDeclaration(
      ".wide", in: .shell, traits: .reachesOut,
      summary: "Shows the last result with all its columns in the pager, where the arrow keys scroll sideways.", examples: [".wide"]),
    CommandDeclaration(
      ".help", aliases: [".h"], [.optional([.value(.topic, "NAME")])],
      summary: "Explains Plumb, or one function, operator, chart, table or command; another word searches all of them.",
      examples: [".help summarize", ".help bin", ".help .watch", ".help week", ".help functions"]),
    CommandDeclaration(
      ".tables", traits: .isTabular, summary: "Lists the tables and their rows.", examples: [".tables"]),
    CommandDeclaration(
      ".schema", [.value(.tablePath, "TABLE")], summary: "Lists the columns of a table.",
      examples: [".schema runs"]),
    CommandDeclaration(
      ".column", [.value(.columnPath, "TABLE.COLUMN")], summary: "Shows the distribution of a column's values.",
      examples: [".column runs.status", ".column runs.duration"]),
    CommandDeclaration(
      ".overview", summary: "Shows the state of all pipelines on one screen.", examples: [".overview"]),
    CommandDeclaration(
      ".history", [.optional([.value(.text, "N or WORD")])], in: .shell,
      summary: "Lists the last queries, or those with a word; `!N` runs number N again. The table `history` has them all.",
      examples: [".history 5", ".history pipelines"]),
    CommandDeclaration(
      ".run", [.value(.number, "N")], in: .shell, summary: "Runs query N of the last result, such as one of `why`.", examples: [".run 1"]),
    CommandDeclaration(
      ".diff", in: .shell, summary: "Compares the last result with the one before: rows added, removed and changed.", examples: [".diff"]),
    CommandDeclaration(
      ".copy", [.optional([.value(.format, "FORMAT")])], in: .shell, traits: .reachesOut,
      summary: "Copies the last result to the clipboard of the terminal (OSC 52), as tsv or in another format.", examples: [".copy", ".copy md"]),
    CommandDeclaration(
      ".keep", [.value(.text, "NAME")], in: .shell,
      summary: "Keeps the last query under a name, in the workspace; the parameters that it declares become the name's.",
      examples: [".keep failures_today"]),
    CommandDeclaration(".queries", in: .shell, summary: "Lists the queries that `.keep` has kept.", examples: [".queries"]),
  ]

  /// Commands about the session itself.
  static let ofSessions: [CommandDeclaration] = [
    CommandDeclaration(
      ".edit", in: .shell, traits: .reachesOut, summary: "Opens the last query in $EDITOR, and runs the saved text.",
      examples: [".edit"]),
    CommandDeclaration(
      ".print", [.optional([.value(.text, "TEXT")])], summary: "Prints a text, such as a heading between the results of a script.",
      examples: [".print Failures of the night"]),
    CommandDeclaration(
      ".cd", [.optional([.value(.file, "FOLDER")])], in: .shell, traits: .reachesOut,
      summary: "Changes the folder in which files are looked for; without one prints it.", examples: [".cd reports", ".cd"]),
    CommandDeclaration(
      ".shell", [.value(.text, "COMMAND")], in: .shell, traits: .reachesOut, summary: "Runs a command of your own shell.",
      examples: [".shell ls -l"]),
    CommandDeclaration(
      ".safe", summary: "Makes the rest of the session safe: no files, no programs.", examples: [".safe"]),
    CommandDeclaration(
      ".quit", aliases: [".exit", ".q"], summary: "Ends the session or the script; in the shell so does Ctrl-D.",
      examples: [".quit"]),
    CommandDeclaration(
      ".tour", in: .shell, summary: "Begins the ten-minute introduction here, or resumes it.", examples: [".tour"]),
    CommandDeclaration(".skip", in: .tour, summary: "Skips to the next step of the tour.", examples: [".skip"]),
    CommandDeclaration(
      ".cause", [.value(.word, "WORD")], in: .tour, summary: "Names the cause of the failure.", examples: [".cause auth"]),
  ]

  /// Commands about a case.
  static let ofCases: [CommandDeclaration] = [
    CommandDeclaration(
      ".case", [.optional([.value(.text, "WHAT")])],
      summary: "Lists cases to investigate; in a case shows its brief, `status`, `report FILE` or `replay`.",
      examples: [".case list"]),
    CommandDeclaration(".hint", in: .investigation, summary: "Shows what to type on the tour, or the next hint of a case.", examples: [".hint"]),
    CommandDeclaration(
      ".answer", [.value(.text, "ANSWER")], in: .investigation, summary: "Names pipeline, cause, start and blast radius of a case.",
      examples: [".answer pipeline=feed-a cause=schema-drift since=14:05 blast=(lineage downstream of feed-a)"]),
    CommandDeclaration(
      ".mitigate", [.value(.text, "failover X to Y")], in: .investigation,
      summary: "Lets the readers of a pipeline read from another, in the world of a case.", examples: [".mitigate failover feed-a to feed-b"]),
  ]
}
