import Foundation
import PlumbDiagnostics
import PlumbEngine
import Testing

@testable import PlumbStorage

/// Workspace files with bytes, pages and logs changed, cut off, swapped and taken away: each answers as the sound file
/// does, or what is wrong is said; none is written to.
///
/// `PLUMB_MUTANTS` says how many; `Tests/figures/mutants.sh` runs 20,000.
@Suite struct WorkspaceMutationTests {
  /// A file, its log and the log's index: what a process leaves that ends, or is ended.
  fileprivate struct Files: Equatable {
    var file: [UInt8]
    var log: [UInt8]?
    var index: [UInt8]?
  }

  /// What the file answers.
  private struct Answers: Equatable {
    var tables: [String: [[Value]]] = [:]
    var functions: [StoredFunction] = []
    var settings: [String: String] = [:]

    init(_ file: WorkspaceFile) throws {
      for table in file.tables { tables[table.name] = try Samples.cells(table) }
      functions = file.functions
      settings = file.settings
    }
  }

  private static let pageCount = 16_384

  /// A file that was closed, one that a process left when it was ended, and the answers of all its transactions.
  private static func originals() throws -> (closed: Files, left: Files, answers: [Answers]) {
    let folder = try WorkspaceFolder()
    var answers: [Answers] = []
    func change(_ file: WorkspaceFile, _ body: (WorkspaceWriter) throws -> Void) throws {
      try file.write(body)
      try file.reading { answers.append(try Answers(file)) }
    }
    do {
      let file = try folder.open()
      try change(file) { writer in
        try writer.append(Samples.allTypes(rows: 60))
        try writer.append(Samples.numbers(0..<200))
        try writer.append(Samples.numbers(200..<230))
        try writer.save(StoredFunction(name: "f", parameters: "(x: long)", body: "{ x + 1 }"))
        try writer.set("clock", to: "638000000000000000")
      }
    }
    let closed = try folder.files
    let file = try folder.open()
    answers.removeAll()
    try file.reading { answers.append(try Answers(file)) }
    try change(file) { try $0.append(Samples.numbers(230..<260)) }
    try change(file) { try $0.set("clock", to: "638000000000000001") }
    try change(file) { try $0.append(Samples.allTypes(rows: 7)) }
    return (closed, try folder.files, answers)
  }

  private struct Mutator {
    var generator = MutationTests.Generator(state: 20_260_101)

    mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &generator) }

    /// - Parameter least: bytes that are left of it; an empty file is one that is yet to be made.
    mutating func change(_ bytes: inout [UInt8], page: Int, header: Int, least: Int = 0) {
      guard bytes.count > header else { return }
      let place = number(0..<bytes.count)
      let first = place / page * page
      switch number(0..<12) {
      case 0, 1: bytes[place] ^= UInt8(1 << number(0..<8))
      case 2: bytes[place] = UInt8(number(0..<256))
      case 3: bytes.removeSubrange(max(place, least)...)
      case 4: bytes.removeSubrange(max(first, least)...)
      case 5:
        let other = number(0..<bytes.count) / page * page
        for i in 0..<page where max(first, other) + i < bytes.count { bytes.swapAt(first + i, other + i) }
      case 6: for i in first..<min(first + page, bytes.count) { bytes[i] = 0 }
      case 7: for i in place..<min(place + number(1..<600), bytes.count) { bytes[i] = 0 }
      case 8: bytes[number(0..<header)] = UInt8(number(0..<256))
      // Where a page keeps the numbers and places of its cells.
      case 9: bytes[min(first + number(0..<40), bytes.count - 1)] = UInt8(number(0..<256))
      case 10: bytes.removeSubrange(place..<min(place + number(1..<40), bytes.count))
      default: bytes.insert(contentsOf: bytes[place...].prefix(number(1..<40)), at: place)
      }
    }

    /// Changes a closed file, or one with its log.
    mutating func changed(_ original: Files) -> (files: Files, lostIndex: Bool) {
      var files = original
      var lostIndex = false
      for _ in 0..<number(1..<4) {
        guard let log = files.log else {
          change(&files.file, page: WorkspaceMutationTests.pageCount, header: 100, least: 1)
          continue
        }
        switch number(0..<8) {
        case 0: change(&files.file, page: WorkspaceMutationTests.pageCount, header: 100)
        case 1:
          files.index = nil
          lostIndex = true
        case 2: files.log = nil
        case 3 where files.index != nil:
          var index = files.index ?? []
          change(&index, page: 1_024, header: 136)
          files.index = index
          lostIndex = true
        default:
          var log = log
          change(&log, page: WorkspaceMutationTests.pageCount + 24, header: 32)
          files.log = log
        }
      }
      return (files, lostIndex)
    }
  }

  @Test func mutatedWorkspacesEndWell() throws {
    let count = MutationTests.count(200, long: 400)
    let (closed, left, answers) = try Self.originals()
    let last = try #require(answers.last)
    let before = try #require(answers.first)
    #expect(left.log != nil && left.index != nil && answers.count == 4)
    let folder = try WorkspaceFolder()
    var mutator = Mutator()
    var same = 0, told = 0, salvaged = 0
    for round in 0..<count {
      let isLeft = round % 2 == 1
      let (files, lostIndex) = mutator.changed(isLeft ? left : closed)
      // Without its index a log that was cut off between two transactions cannot be told from a shorter one.
      let expected = isLeft ? (lostIndex ? answers : [last]) : [before]
      try folder.write(files)
      do {
        let file = try folder.open()
        let isRight = expected.contains(try Answers(file))
        #expect(isRight, "round \(round): a wrong answer")
        same += 1
      } catch let diagnostic as Diagnostic {
        #expect(!diagnostic.message.isEmpty)
        let isUntouched = try folder.isAs(files)
        #expect(isUntouched, "round \(round): written to")
        told += 1
      }
      if !isLeft {
        let isUntouched = try folder.isAs(files)
        #expect(isUntouched, "round \(round): written to")
      }

      try folder.write(files)
      do {
        let file = try folder.open { $0.salvages = true }
        let found = try Answers(file)
        if file.losses.isEmpty {
          let isRight = expected.contains(found)
          #expect(isRight, "round \(round): a loss is not told")
        } else {
          try file.reading {}
          #expect(throws: Diagnostic.self) { try file.write { try $0.set("clock", to: nil) } }
          salvaged += 1
        }
        for (name, rows) in found.tables {
          let isSound = answers.contains { Self.isPart(rows, of: $0.tables[name] ?? []) }
          #expect(isSound, "round \(round): wrong rows in \(name)")
        }
        #expect(found.functions.allSatisfy { last.functions.contains($0) })
        for (name, value) in found.settings { #expect(answers.contains { $0.settings[name] == value }) }
        if file.losses.isEmpty { continue }
      } catch is Diagnostic {}
      let isUntouched = try folder.isAs(files)
      #expect(isUntouched, "round \(round): salvage wrote")
    }
    #expect(same > count / 20 && told > count / 4 && salvaged > count / 20)
    print(
      "mutated workspace files: \(count), of which \(same) answered like the undamaged file, \(told) were reported, \(salvaged) "
        + "gave up something sound, 0 ended the process or were written to")
  }

  /// Whether all these rows are in `whole`, in its order; values that are not sound may be missing in them.
  private static func isPart(_ rows: [[Value]], of whole: [[Value]]) -> Bool {
    var place = 0
    for row in whole where place < rows.count {
      let isSame = zip(rows[place], row).allSatisfy { $0 == $1 || $0.isNull || $0 == .string("") }
      if isSame { place += 1 }
    }
    return place == rows.count
  }
}

extension WorkspaceFolder {
  fileprivate var files: WorkspaceMutationTests.Files {
    get throws {
      .init(file: try bytes, log: try contents("-wal"), index: try contents("-shm"))
    }
  }

  private func contents(_ ending: String) throws -> [UInt8]? {
    guard FileManager.default.fileExists(atPath: path + ending) else { return nil }
    return Array(try Data(contentsOf: URL(fileURLWithPath: path + ending)))
  }

  /// Returns whether the file and its log are these; an empty log counts as missing.
  fileprivate func isAs(_ files: WorkspaceMutationTests.Files) throws -> Bool {
    let now = try self.files
    return now.file == files.file && (now.log ?? []) == (files.log ?? [])
  }

  fileprivate func write(_ files: WorkspaceMutationTests.Files) throws {
    for (ending, bytes) in [("", files.file), ("-wal", files.log), ("-shm", files.index)] {
      guard let bytes else {
        try? FileManager.default.removeItem(atPath: path + ending)
        continue
      }
      try Data(bytes).write(to: URL(fileURLWithPath: path + ending))
    }
  }
}
