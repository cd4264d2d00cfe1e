import Testing

@testable import PlumbDatabase

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
}
