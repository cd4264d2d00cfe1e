@testable import PlumbPresentation
import PlumbDatabase
import PlumbEngine
import Testing


/// A chart of a query over no tables.
struct Drawn {
  let chart: Chart

  init(_ query: String) throws {
    let answer = try Self.answer(query)
    chart = try #require(try answer.chart()?.get(), "\(query): \(answer.undrawnChart ?? "")")
  }

  private static func answer(_ query: String) throws -> Answer {
    let session = Session(catalog: Catalog(), options: SessionOptions(threads: 2, memoryLimit: 1 << 30, seed: 1))
    return try #require(try session.run(query).last)
  }

  /// Why the rows of a query are shown as a table.
  static func refusal(_ query: String) throws -> String { try #require(try answer(query).undrawnChart) }

  func text(width: Int, height: Int = 20) -> String {
    var out = ByteBuffer()
    chart.printText(width: width, height: height, isASCII: false, palette: nil, to: &out)
    return out.string
  }

  var svg: String { chart.svg(data: "") }

  /// The rectangles, lines and areas of an SVG picture.
  static func shapes(_ svg: String) -> [String] {
    svg.split(separator: "\n").map(String.init).filter { line in
      ["<rect x=", "<polygon", "<polyline", "<circle"].contains { line.hasPrefix($0) }
    }
  }
}
