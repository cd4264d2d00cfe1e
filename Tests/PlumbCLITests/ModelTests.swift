import Foundation
import TestSupport
import Testing

/// Models in workspace files, from one process to the next.
@Suite(.enabled(if: LongTests.areRun)) struct ModelTests {
  private func answer(_ path: String, _ query: String) throws -> (output: String, messages: String) {
    let done = try PlumbProcess(["query", path, "-c", query])
    return (done.output, done.messages)
  }

  private func world(_ folder: TemporaryFolder) throws -> String {
    let path = folder.path + "/w.plumb"
    #expect(try PlumbProcess(["simulate", "--pipelines", "20", "--days", "6", "--seed", "5", "--difficulty", "easy", "--into", path]).status == 0)
    return path
  }

  @Test(arguments: ["tree", "forest", "boosting"])
  func aTrainedModelPredictsTheSameInTheNextProcess(method: String) throws {
    let folder = try TemporaryFolder()
    let path = try world(folder)
    let fresh = try answer(path, "predict risk using \(method)")
    #expect(fresh.output.split(separator: "\n").count == 21, "\(fresh.messages)")
    #expect(!fresh.messages.contains("saved model"))
    let trained = try answer(path, ".train \(method)")
    #expect(trained.output.contains("\(method)_2h,1,true,in use,"), "\(trained.output)\(trained.messages)")
    // The digits of a real are as many as its bits need.
    let again = try answer(path, "predict risk using \(method)")
    #expect(again.output == fresh.output)
    #expect(again.messages.contains("the saved model `\(method)_2h`, version 1"))
    #expect(try answer(path, ".show tree").output.contains("failed"))
  }

  @Test func modelsAreListedAndDropped() throws {
    let folder = try TemporaryFolder()
    let path = try world(folder)
    for _ in 0..<2 { _ = try answer(path, ".train within 6h") }
    #expect(try answer(path, "predict_models() | project name, version, saved, state").output
      == "name,version,saved,state\nboosting_6h,1,true,superseded\nboosting_6h,2,true,in use\n")
    // As the clock moves the model grows old, and says so.
    _ = try answer(path, ".advance 3d")
    #expect(try answer(path, "predict_models() | where version == 2 | project state, age >= 3d").output == "state,Column1\nin use,true\n")
    #expect(try answer(path, "predict risk within 6h | count").messages.contains("3 days earlier; `.train` trains a new one"))
    #expect(try answer(path, ".drop model boosting_7h").messages.contains("did you mean `boosting_6h`"))
    #expect(try answer(path, ".drop model boosting_6h").output == "ModelName\n")
    #expect(try answer(path, "predict_models() | count").output == "Count\n0\n")
    #expect(try answer(path, ".drop model boosting_6h ifexists").messages == "")
    #expect(try answer(path, ".train tree within soon").messages.contains("found `soon` where a timespan should be"))
  }

  /// Changes that a user made to the tables of a world are never undone silently.
  @Test func aChangedWorldDoesNotMoveOn() throws {
    let folder = try TemporaryFolder()
    let path = try world(folder)
    let count = try answer(path, "runs | count").output
    _ = try answer(path, ".append runs <| runs | take 5")
    let refused = try answer(path, ".advance 1h").messages
    #expect(refused.contains("error[world-changed]") && refused.contains(".rename table runs to my_runs"), "\(refused)")
    #expect(try answer(path, "my_other_table").messages.contains("error"))
    _ = try answer(path, ".rename table runs to mine")
    #expect(try answer(path, ".advance 0s").messages == "")
    #expect(try answer(path, "runs | count").output == count)
    #expect(try answer(path, "mine | count").output != count)
    // In memory alike.
    let script = try folder.write(
      "s.kql", ".set-or-replace edges <| edges | take 1;\n.advance 1h")
    #expect(try PlumbProcess(["run", script]).messages.contains("`edges` was changed"))
    let back = try folder.write(
      "b.kql", ".set-or-replace edges <| edges | take 1;\n.drop table edges;\n.advance 1h;\nedges | count | project Count > 1")
    #expect(try PlumbProcess(["run", back]).output.hasSuffix("true\n"))
  }
}
