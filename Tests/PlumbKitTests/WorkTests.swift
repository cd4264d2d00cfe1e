import Foundation
import PlumbEngine
import PlumbKit
import Testing

/// Loading, importing, exporting, saving and simulating, with what they report.
struct WorkTests {
  /// Events of a piece of work, a line each; progress by its stage alone.
  private static func events() -> (work: Work, lines: Outcomes) {
    let lines = Outcomes()
    let work = Work { event in
      switch event {
      case .began(let stage, let unit): lines.add("began \(stage), \(unit)")
      case .progress(let progress): lines.add("progress of \(progress.stage)")
      case .ended(let stage): lines.add("ended \(stage)")
      case .saved(let text): lines.add("saved: \(text)")
      case .note(let text): lines.add("note: \(text)")
      case .message(let text), .unchanged(let text): lines.add(text)
      case .problem(let problem): lines.add("problem: \(problem.message)")
      }
    }
    return (work, lines)
  }

  @Test func aWorkspaceIsFilledSavedAndExported() throws {
    let folder = try Folder()
    let csv = try folder.write("t.csv", "a,b\n1,x\n2,y\n3,z\n")
    let workspace = try Workspace()
    let (work, lines) = Self.events()
    #expect(try workspace.importFiles(ImportRequest(paths: [csv]), work: work))
    #expect(lines.list == ["t: 3 rows from \(csv)"])
    let loaded = try workspace.load(csv, as: "u")
    #expect(loaded.map(\.name) == ["u"] && loaded.map(\.rows) == [3] && loaded.map(\.path) == [csv])
    try workspace.save(to: folder.path + "/w.plumb")
    let saved = try Workspace(.file(folder.path + "/w.plumb"))
    #expect(try saved.tables.map(\.name) == ["t", "u"])
    #expect(try saved.tables.map(\.rowCount) == [3, 3])
    let (importing, told) = Self.events()
    #expect(try saved.importFiles(ImportRequest(paths: [csv]), work: importing))
    #expect(told.list.contains { $0.contains("have already been imported") }, "\(told.list)")
    try saved.export(to: folder.path + "/out", tables: ["t"])
    #expect(try String(contentsOfFile: folder.path + "/out/t.csv", encoding: .utf8) == "a,b\n1,x\n2,y\n3,z\n")
    #expect(throws: Problems.self) { try saved.export(to: folder.path + "/other", format: "tsv") }
    #expect(throws: Problems.self) { try saved.save(to: folder.path + "/w.plumb") }
  }

  /// A cancelled import leaves whole batches, and the same call goes on from there.
  @Test func aCancelledImportGoesOn() throws {
    let folder = try Folder()
    let csv = try folder.write("t.csv", "a\n" + (1...60_000).map { "\($0)\n" }.joined())
    let workspace = try Workspace(.file(folder.path + "/w.plumb"))
    var request = ImportRequest(paths: [csv])
    request.batchBytes = 20_000
    let box = Outcomes()
    let stopping = LockedValue<Work?>(nil)
    let work = Work { event in
      guard case .saved(let text) = event else { return }
      box.add(text)
      if box.list.count == 3 { stopping.withLock { $0?.cancel() } }
    }
    stopping.withLock { $0 = work }
    let problems = #expect(throws: Problems.self) { try workspace.importFiles(request, work: work) }
    #expect(problems?.list.first?.code == "cancelled")
    let rows = try #require(try workspace.tables.first?.rowCount)
    #expect(rows > 0 && rows < 60_000)
    #expect(box.list.last == "t: \(NumberText.grouped(rows)) rows saved")
    #expect(try workspace.importFiles(request))
    #expect(try workspace.connect().query("t | summarize count(), sum(a)").text(as: "csv") == "count_,sum_a\n60000,1800030000\n")
  }

  @Test func readingOptionsAreFollowed() throws {
    let folder = try Folder()
    let path = try folder.write("odd.txt", "1;2\n3;x\n")
    var options = WorkspaceOptions()
    try options.reading.read(as: "csv")
    options.reading.delimiter = UInt8(ascii: ";")
    options.reading.hasHeader = false
    options.reading.columns = [Column("p", .long), Column("q", .long)]
    options.reading.badRows = .null
    let workspace = try Workspace(options: options)
    try workspace.load(path, as: "t")
    #expect(try workspace.connect().query("t").text(as: "csv") == "p,q\n1,2\n3,\n")
    #expect(throws: Problems.self) { try options.reading.read(as: "docx") }
  }

  @Test func aWorldIsSimulatedAndLearnedFrom() throws {
    let folder = try Folder()
    var simulation = Simulation()
    simulation.pipelines = 20
    simulation.days = 12
    let (work, lines) = Self.events()
    let runs = try Workspace.simulate(simulation, into: folder.path + "/w.plumb", work: work)
    #expect(runs > 1_000)
    #expect(lines.list.contains("began simulating, runs") && lines.list.last == "ended writing")
    let workspace = try Workspace(.file(folder.path + "/w.plumb"))
    #expect(try workspace.connect().query("runs | count")["Count"] == [.long(Int64(runs))])
    let models = try workspace.train()
    #expect(models.rowCount == 1)
    #expect(try Workspace(.file(folder.path + "/w.plumb")).connect().query("predict_models() | count")["Count"] == [.long(1)])
  }
}
