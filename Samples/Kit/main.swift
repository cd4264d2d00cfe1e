import PlumbKit

// A workspace in memory; `.file("incidents.plumb")` opens or creates a file, `.simulated` contains a simulated world.
let workspace = try Workspace()

// Work that may take long reports its progress, and can be cancelled.
let work = Work { event in if case .message(let text) = event { print(text) } }
try workspace.importFiles(ImportRequest(paths: ["Samples/deployments.csv"]), work: work)

// Connections run queries concurrently, each with its own limits.
var options = ConnectionOptions()
options.memoryLimit = 256 << 20
options.parameters = ["env": "production"]
let connection = workspace.connect(options)

// A query returns a table.
let result = try connection.query(
  """
  declare query_parameters(env: string);
  deployments | where environment == env | summarize count(), last = max(at) by service | sort by service asc
  """)
for row in result.rows { print(row["service"], row["count_"], row["last"]) }

// Long results arrive in batches; only a few are held at a time.
var rows = 0
try connection.stream("range n from 1 to 1000000 step 1 | where n % 7 == 0") { rows += $0.table.rowCount }
print(rows, "rows")

// An error shows its position in the text.
do { _ = try connection.query("deployments | where servce == 'auth'") } catch let problems as Problems { print(problems) }
