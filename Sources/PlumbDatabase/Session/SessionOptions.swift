import Glibc
import PlumbEngine

/// What a session's queries may use of the machine, and what they know about the world.
package struct SessionOptions: Sendable {
  /// Workers of one query.
  package var threads: Int
  /// The bytes that one query may hold.
  package var memoryLimit: Int
  /// `now()` as ticks since 0001-01-01, asked once for each text.
  package var clock: @Sendable () -> Int64
  /// The seed of `rand()`.
  package var seed: UInt64
  /// Values for `declare query_parameters`, as texts.
  package var parameters: [String: String]
  /// How queries are executed.
  package var tuning = ExecutionTuning()
  /// Reads files for `externaldata`; if nil, it is rejected.
  package var readExternal: ExternalReader?
  /// Reads the rows in a text that a command contains; if nil, they are rejected.
  package var readText: TextReader?
  /// Opens foreign databases for `.attach`; if nil, it is rejected.
  package var openForeign: ForeignOpener?
  /// Whether a cancelled query returns the rows that it has produced so far.
  package var keepsPartialAnswers = false

  package init(
    threads: Int = Swift.max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))), memoryLimit: Int = 4 << 30,
    clock: @escaping @Sendable () -> Int64 = SessionOptions.systemClock, seed: UInt64 = 0,
    parameters: [String: String] = [:], readExternal: ExternalReader? = nil
  ) {
    self.threads = threads
    self.memoryLimit = memoryLimit
    self.clock = clock
    self.seed = seed
    self.parameters = parameters
    self.readExternal = readExternal
  }

  /// The machine's clock.
  package static let systemClock: @Sendable () -> Int64 = {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return DateTime.unixEpoch &+ Int64(time.tv_sec) &* TimeSpan.second &+ Int64(time.tv_nsec) / 100
  }
}

/// Opens a database of another program under a name, with the options of `with (...)`.
package typealias ForeignOpener = @Sendable (
  _ path: String, _ name: String, _ properties: [String: String], _ context: ExecutionContext
) throws -> any ForeignDatabase
