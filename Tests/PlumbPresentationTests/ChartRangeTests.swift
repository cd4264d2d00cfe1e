@testable import PlumbPresentation
import Testing


/// Values that no picture can show make a table, and the table says why.
struct ChartRangeTests {
  @Test(arguments: ["columnchart", "barchart", "scatterchart", "linechart", "areachart"])
  func valuesTooFarApartAreATable(kind: String) throws {
    let sentence = "`render \(kind)` is shown as a table: the values are too far apart to draw"
    #expect(try Drawn.refusal("datatable(x:real, y:real)[1, 1e308, 2, -1e308] | render \(kind)") == sentence)
    // A range that only just is one is drawn.
    let large = try Drawn("datatable(x:real, y:real)[1, 1.7e308, 2, 3] | render \(kind)")
    #expect(large.chart.remarks == [] && !large.svg.contains("nan") && large.text(width: 80).contains("E+308"))
  }

  @Test func everyShapeRefusesThem() throws {
    let apart = "the values are too far apart to draw"
    let large = "the values are too large to add up"
    #expect(try Drawn.refusal("datatable(x:real, y:real)[-1e308, 1, 1e308, 2] | render scatterchart").hasSuffix(apart))
    #expect(try Drawn.refusal("datatable(n:string, a:real, b:real)['a', -1e308, 1e308] | render ladderchart").hasSuffix(apart))
    #expect(
      try Drawn.refusal("datatable(x:string, y:string, n:real)['a', 'b', -1e308, 'a', 'c', 1e308] | render heatmap")
        .hasSuffix(apart))
    let twice = "datatable(x:string, s:string, n:real)['a', 'b', 1e308, 'a', 'c', 1e308]"
    for chart in [
      "columnchart with (kind=stacked)", "barchart with (kind=stacked100)", "piechart", "treemap", "stackedareachart",
      "areachart with (kind=stacked100)",
    ] {
      #expect(try Drawn.refusal("\(twice) | render \(chart)").hasSuffix(large), "\(chart)")
    }
    #expect(
      try Drawn.refusal("datatable(x:string, n:real)['a', 1e308, 'a', 1e308] | render barchart").hasSuffix(large))
  }

  @Test func valuesBelowZeroAreNotStackedAsShares() throws {
    let rows = "datatable(x:string, y:long, z:long)['a', -5, 3, 'b', 10, -2]"
    for kind in ["barchart", "columnchart"] {
      let shares = try Drawn("\(rows) | render \(kind) with (kind=stacked100)")
      let beside = try Drawn("\(rows) | render \(kind)")
      #expect(shares.chart.remarks == ["values below 0 cannot be shares of a whole: the bars are side by side"])
      #expect(shares.text(width: 80).hasPrefix(beside.text(width: 80)))
      #expect(Drawn.shapes(shares.svg) == Drawn.shapes(beside.svg))
      let whole = try Drawn("datatable(x:string, y:long, z:long)['a', 5, 3, 'b', 10, 2] | render \(kind) with (kind=stacked100)")
      #expect(whole.chart.remarks == [])
    }
    let areas = "datatable(x:long, y:long, z:long)[1, -5, 3, 2, 10, -2, 3, 4, 4]"
    let plain = try Drawn("\(areas) | render areachart")
    for chart in ["stackedareachart", "areachart with (kind=stacked)", "areachart with (kind=stacked100)"] {
      let drawn = try Drawn("\(areas) | render \(chart)")
      #expect(drawn.chart.remarks == ["values below 0 cannot be stacked: each area begins at 0"])
      #expect(drawn.text(width: 80).hasPrefix(plain.text(width: 80)))
      #expect(Drawn.shapes(drawn.svg) == Drawn.shapes(plain.svg))
    }
    // Columns stack downwards below zero, also where they are too many for the terminal and become bands.
    let many = try Drawn(
      "range x from 1 to 200 step 1 | project x, y = -x, z = x | render columnchart with (kind=stacked)")
    let text = many.text(width: 80)
    #expect(many.chart.remarks == [] && text.contains("█") && text.contains("▒"), "\(text)")
  }

  @Test func unevenColumnsOfAHeatMapKeepTheirNames() throws {
    let drawn = try Drawn("datatable(x:long, y:string, n:long)[0, 'a', 1, 1, 'a', 2, 1000, 'a', 3] | render heatmap")
    guard let heat = drawn.chart.content as? HeatContent else {
      Issue.record("no heat map")
      return
    }
    #expect(heat.x.ticks(atMost: 9).map(\.label) == ["0", "1", "1000"])
  }

  @Test func ladderSpansAreAsLongAsTheirAxisSays() throws {
    func widths(_ ends: String) throws -> [String] {
      let svg = try Drawn("datatable(name:string, from:real, to:real)[\(ends)] | render ladderchart").svg
      return svg.matches(of: #/<rect x="[\d.]+" y="[\d.]+" (width="[\d.]+") height="[\d.]+" class="f0"/#).map { String($0.1) }
    }
    let small = try widths("'a', 0, 0.2, 'b', 0.1, 0.4")
    #expect(small.count == 2)
    #expect(try small == widths("'a', 0, 20, 'b', 10, 40"))
  }
}
