@testable import PlumbPresentation
import Testing


/// Legends take as many lines as their names need.
struct ChartLegendTests {
  @Test func legendsShowEveryName() throws {
    let names = (1...9).map { "series-\($0)" }
    let columns = try Drawn("range s from 1 to 6 step 1 | project x='a', s=strcat('series-', s), y=s | render columnchart")
    for width in [30, 40, 80, 200] {
      let signs = columns.text(width: width).split(separator: "\n").prefix { !$0.contains("┤") }.joined(separator: "\n")
      for name in names.prefix(6) { #expect(signs.contains(" \(width < 40 ? String(name.prefix(6)) : name)"), "\(width)") }
    }
    let many = try Drawn("range s from 1 to 9 step 1 | project x='a', s=strcat('series-', s), y=s | render columnchart")
    #expect(many.text(width: 80).contains("· other (3, sum)"))
    let long = try Drawn(
      "range s from 1 to 9 step 1 | project x='a', s=strcat('a rather long name of series ', s), y=s | render columnchart")
    #expect(long.svg.ranges(of: "a rather long nam…</text>").count == 6)
    #expect(long.svg.contains("other (3, sum)</text>"))
    let lanes = try Drawn(
      """
      range s from 1 to 6 step 1
      | project name = 'lane', status = strcat('some long status ', s), from = s, to = s + 1 | render ladderchart
      """)
    for i in 1...6 { #expect(lanes.text(width: 80).contains("some long status \(i)")) }
  }
}
