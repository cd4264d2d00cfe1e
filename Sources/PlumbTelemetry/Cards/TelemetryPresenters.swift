import PlumbEngine
import PlumbPresentation

extension Presentation {
  package static let lineage = Presentation(
    "lineage",
    columns: [
      ColumnInfo("pipeline", .string), ColumnInfo("path", .dynamic), ColumnInfo("via", .string), ColumnInfo("depth", .long),
    ])

  package static let risk = Presentation(
    "risk",
    columns: [
      ColumnInfo("pipeline", .string), ColumnInfo("risk", .real), ColumnInfo("low", .real), ColumnInfo("high", .real),
      ColumnInfo("reasons", .string),
    ])

  package static let quality = Presentation(
    "quality",
    columns: [
      ColumnInfo("section", .string), ColumnInfo("metric", .string), ColumnInfo("value", .real), ColumnInfo("low", .real),
      ColumnInfo("high", .real),
    ])

  package static let cause = Presentation(
    "cause",
    columns: [
      ColumnInfo("cause", .string), ColumnInfo("score", .real), ColumnInfo("origin", .string),
      ColumnInfo("since", .datetime), ColumnInfo("evidence", .string),
    ])

  package static let overview = Presentation(
    "overview",
    columns: [
      ColumnInfo("section", .string), ColumnInfo("item", .string), ColumnInfo("value", .real), ColumnInfo("detail", .string),
    ])

  /// The presentation of pipelines compared with their own past; `now` and `usual` have the type of what is measured.
  package static let judgement = Presentation(
    "judgement",
    columns: [
      ColumnInfo("pipeline", .string), ColumnInfo("score", .real), ColumnInfo("times", .real), ColumnInfo("since", .datetime),
    ])
}

extension Presenter {
  /// The presenters of telemetry on a terminal.
  package static let telemetry: [Presenter] = [
    Presenter(.lineage, when: { _, _, _ in true }) { TreeWriter(to: $0, options: $1) },
    cards(.risk, heading: RiskTable.horizonRemark) { rows, names, page in RiskCards(rows: rows, names: names).draw(on: &page) },
    cards(.quality) { rows, names, page in QualityCards(rows: rows, names: names).draw(on: &page) },
    cards(.cause) { rows, names, page in CauseCards(rows: rows, names: names).draw(on: &page) },
    judgements,
    Presenter(.overview, when: { answer, options, _ in options.marks.isEmpty && answer.rowCount > 3 }) { sink, options in
      CardWriter(to: sink, options: options) { rows, _, page in
        OverviewCard(rows: rows, width: options.width ?? 80, height: (options.height ?? 18) + 6).draw(on: &page)
      }
    },
  ]

  private static func cards(_ presentation: Presentation, heading: String = "", _ draw: @escaping CardWriter.Drawing) -> Presenter {
    // Cards highlight no cells.
    Presenter(presentation, when: { _, options, _ in options.marks.isEmpty }) {
      CardWriter(to: $0, options: $1, heading: heading, draw: draw)
    }
  }

  /// Shows a judgement as a table if the table fits.
  private static let judgements = Presenter(
    .judgement,
    when: { answer, options, isTooWide in
      let names = answer.schema.map(\.name)
      return names.contains("now") && names.contains("usual") && options.marks.isEmpty && isTooWide()
    },
    writer: {
      CardWriter(to: $0, options: $1) { rows, names, page in JudgementCards(rows: rows, names: names).draw(on: &page) }
    })
}
