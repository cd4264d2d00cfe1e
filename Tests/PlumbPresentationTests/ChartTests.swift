import Foundation
import FoundationXML
import PlumbDatabase
import PlumbEngine
@testable import PlumbPresentation
import PlumbSyntax
import TestSupport
import Testing


/// Charts as text and as SVG, over results made to break them.
@Suite(.enabled(if: LongTests.areRun)) struct ChartTests {
  private static let sources = [
    "range n from 1 to 40 step 1 | extend at = datetime(2025-03-01) + n * 1h, name = strcat('s', n % 9), size = n * n",
    "print n = long(null), at = datetime(null), name = '', size = real(nan)",
    "range n from 1 to 3 step 1 | extend at = datetime(9999-12-31), name = '<&\"\\u0001\\u202E東京', size = 1e308",
    "range n from 1 to 5 step 1 | extend at = datetime(0001-01-01), name = 'x', size = -1e-300 * n",
    "range n from 1 to 50 step 1 | extend at = datetime(2025-03-01) + n * n * 1d, name = 'x', size = 9223372036854775807",
    "range n from 0 to 100 step 1 | summarize at = make_list(datetime(2025-03-01) + n * 1m), size = make_list(n), name = 'a'",
    "print x = 1", "print t = 'only text'", "range n from 1 to 0 step 1",
    "range n from 1 to 9 step 1 | extend at = datetime(2025-03-01) + n * 1h, name = strcat('l', n), took = 1s * n | extend until = at + 30m",
    "range n from 1 to 3000 step 1 | extend name = strcat('s', n), at = datetime(2025-03-01) + n * 1s, size = rand()",
  ]

  private static let properties = [
    "", " with (kind=stacked)", " with (kind=stacked100)", " with (yaxis=log, xaxis=log)", " with (ymin=5, ymax=1)",
    " with (title='<T> & \"q\"', ytitle='y', xtitle='x', theme=dark, legend=hidden)", " with (ymin=-1e300, ymax=1e300)",
  ]

  private func answer(_ query: String) throws -> Answer {
    let session = Session(catalog: Catalog(), options: SessionOptions(threads: 2, memoryLimit: 1 << 30, seed: 1))
    return try #require(try session.run(query).last)
  }

  @Test(arguments: ChartDeclaration.all.map(\.name))
  func drawsAnything(kind: String) throws {
    for source in Self.sources {
      for property in Self.properties {
        let answer = try answer("\(source) | render \(kind)\(property)")
        guard case .success(let chart)? = answer.chart() else { continue }
        for (width, height) in [(1, 1), (37, 9), (80, 20)] {
          for isASCII in [false, true] {
            var out = ByteBuffer()
            chart.printText(width: width, height: height, isASCII: isASCII, palette: nil, to: &out)
            for line in out.string.split(separator: "\n") { #expect(line.count <= max(width, 30), "\(line)") }
            #expect(!out.string.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
          }
        }
        let svg = chart.svg(data: answer.description(limit: 50))
        let parser = XMLParser(data: Data(svg.utf8))
        #expect(parser.parse(), "\(source)\(property): \(String(describing: parser.parserError))")
        #expect(!svg.contains("nan") && !svg.contains("inf,"), "\(source)\(property)")
      }
    }
  }

  @Test func drawsWhatItCan() throws {
    let drawn = "range n from 1 to 9 step 1 | extend at = datetime(2025-03-01) + n * 1h, name = strcat('l', n % 3) | extend until = at + 30m"
    #expect(ChartForm.all.map(\.name) == ChartDeclaration.all.map(\.name))
    for kind in ChartDeclaration.all.map(\.name) {
      let answer = try answer("\(drawn) | render \(kind)")
      guard case .success? = answer.chart() else {
        Issue.record("\(kind) draws nothing: \(answer.undrawnChart ?? "")")
        continue
      }
    }
    #expect(try answer("print a = 1 | render table").undrawnChart == nil)
    #expect(try answer("print a = 1 | render pivotchart").undrawnChart == "`render pivotchart` is shown as a table")
    #expect(try answer("print a = 'x' | render piechart").undrawnChart?.contains("column of names") == true)
  }

  @Test func missingBinsAreGaps() throws {
    let answer = try answer(
      "range n from 1 to 20 step 1 | where n !in (7, 8) | extend at = datetime(2025-03-01) + n * 1h, size = n | project at, size | render timechart")
    guard case .success(let chart)? = answer.chart(), let plot = chart.content as? Plot else {
      Issue.record("no plot")
      return
    }
    #expect(plot.series.map { $0.segments.map(\.count) } == [[6, 12]])
  }

  @Test func moreThanSixSeriesAreOther() throws {
    let answer = try answer(
      "range n from 0 to 99 step 1 | extend at = datetime(2025-03-01) + (n / 10) * 1h, s = strcat('s', n % 10), v = n % 10 | project at, s, v | render timechart")
    guard case .success(let chart)? = answer.chart(), let plot = chart.content as? Plot else {
      Issue.record("no plot")
      return
    }
    #expect(plot.series.map(\.name) == ["s4", "s5", "s6", "s7", "s8", "s9", "other (4, sum)"])
    #expect(plot.series.last?.points.allSatisfy { $0.y == 6 } == true)
  }

  @Test func ticksAreRound() {
    func labels(_ low: Double, _ high: Double, _ count: Int) -> [String] { Ticks.numbers(low, high, count).map(\.label) }
    #expect(labels(0, 10, 6) == ["0", "2", "4", "6", "8", "10"])
    #expect(labels(0, 1, 5) == ["0", "0.5", "1.0"])
    #expect(labels(-3, 14, 5) == ["0", "5", "10"])
    #expect(labels(0, 2_400_000, 6) == ["0", "0.5M", "1.0M", "1.5M", "2.0M"])
    let day = Double(DateTime.ticks(year: 2025, month: 3, day: 6) ?? 0)
    let hour = Double(TimeSpan.hour)
    func times(_ low: Double, _ high: Double, _ count: Int) -> [String] { Ticks.times(low, high, count).map(\.label) }
    #expect(times(day, day + 24 * hour, 6) == ["Mar 6", "06:00", "12:00", "18:00", "Mar 7"])
    #expect(times(day, day + hour / 2, 7) == ["Mar 6", "00:05", "00:10", "00:15", "00:20", "00:25", "00:30"])
    #expect(times(day, day + 24 * hour * 200, 8) == ["Apr", "May", "Jun", "Jul", "Aug", "Sep"])
    #expect(times(day, day + 24 * hour * 1500, 6) == ["2026", "2027", "2028", "2029"])
    #expect(Ticks.durations(0, 90 * Double(TimeSpan.minute), 4).map(\.label) == ["0", "30 min", "1 h", "1.5 h"])
  }

  @Test func sharesMakeAWhole() {
    for weights in [[1.0, 1, 1], [0.1, 99.9], [3], [1e-9, 1, 1e9], [2, 2, 2, 2, 2, 2, 2]] {
      #expect(ChartBuilder.apportioned(1000, by: weights).reduce(0, +) == 1000)
    }
    #expect(ChartBuilder.apportioned(100, by: []) == [])
  }

  @Test func tilesFillTheirBoxInProportion() {
    let values = [600.0, 300, 60, 30, 10]
    let boxes = TileLayout.squarify(values, in: .init(x: 0, y: 0, width: 100, height: 50))
    for (value, box) in zip(values, boxes) { #expect(abs(box.width * box.height - value * 5) < 1e-6) }
    for box in boxes { #expect(box.x >= 0 && box.y >= 0 && box.x + box.width < 100.001 && box.y + box.height < 50.001) }
  }
}
