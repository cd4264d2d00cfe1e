import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbPresentation
import PlumbTelemetry

extension Workspace {
  /// Opens a workspace.
  ///
  /// - Throws: `Problems` with the file or the options.
  public convenience init(_ source: Source = .empty, options: WorkspaceOptions = WorkspaceOptions(), work: Work = Work()) throws {
    do { try self.init(source, options, work) } catch { throw Problems(error) }
  }

  /// A new connection. Connections do not wait for each other.
  public func connect(_ options: ConnectionOptions = ConnectionOptions()) -> Connection { Connection(self, options) }

  /// All tables in alphabetical order.
  ///
  /// - Throws: `Problems` if the file cannot be read.
  public var tables: [TableDescription] {
    get throws {
      do {
        let reading = try catalog.reading()
        defer { reading.end() }
        return try reading.catalog.tableNames.map { name in
          TableDescription(
            name: name, columns: (reading.catalog.schema(ofTable: name) ?? []).map { Column($0) },
            rowCount: reading.catalog.isMade(tableNamed: name) ? try reading.catalog.table(named: name)?.rowCount : nil)
        }
      } catch {
        throw Problems(error)
      }
    }
  }

  // MARK: Files

  /// Loads a file, a folder or telemetry into tables in memory; they are not stored in the workspace's file.
  ///
  /// - Parameters:
  ///   - path: a file, a folder, or a pattern such as `*.csv`.
  ///   - name: the table's name; nil for the name of the file.
  ///   - work: receives remarks and progress, and can stop it.
  /// - Returns: a table for each file that was read.
  /// - Throws: `Problems` that name the file.
  @discardableResult
  public func load(_ path: String, as name: String? = nil, work: Work = Work()) throws -> [LoadedFile] {
    do { return try load([(name, path)], work) } catch { throw Problems(error) }
  }

  /// Imports files of data or telemetry and stores them, batch by batch; what was already imported is not imported again.
  ///
  /// - Returns: whether all tables of all files were read.
  /// - Throws: `Problems`; if the work is cancelled, the batches saved so far stay and the same call resumes from there.
  @discardableResult
  public func importFiles(_ request: ImportRequest, work: Work = Work()) throws -> Bool {
    do { return try take(request, work) } catch { throw Problems(error) }
  }

  /// Reads the tables of an SQLite file in place, as `name.table`.
  ///
  /// - Throws: `Problems` with the file.
  public func attach(_ path: String, as name: String) throws {
    do { try attach([(name, path)]) } catch { throw Problems(error) }
  }

  /// Writes the workspace's tables to a new SQLite file, if `path` ends in `.sqlite`, `.sqlite3` or `.db`, or to a folder of
  /// text files.
  ///
  /// - Parameters:
  ///   - path: the file or folder, created now.
  ///   - format: the format of the files in a folder: `csv`, `json` or `jsonl`.
  ///   - tables: the tables to write; empty for all.
  ///   - work: receives progress, and can stop it.
  /// - Throws: `Problems` with the target.
  public func export(to path: String, format: String = "csv", tables: [String] = [], work: Work = Work()) throws {
    do {
      guard let format = Formats.named(format), Export.formats.contains(format) else { throw Formats.unknown(format) }
      _ = try Export(to: path, format: format, tables: tables).write(catalog, work)
    } catch {
      throw Problems(error)
    }
  }

  /// Writes everything to a new workspace file.
  ///
  /// - Throws: `Problems` if the file exists or cannot be written.
  public func save(to path: String, work: Work = Work()) throws {
    do { try save(to: path, work) } catch { throw Problems(error) }
  }

  // MARK: Predictions

  /// Learns from all runs until now which pipelines fail within a time, and stores the model in the workspace's file.
  ///
  /// - Parameters:
  ///   - method: `tree` or `forest`.
  ///   - within: the time; the model predicts failures within it.
  ///   - connection: its limits and clock apply; nil for the workspace's.
  /// - Returns: all models.
  /// - Throws: `Problems` if there is too little data to learn from.
  @discardableResult
  public func train(_ method: String = "tree", within: Duration = .seconds(7_200), by connection: Connection? = nil) throws -> ResultTable {
    do {
      return ResultTable(try trainRisk(method, within: Moment.ticks(within), (connection ?? connect()).session))
    } catch {
      throw Problems(error)
    }
  }

  // MARK: Simulation

  /// Simulates a world and writes its telemetry into a workspace file, which is created if missing.
  ///
  /// - Returns: the number of simulated runs.
  /// - Throws: `Problems` if a size is out of range; `cancelled` if the work was stopped, and nothing is written.
  @discardableResult
  public static func simulate(_ simulation: Simulation, into path: String, work: Work = Work()) throws -> Int {
    do {
      let file = try simulation.file(path)
      guard let (world, runs) = try simulation.run(work) else { throw Stopped() }
      let stage = work.stage("writing", unit: "rows")
      defer { stage.end() }
      try world.save(in: file, stage)
      return runs
    } catch {
      throw Problems(error)
    }
  }
}

/// A table of a workspace as it was when it was requested.
public struct TableDescription: Hashable, Sendable {
  public let name: String
  public let columns: [Column]
  /// Nil for a table that is made when a query first reads it.
  public let rowCount: Int?
}
