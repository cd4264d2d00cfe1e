@testable import PlumbPresentation
import Testing


/// A chart says what it does not show.
struct ChartRemarkTests {
  private func check(_ query: String, _ remarks: [String], line: Int = #line) throws {
    let drawn = try Drawn(query)
    let place = SourceLocation(fileID: #fileID, filePath: #filePath, line: line, column: 1)
    #expect(drawn.chart.remarks == remarks, sourceLocation: place)
    for remark in remarks where remark.count < 78 {
      #expect(drawn.text(width: 80).contains("(\(remark))"), sourceLocation: place)
    }
  }

  @Test func whatNoAxisHasAPlaceForIsCounted() throws {
    let points = "datatable(x:long, y:real)[1, real(nan), 2, real(inf), 3, real(-inf), 4, 7, long(null), 9, 6, real(null)]"
    try check("\(points) | render linechart", [
      "1 row that cannot be placed on the x axis is not drawn", "3 values that are NaN or infinite are not drawn",
    ])
    try check("\(points) | render scatterchart", [
      "1 row that cannot be placed on the x axis is not drawn", "3 values that are NaN or infinite are not drawn",
      "1 null value is not marked",
    ])
    try check("\(points) | render columnchart", ["3 values that are NaN or infinite are not drawn"])
    try check("datatable(x:string, y:real)['a', 1, 'b', real(nan)] | render barchart", [
      "1 value that is NaN or infinite is not drawn"
    ])
    // A null in a line is a gap, which shows by itself.
    try check("datatable(x:long, y:real)[1, 2, 2, real(null), 3, 4] | render linechart", [])
  }

  @Test func rowsWithoutAShapeAreCounted() throws {
    try check("datatable(x:string, y:real)['a', 1, 'b', -1] | render piechart", [
      "1 row without a number above 0 is left out"
    ])
    try check("datatable(x:string, y:real)['a', 1, 'b', -1, 'c', real(nan)] | render treemap", [
      "2 rows without a number above 0 are left out"
    ])
    try check("datatable(x:string, y:string, n:real)['a', 'b', 1, 'a', 'c', real(null)] | render heatmap", [
      "1 row without a finite number is not drawn"
    ])
    try check(
      """
      datatable(name:string, from:long, to:long)
      ['a', 1, 5, 'b', long(null), 5, 'c', 7, 3, 'd', 2, long(null), 'e', 9, 8] | render ladderchart
      """,
      [
        "1 row without a start is not drawn", "2 rows that end before they start are not drawn",
        "1 row without an end is a mark at its start",
      ])
    #expect(try Drawn.refusal("print name = 'a', from = 5, to = 1 | render ladderchart").contains("an end after its start"))
    #expect(try Drawn.refusal("print x = long(null), y = 1 | render scatterchart").contains("placed on the x axis"))
    #expect(try Drawn.refusal("print x = 1, y = real(nan) | render linechart").contains("every value is null, NaN or infinite"))
  }
}
