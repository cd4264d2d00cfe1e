import Foundation
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax
import TestSupport
import Testing

/// Puts window functions and aggregates into every place of every operator where an expression can be.
///
/// The places are found by reading the queries of the manual: wherever one has an expression, a call takes its place.
/// Whatever the text then means, it must end in an answer or in a diagnostic.
@Suite(.enabled(if: LongTests.areRun)) struct PlacementTests {
  /// An expression of a query that runs.
  struct Place: Sendable {
    let query: String
    /// The bytes of the expression in the query.
    let range: Range<Int>
    /// The operator and the part of it, such as `MakeSeriesSyntax.axis`.
    let key: String

    /// The query with other text in place of the expression.
    func replacing(by text: (String) -> String) -> String {
      let bytes = Array(query.utf8)
      let old = String(decoding: bytes[range], as: UTF8.self)
      return String(decoding: bytes[..<range.lowerBound], as: UTF8.self) + text(old)
        + String(decoding: bytes[range.upperBound...], as: UTF8.self)
    }
  }

  /// Ways to write a call of `function` around or instead of the expression `old`.
  static let forms: [@Sendable (_ function: String, _ old: String) -> String] = [
    { "\($0)(\($1))" },
    { function, _ in "\(function)()" },
    { "\($0)(\($1), \($1))" },
    { "tostring(\($0)(\($1)))" },
    { "sum(\($0)(\($1)))" },
    { "prev(\($0)(\($1)))" },
    { "iff(true, \($0)(\($1)), \($1))" },
    { "inner_sum(\($0)(\($1)))" },
    { "inner_prev(\($0)(\($1)))" },
    { "toscalar(print \($0)(\($1)))" },
  ]

  /// Functions whose bodies use their parameters where only columns can be.
  static let prelude = "let inner_sum = (v: real) { sum(v) }; let inner_prev = (v: real) { prev(v) }; "

  /// A session over the tables of the manual.
  static let session: Session = {
    let session = Session(catalog: Catalog(), options: SessionOptions(threads: 1, clock: { 638_768_448_000_000_000 }))
    for path in pages(endingIn: ".kql") {
      guard let name = path.split(separator: "/").last?.dropLast(4), let answer = try? session.run(text(of: path)).first
      else { continue }
      let groups = answer.chunks.map { RowGroup($0.vectors(), count: $0.count) }
      session.catalog.add(Table(name: String(name), schema: answer.schema, groups: groups))
    }
    return session
  }()

  /// Places of the manual's queries that run, at most three for each key.
  static let places: [Place] = {
    let queries = manual.filter { (try? session.run($0)) != nil }
    var found: [String: [Place]] = [:]
    for query in queries {
      for place in expressions(of: query) where found[place.key, default: []].count < 3 {
        found[place.key, default: []].append(place)
      }
    }
    return found.sorted { $0.key < $1.key }.flatMap(\.value)
  }()

  /// The queries of the manual's pages.
  private static let manual: [String] = pages(endingIn: ".test").flatMap { path in
    let lines = text(of: path).split(separator: "\n", omittingEmptySubsequences: false)
    return lines.split { !$0.contains(#/^(\[\w+\])?> /#) }.map { block in
      block.map { line in String(line.trimmingPrefix(#/(\[\w+\])?> /#)) }.joined(separator: "\n")
    }
  }

  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Golden")

  private static func pages(endingIn suffix: String) -> [String] {
    let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return paths.filter { $0.hasSuffix(suffix) }.sorted()
  }

  private static func text(of path: String) -> String {
    (try? String(contentsOf: folder.appending(path: path), encoding: .utf8)) ?? ""
  }

  /// Every expression in the syntax tree of a query, with the operator it belongs to.
  private static func expressions(of query: String) -> [Place] {
    var places: [Place] = []
    func visit(_ node: Any, path: [String], label: String) {
      var path = path
      if let expression = node as? ExpressionSyntax {
        let span = expression.span
        if span.lower < span.upper {
          places.append(
            Place(query: query, range: span.lower..<span.upper, key: (path + [label]).joined(separator: ".")))
        }
      } else if node is SourceSyntax {
        path = []
      } else if Mirror(reflecting: node).displayStyle == .struct {
        if node is any OperatorNode { path = [] }
        let type = String(describing: Swift.type(of: node))
        if type.hasSuffix("Syntax"), path.count < 3 { path.append(type) }
      }
      for child in Mirror(reflecting: node).children {
        let isPart = child.label.map { !$0.hasPrefix(".") && $0 != "some" } ?? false
        visit(child.value, path: path, label: isPart ? child.label ?? label : label)
      }
    }
    visit(parse(query).script, path: [], label: "")
    return places
  }

  @Test func everyOperatorHasPlaces() {
    let owners = Set(Self.places.map { String($0.key.prefix { $0 != "." }) })
    let needed: [Any.Type] = [
      DatatableSyntax.self, DistinctSyntax.self, EvaluateSyntax.self, ExtendSyntax.self, FindSyntax.self,
      GraphMatchSyntax.self, InvokeSyntax.self, JoinSyntax.self, LookupSyntax.self, MakeSeriesSyntax.self,
      MvApplySyntax.self, MvExpandSyntax.self, ParseKVSyntax.self, ParseSyntax.self, PartitionSyntax.self,
      PrintSyntax.self, ProjectByNamesSyntax.self, ProjectSyntax.self, RangeSyntax.self, RenderSyntax.self,
      SampleDistinctSyntax.self, SampleSyntax.self, ScanSyntax.self, SearchSyntax.self, SerializeSyntax.self,
      SortSyntax.self, SummarizeSyntax.self, TakeSyntax.self, TopHittersSyntax.self, TopNestedSyntax.self,
      TopSyntax.self, UnionSyntax.self, WhereSyntax.self,
    ]
    for type in needed { #expect(owners.contains(String(describing: type)), "no query of the manual has \(type)") }
  }

  @Test func everyPlaceEndsInAnAnswerOrADiagnostic() throws {
    let count = ProcessInfo.processInfo.environment["PLUMB_PLACEMENTS"].flatMap(Int.init) ?? 6_000
    let windows = WindowFunction.allCases.map(\.rawValue), aggregates = AggregateFunction.all.map(\.name)
    var dice = Dice(state: 20_250_306)
    var answers = 0, refusals = 0
    for number in 0..<count {
      let place = Self.places[dice.roll(Self.places.count)]
      let functions = number % 2 == 0 ? windows : aggregates
      let function = functions[dice.roll(functions.count)], form = Self.forms[dice.roll(Self.forms.count)]
      var text = Self.prelude + place.replacing { form(function, $0) }
      // Functions over neighbouring rows are refused where the order means nothing.
      if dice.roll(2) == 0, let pipe = text.firstRange(of: "| ") { text.replaceSubrange(pipe, with: "| serialize | ") }
      do {
        _ = try Self.session.run(text)
        answers += 1
      } catch is Diagnostics {
        refusals += 1
      } catch {
        Issue.record("\(error): \(text)")
      }
      _ = Self.session.check(text)
    }
    print("placements: \(Self.places.count) places, \(answers) answers, \(refusals) refusals")
    #expect(answers > count / 100 && refusals > count / 2)
  }
}

/// A small source of chance that gives the same numbers each time.
private struct Dice {
  var state: UInt64

  mutating func roll(_ sides: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(sides))
  }
}
