import PlumbEngine

extension CaseWorld {
  /// What happened, what distracts, what a good reaction to each interjection is, and how an expert goes, in Markdown.
  package var answerSheet: String {
    var text = "# Answer sheet: \(about.title)\n\nCase `\(about.id)`, seed \(seed).\n\n## What happened\n\n"
    for culprit in plan.culprits {
      text += "- \(culprit.pipeline): \(culprit.cause)"
      if let began = culprit.began { text += ", since \(CaseReport.time(ticks(began)))" }
      text += "\n"
    }
    let affected = blast.sorted()
    text += affected.isEmpty ? "\nNo other pipeline is affected.\n" : "\nAffected are \(affected.count): \(affected.joined(separator: ", ")).\n"
    if let failover = plan.failover { text += "\nIn place of \(failover.from) these would serve: \(failover.to.joined(separator: ", ")).\n" }
    if !plan.decoys.isEmpty { text += "\n## What is not the cause\n\n" + plan.decoys.map { "- \($0)\n" }.joined() }
    text += "\n## Interjections\n\n"
    for kind in Interjection.Kind.allCases {
      let one = interjection(kind)
      text += "- `\(kind.rawValue)`: \(one.text)\n  \(one.reaction).\n"
    }
    text += "\n## How an expert goes\n"
    for (i, step) in about.route(plan).enumerated() { text += "\n\(i + 1). \(step.why)\n\n```\n\(step.query)\n```\n" }
    return text
  }
}
