import Foundation
import PlumbDiagnostics
import PlumbEngine
import Testing

@testable import PlumbStorage

@Suite struct MutationTests {
  /// SplitMix64 (Steele, Lea and Flood, 2014).
  struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  static let csv = #"""
    id,name,at,share,ok
    1,"alpha, beta",2024-05-01T12:30:00Z,0.5,true
    2,"say ""hi""",2024-05-02T00:00:00.123Z,1e5,false
    3,"two
    lines",2024-05-03,-7.25,true
    4,žluť,,,
    5,plain,2024-05-05 01:02:03,123456789.5,false

    """#
  static let json = """
    {"id":1,"name":"alpha","at":"2024-05-01T12:30:00Z","n":{"k":[1,2,{"z":null}]}}
    {"id":2.5,"name":"be\\u0074a","ok":true}
    {"id":null,"deep":[[[[1]]]]}

    """

  private func mutated(_ text: String, _ generator: inout Generator) -> [UInt8] {
    var bytes = Array(text.utf8)
    let special = Array("\",\n\r;|\t\\{}[]:0-.eE \u{0}".utf8) + [0xFF, 0xC3, 0xEF, 0xBB, 0xBF, 0x1F, 0x8B]
    for _ in 0..<Int.random(in: 1...6, using: &generator) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: bytes[place] = special.randomElement(using: &generator) ?? 0
      case 1: bytes.insert(special.randomElement(using: &generator) ?? 0, at: place)
      case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...20, using: &generator)))
      case 3: bytes.insert(contentsOf: bytes[place...].prefix(40), at: place)
      default: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      }
    }
    return bytes
  }

  /// How many mutants there are: what `PLUMB_MUTANTS` says, else a sample, or a larger one with the long tests.
  static func count(_ sample: Int, long: Int) -> Int {
    let environment = ProcessInfo.processInfo.environment
    return environment["PLUMB_MUTANTS"].flatMap { Int($0) } ?? (environment["PLUMB_LONG"] == nil ? sample : long)
  }

  /// A mutated text loads or ends in a diagnostic, and does the same with two threads and tiny blocks.
  @Test func everythingLoadsOrIsDiagnosed() throws {
    var generator = Generator(state: 20_240_501)
    let schema: Schema = [
      .init("id", .long), .init("name", .string), .init("at", .datetime), .init("share", .real), .init("ok", .bool),
    ]
    let count = Self.count(300, long: 600)
    for round in 0..<count {
      let isJSON = round % 3 == 2
      let bytes = mutated(isJSON ? MutationTests.json : MutationTests.csv, &generator)
      let policy = BadRowPolicy.allCases[round % 5 % 3]
      let isStated = round % 4 == 1
      let size = Int.random(in: 16...200, using: &generator)
      let results = [(1, nil), (2, size)].map { threads, blockSize -> String in
        do {
          let loaded = try load(bytes: bytes, named: isJSON ? "t.ndjson" : "t.csv") {
            $0.threads = threads
            $0.blockSize = blockSize
            $0.badRows = policy
            $0.columns = isStated ? schema : nil
          }
          return "\(loaded.columns) \(loaded.skippedRows) \(loaded.nulledCells) \(loaded.rows)"
        } catch let diagnostic as Diagnostic {
          return "\(diagnostic.code): \(diagnostic.message)"
        } catch {
          return "other error \(error)"
        }
      }
      #expect(results[0] == results[1], "round \(round)")
      #expect(!results[0].hasPrefix("other"))
    }
    print("mutated texts: \(count), read alike in one block and in many, or refused alike")
  }

  /// Remarks below a table are left out, and refused where rows follow or the text is cut off, wherever a block ends.
  @Test(arguments: [
    "(3 rows affected)\n", "\n(3 rows affected)\n\nCompletion time: noon\n", "total\n", "total", "one\ntwo\nthree\n\n\n",
    "a note without an end", "total\n4,d,u\n", "1\n2\n3\n4\n5\n6\n7\n8\n", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "two,fields\n", "4,d,u\n",
  ])
  func remarksEndAnywhere(remarks: String) throws {
    func answer(_ change: (inout ReadOptions) -> Void) throws -> String {
      do {
        let loaded = try load(bytes: Array("id,name,tail\n1,a,x\n2,bb,y\n3,\"c\nd\",z\n\(remarks)".utf8), named: "t.csv", change)
        return "\(loaded.rows)"
      } catch let diagnostic as Diagnostic {
        return diagnostic.message
      }
    }
    let whole = try answer { $0.threads = 1 }
    for size in 16...100 {
      for threads in [1, 2] {
        #expect(try answer { ($0.threads, $0.blockSize) = (threads, size) } == whole, "blocks of \(size), \(threads) threads")
      }
    }
  }

  /// Quoted newlines, doubled quotes and stray quotes fall on every side of a block's end.
  @Test func blockEndsNeverMatter() throws {
    var generator = Generator(state: 7)
    var text = "id,text,tail\n"
    for i in 0..<400 {
      let pieces = ["x", "\n", "\"\"", ",", "\r\n", "long text ", "é"]
      let inner = (0..<Int.random(in: 0...8, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }
      let isStray = i % 11 == 5
      text += isStray ? "\(i),a \"stray\" one,b\"\n" : "\(i),\"\(inner.joined())\",t\(i % 5)\n"
    }
    let whole = try load(text)
    #expect(whole.table.rowCount == 400)
    for size in [16, 17, 31, 64, 100, 333, 1000, 4096] {
      for threads in [1, 2] {
        let parts = try load(text) {
          $0.blockSize = size
          $0.threads = threads
        }
        #expect(parts.rows == whole.rows, "blocks of \(size)")
      }
    }
  }
}
