import PlumbDatabase
import PlumbDiagnostics

/// Commands about predictions; `ShowCommand` does the work, as it does for `plumb query -c`.
extension DotCommand {
  static let show = DotCommand(
    name: ".show", usage: ".show features|models|tree", summary: "What predictions are made from and with.",
    examples: [".show features", ".show tree"]
  ) { arguments, shell in try shell.show(predictions: [".show"] + arguments) }

  static let train = DotCommand(
    name: ".train", usage: ".train [tree|forest]", summary: "Learns a new model from the runs as they are now.",
    examples: [".train forest"]
  ) { arguments, shell in try shell.show(predictions: [".train"] + arguments) }
}
