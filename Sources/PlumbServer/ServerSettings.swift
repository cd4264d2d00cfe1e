/// How a server listens, whom it answers, and what a query may use.
package struct ServerSettings: Sendable {
  /// The address to listen on.
  package var address = "127.0.0.1"
  /// The port; 0 for one that the system chooses.
  package var port = 8080
  /// The secret that clients must send; nil if everybody who reaches the address may query.
  package var token: String?
  /// The secret of a case's game master, which also opens what `token` does; nil if nobody is.
  package var masterToken: String?
  /// Names by which browsers may call the server, besides those of this machine's loopback interface.
  package var hostNames: [String] = []
  /// Origins, such as `http://localhost:3000`, whose pages may query.
  package var origins: [String] = []
  /// The files of the certificates and the private key (PEM), for https; nil for http.
  package var certificate: (chain: String, key: String)?
  /// Whether clients may change tables and functions.
  package var isWritable = false
  /// The name of the database; it is called `NetDefaultDB` as well.
  package var database = ServerSettings.defaultDatabase
  /// The bytes that one query may hold.
  package var queryMemory = 1 << 30
  /// The longest time that a query may run.
  package var queryTime: Duration = .seconds(240)
  /// The number of queries that run at the same time.
  package var mostQueries = 4
  /// The number of threads that queries share.
  package var threads = 1
  /// The version in `.show version`.
  package var version = ""
  /// The dashboards that the pages show.
  package var dashboards = DashboardFiles()
  /// The largest request that is read, in bytes.
  package var requestLimit = 64 << 20

  package init() {}

  /// The name by which clients of Kusto call a database that they do not know.
  package static let defaultDatabase = "NetDefaultDB"

  /// The number of queries that wait for their turn before others are turned away.
  var mostWaiting: Int { max(128, 8 * mostQueries) }

  /// The longest time that a query waits for its turn.
  static let longestWait: Duration = .seconds(10)

  /// The names to which the database answers, its own first.
  var databaseNames: [String] {
    database == Self.defaultDatabase ? [database] : [database, Self.defaultDatabase]
  }

  /// The database's name as it is written here, if `name` means it.
  func databaseName(_ name: String) -> String? {
    databaseNames.first { $0.lowercased() == name.lowercased() }
  }
}
