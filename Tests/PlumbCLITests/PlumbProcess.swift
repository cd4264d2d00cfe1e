import Foundation

/// One run of the built binary: what it wrote, and how it ended.
struct PlumbProcess {
  let output: String
  let messages: String
  let status: Int32

  /// The binary is in the same folder as the tests.
  static let path: String = {
    // A job in the background ignores interrupts, and so would all that it starts; some tests interrupt what they start.
    signal(SIGINT, SIG_DFL)
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return (tests as NSString).deletingLastPathComponent + "/plumb"
  }()

  /// Runs to the end with `input` on standard input.
  init(
    _ arguments: [String], input: String = "", environment: [String: String] = [:], folder place: TemporaryFolder? = nil
  ) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.path)
    process.arguments = arguments
    if let place { process.currentDirectoryURL = URL(fileURLWithPath: place.path) }
    // A binary built with a sanitizer has the settings of the tests.
    let sanitizers = ProcessInfo.processInfo.environment.filter { $0.key.hasSuffix("SAN_OPTIONS") }
    process.environment = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "TERM": "dumb"]
      .merging(sanitizers) { $1 }.merging(environment) { $1 }
    // Files rather than pipes: nothing can block on a full one.
    let folder = try TemporaryFolder()
    try folder.write("input", input)
    for name in ["output", "messages"] { try folder.write(name, "") }
    process.standardInput = try FileHandle(forReadingFrom: folder.url("input"))
    process.standardOutput = try FileHandle(forWritingTo: folder.url("output"))
    process.standardError = try FileHandle(forWritingTo: folder.url("messages"))
    try process.run()
    process.waitUntilExit()
    output = try folder.read("output")
    messages = try folder.read("messages")
    status = process.terminationStatus
  }

  /// Runs a shell command in which `$PLUMB` is the binary.
  static func shell(_ command: String) throws -> (output: String, status: Int32) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", command]
    process.environment = ["PATH": "/usr/bin:/bin", "PLUMB": path]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (String(decoding: data, as: UTF8.self), process.terminationStatus)
  }
}

/// A folder that goes with its last user.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "plumb-tests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func url(_ name: String) -> URL { URL(fileURLWithPath: path + "/" + name) }

  /// Copies a file over another one, and takes away what belongs to that one.
  func copy(_ name: String, to copy: String) throws {
    for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(at: url(copy + ending)) }
    try FileManager.default.copyItem(at: url(name), to: url(copy))
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: url(name))
    return path + "/" + name
  }

  func read(_ name: String) throws -> String { String(decoding: try Data(contentsOf: url(name)), as: UTF8.self) }

  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}
