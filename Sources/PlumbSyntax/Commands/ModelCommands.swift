extension CommandDeclaration {
  /// Commands about predictions and the simulated world.
  static let ofModels: [CommandDeclaration] = [
    CommandDeclaration(
      ".show models", traits: .isTabular, summary: "Lists the prediction models, and which are in use.",
      examples: [".show models"]),
    CommandDeclaration(
      ".show features", traits: .isTabular, summary: "Shows the KQL that computes the features of predictions.",
      examples: [".show features"]),
    CommandDeclaration(
      ".show tree", traits: .isTabular, summary: "Shows the decision tree that predicts the risk.",
      examples: [".show tree"]),
    CommandDeclaration(
      ".train",
      [.optional([.either(ModelSyntax.Kind.allCases.map(\.rawValue))]), .optional(["within", .value(.timespan, "2h")])],
      summary: "Trains a new model on the current runs and stores it in the workspace file.",
      examples: [".train forest", ".train tree within 6h"]),
    CommandDeclaration(
      ".drop model", [.value(.modelName, "NAME"), .optional(["ifexists"])],
      summary: "Deletes all versions of a trained model.", examples: [".drop model risk ifexists"]),
    CommandDeclaration(
      ".advance", [.value(.timespan, "2h")],
      summary: "Moves the clock of a simulated world and simulates what happens meanwhile.", examples: [".advance 2h"]),
  ]
}
