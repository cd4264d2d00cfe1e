import Glibc
import PlumbDatabase
import PlumbEngine
import Synchronization
import Testing

/// What a cancelled query leaves: the rows that had come, in order, or its diagnostic where there were none.
struct PartialAnswerTests {
  /// Runs a query and cancels it after `milliseconds`, again until it ends.
  private func cancelled(
    _ text: String, after milliseconds: UInt32 = 150, keepsPartial: Bool, threads: Int
  ) -> Result<[Answer], any Error> {
    let session = Session(catalog: Catalog(), options: SessionOptions(threads: threads))
    session.options.keepsPartialAnswers = keepsPartial
    final class End: Sendable { let isReached = Atomic(false) }
    let end = End()
    _ = startThread(stackBytes: 1 << 20) {
      while !end.isReached.load(ordering: .relaxed) {
        usleep(milliseconds * 1000)
        session.cancel()
      }
    }
    defer { end.isReached.store(true, ordering: .relaxed) }
    return Result { try session.run(text) }
  }

  /// The answers of a query that is cancelled when it has rows, however slow the machine is.
  private func partialAnswers(_ text: String, threads: Int) throws -> [Answer] {
    for milliseconds: UInt32 in [150, 600, 2_400, 10_000] {
      if let answers = try? cancelled(text, after: milliseconds, keepsPartial: true, threads: threads).get() { return answers }
    }
    return try cancelled(text, after: 60_000, keepsPartial: true, threads: threads).get()
  }

  @Test(arguments: [1, 4])
  func rowsThatHadComeAreKept(threads: Int) throws {
    let query = "range x from 1 to 100000000000 step 1 | where x % 100003 == 5 | extend y = x + 1"
    let answers = try partialAnswers(query, threads: threads)
    let answer = try #require(answers.first)
    #expect(answers.count == 1 && answer.isPartial)
    #expect(answer.rowCount > 0)
    var last: Int64 = 0
    for chunk in answer.chunks {
      for row in 0..<chunk.count {
        guard case .long(let x) = chunk.column(0).value(at: row), case .long(let y) = chunk.column(1).value(at: row) else {
          Issue.record("not a number")
          return
        }
        #expect(x > last && x % 100_003 == 5 && y == x + 1)
        last = x
      }
    }
  }

  @Test func withoutRowsOrWithoutTheWishThereIsADiagnostic() {
    let blocking = "range x from 1 to 100000000000 step 1 | summarize sum(x % 7)"
    #expect(throws: (any Error).self) { try cancelled(blocking, keepsPartial: true, threads: 2).get() }
    let streaming = "range x from 1 to 100000000000 step 1 | where x % 100003 == 5"
    #expect(throws: (any Error).self) { try cancelled(streaming, keepsPartial: false, threads: 2).get() }
  }

  @Test func nothingComesAfterAPartialAnswer() throws {
    let text = "print 1; range x from 1 to 100000000000 step 1 | where x % 100003 == 5; print 2"
    let answers = try partialAnswers(text, threads: 2)
    #expect(answers.count == 2)
    #expect(answers.map(\.isPartial) == [false, true])
  }
}
