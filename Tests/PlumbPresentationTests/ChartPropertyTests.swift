@testable import PlumbPresentation
import Testing


/// What `with (...)` asks for and a chart does not follow is said under it.
struct ChartPropertyTests {
  private func check(_ chart: String, _ remarks: [String], line: Int = #line) throws {
    let drawn = try Drawn("datatable(x:long, y:long, z:long)[1, 5, 3, 2, 10, 0, 3, 4, 4] | render \(chart)")
    let place = SourceLocation(fileID: #fileID, filePath: #filePath, line: line, column: 1)
    #expect(drawn.chart.remarks == remarks, sourceLocation: place)
  }

  @Test func unknownPropertiesAreNamed() throws {
    try check("linechart with (ytitel='x', bogus=1)", [
      "unknown chart property `bogus`", "unknown chart property `ytitel`; did you mean `ytitle`?",
    ])
    // What Kusto documents is known, whatever its letters' case.
    try check(
      """
      linechart with (accumulate=false, kind=default, legend=hidden, ymin=0, ymax=20, title='t', xaxis=linear, xcolumn=x,
      xtitle='x', yaxis=linear, ycolumns=y, z, ysplit=none, ytitle='y', anomalycolumns=z, Theme=dark)
      """, [])
  }

  @Test func unknownValuesAreNamed() throws {
    try check("columnchart with (kind=staked)", [
      "unknown value in `kind=staked`: use `default`, `unstacked`, `stacked` or `stacked100`"
    ])
    try check("linechart with (kind=stacked)", ["a linechart does not support `kind=stacked`"])
    try check("linechart with (legend=none, yaxis=logarithmic, ymin=low)", [
      "unknown value in `legend=none`: use `visible` or `hidden`", "unknown value in `yaxis=logarithmic`: use `linear` or `log`",
      "`ymin=low` is not a number",
    ])
    try check("scatterchart with (kind=map)", ["`kind=map` is not supported"])
    try check("linechart with (accumulate=true, ysplit=panels)", [
      "`accumulate` is not supported: the values are drawn unchanged",
      "`ysplit` is not supported: all values share one axis",
    ])
  }

  @Test func axesThatCannotBeAreNotDrawn() throws {
    try check("linechart with (ymin=9, ymax=6)", ["`ymin` is not below `ymax`: the y axis shows every value"])
    try check("linechart with (ymin=90)", ["no value is above `ymin`: the y axis shows every value"])
    try check("linechart with (ymax=-90)", ["no value is below `ymax`: the y axis shows every value"])
    try check("linechart with (ymin=-1e308, ymax=1e308)", ["`ymin` and `ymax` are too far apart: the y axis shows every value"])
    try check("linechart with (yaxis=log)", ["`yaxis=log` is ignored: a logarithmic axis needs numbers above 0"])
    try check("linechart with (yaxis=log, ycolumns=y)", [])
    try check("linechart with (yaxis=log, ycolumns=y, ymin=0)", [
      "a logarithmic axis needs a `ymin` above 0: the y axis shows every value"
    ])
    try check("columnchart with (yaxis=log)", ["`yaxis=log` is ignored: bars begin at 0 and are evenly spaced"])
    let texts = try Drawn("datatable(x:string, y:long)['a', 5, 'b', 6] | render linechart with (xaxis=log)")
    #expect(texts.chart.remarks == ["`xaxis=log` is ignored: a logarithmic axis needs numbers above 0"])
  }
}
