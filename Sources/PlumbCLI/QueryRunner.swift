import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation

/// Runs texts over loaded data and writes their answers; every outcome is an exit status.
struct QueryRunner {
  private let texts: [(name: String?, text: String)]
  private let workspace: Workspace
  private let isSafe: Bool

  /// - Throws: diagnostics about loading.
  init(_ texts: [(name: String?, text: String)], data: DataOptions, workspace path: String? = nil) throws {
    self.texts = texts
    try ParameterNames.check(data.parameterNames, declaredIn: texts.map(\.text))
    let workspace = try data.workspace(path, for: texts.map(\.text))
    isSafe = data.safe
    self.workspace = workspace
  }

  /// - Throws: `ExitStatus` for every outcome except success.
  func run(to output: OutputOptions) throws {
    let host = try Failure.guarding { try ScriptHost(output, goesOn: false) }
    try host.run(texts, in: workspace, isSafe: isSafe)
  }
}

/// Reports what went wrong.
enum Failure {
  /// The diagnostics in an error.
  static func diagnostics(in error: any Error) -> [Diagnostic] {
    switch error {
    case let diagnostics as Diagnostics: diagnostics.list
    case let diagnostic as Diagnostic: [diagnostic]
    case let sourced as SourcedDiagnostics: sourced.list
    case is Stopped: [Diagnostic("cancelled", "the work was stopped")]
    default: [Diagnostic("failed", "\(error)")]
    }
  }

  static func report(_ error: any Error, source: String, name: String? = nil) {
    if let sourced = error as? SourcedDiagnostics {
      return Console.report(sourced.list, source: sourced.source, name: sourced.name)
    }
    Console.report(diagnostics(in: error), source: source, name: name)
  }

  /// Runs `body`; reports what it throws and ends the process.
  static func guarding<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let status as ExitStatus {
      throw status
    } catch is Stopped {
      throw ExitStatus.interrupted
    } catch {
      if Interrupts.shared.wasTaken { throw ExitStatus.interrupted }
      report(error, source: "")
      throw ExitStatus.failed
    }
  }
}
