@testable import PlumbPresentation
import Testing


/// Points outside the y axis are not drawn on its border.
struct ChartClippingTests {
  private func check(_ points: [ClippedLine.Place], parts: [[ClippedLine.Place]], edge: [ClippedLine.Place], line: Int = #line) {
    let place = SourceLocation(fileID: #fileID, filePath: #filePath, line: line, column: 1)
    func rounded(_ places: [ClippedLine.Place]) -> [[Int]] {
      places.map { [Int(($0.x * 1000).rounded()), Int(($0.y * 1000).rounded())] }
    }
    let clipped = ClippedLine(points)
    #expect(clipped.parts.map(rounded) == parts.map(rounded), sourceLocation: place)
    #expect(rounded(clipped.edge) == rounded(edge), sourceLocation: place)
  }

  @Test func linesEndWhereTheyLeaveTheAxis() {
    check([], parts: [], edge: [])
    check([(0.5, 0.5)], parts: [[(0.5, 0.5)]], edge: [(0.5, 0.5)])
    check([(0.5, 2)], parts: [], edge: [(0.5, 1)])
    check([(0, 0), (1, 1)], parts: [[(0, 0), (1, 1)]], edge: [(0, 0), (1, 1)])
    check([(0, -1e-12), (1, 1 + 1e-12)], parts: [[(0, 0), (1, 1)]], edge: [(0, 0), (1, 1)])
    check([(0, -1), (1, 2)], parts: [[(1 / 3.0, 0), (2 / 3.0, 1)]], edge: [(0, 0), (1 / 3.0, 0), (2 / 3.0, 1), (1, 1)])
    check(
      [(0, 0.5), (0.5, 1.5), (1, 0.5)], parts: [[(0, 0.5), (0.25, 1)], [(0.75, 1), (1, 0.5)]],
      edge: [(0, 0.5), (0.25, 1), (0.5, 1), (0.75, 1), (1, 0.5)])
    check([(0, 2), (1, 3)], parts: [], edge: [(0, 1), (1, 1)])
    check([(0, -.infinity), (1, 0.5)], parts: [[(1, 0), (1, 0.5)]], edge: [(0, 0), (1, 0), (1, 0.5)])
  }

  @Test func marksOutsideTheAxisAreNotDrawn() throws {
    let lines = "datatable(x:long, y:long, z:long)[1, 5, 3, 2, 10, 1000]"
    for kind in ["linechart", "areachart", "scatterchart"] {
      let drawn = try Drawn("\(lines) | render \(kind) with (ymin=6, ymax=9)")
      #expect(drawn.chart.remarks == ["4 values outside the y axis (6 to 9) are not drawn"])
      // The names at the right have their marks.
      let text = drawn.text(width: 80)
      #expect(text.filter { $0 == "●" }.count == 1 && text.filter { $0 == "■" }.count == 1, "\(text)")
      #expect(drawn.svg.ranges(of: #"class="f0 m""#).count == 1 && drawn.svg.ranges(of: #"class="f1 m""#).count == 1)
    }
    let all = try Drawn("\(lines) | render linechart")
    #expect(all.chart.remarks == [] && all.svg.ranges(of: #"class="f0 m""#).count == 3)
    // Large numbers close together are all inside, however their axis is rounded.
    for ends in ["1e15, 2, 1000000000000001.0", "-9e15, 2, -8999999999999999.0", "0.1, 2, 0.30000000000000004"] {
      #expect(try Drawn("datatable(x:long, y:real)[1, \(ends)] | render linechart").chart.remarks == [], "\(ends)")
    }
    let flagged = try Drawn(
      """
      range x from 1 to 20 step 1 | extend y = iff(x == 7, 500, x % 3)
      | render anomalychart with (xcolumn=x, ymax=5)
      """)
    #expect(!flagged.text(width: 80).contains("◉") && !flagged.svg.contains(#"class="anomaly""#))
    #expect(flagged.chart.remarks.contains("1 value outside the y axis (0 to 5) is not drawn"))
  }

  @Test func barsEndAtTheAxis() throws {
    for kind in ["barchart", "columnchart"] {
      let drawn = try Drawn("datatable(x:string, y:long)['a', 5, 'b', 100] | render \(kind) with (ymin=-10, ymax=10)")
      #expect(drawn.chart.remarks == ["1 bar ends outside the y axis (-10 to 10) and is cut"])
      for match in drawn.svg.matches(of: #/<rect x="([\d.-]+)" y="([\d.-]+)" width="([\d.]+)" height="([\d.]+)" class="f/#) {
        let numbers = [match.1, match.2, match.3, match.4].compactMap { Double($0) }
        #expect(numbers.count == 4 && numbers[0] >= 0 && numbers[1] >= 0)
        #expect(numbers[0] + numbers[2] <= 860 && numbers[1] + numbers[3] <= 440)
      }
    }
  }
}
