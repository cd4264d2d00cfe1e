import PlumbDatabase
import PlumbDiagnostics

/// Commands about predictions; `ShowCommand` does the work, as it does for `plumb query -c`.
extension DotCommand {
  static let show = DotCommand(
    name: ".show", usage: ".show features|models|tree|tables|functions|...",
    summary: "What predictions are made from and with, and what the database holds.",
    examples: [".show features", ".show tree", ".show tables | where Rows > 1000"],
    text: { rest, shell in try shell.show(predictions: ".show \(rest)") })

  static let train = DotCommand(
    name: ".train", usage: ".train [tree|forest] [within 2h]",
    summary: "Learns a new model from the runs as they are now; a workspace file keeps it.",
    examples: [".train forest", ".train tree within 6h"], text: { rest, shell in try shell.show(predictions: ".train \(rest)") })
}
