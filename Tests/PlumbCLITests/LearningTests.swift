import Testing

/// The learner as functions over the rows before a pipe.
struct LearningTests {
  private let rows = """
    datatable(name: string, retries: long, queue: timespan, failed: bool, past: bool)[
      'a', 0, 1s, false, true, 'b', 1, 2s, false, true, 'c', 4, 1s, true, true, 'd', 5, 3s, true, true,
      'e', 3, 9s, true, false, 'f', 1, time(null), false, false]
    """

  private func check(_ query: String, _ expected: String) throws {
    let run = try PlumbProcess(["query", "--format", "csv", "-c", query])
    #expect(run.output == expected, "\(query): \(run.messages)")
  }

  private func refuses(_ query: String, _ code: String) throws {
    let run = try PlumbProcess(["query", "-c", query])
    #expect(run.output == "")
    #expect(run.messages.contains("error[\(code)]"), "\(query): \(run.messages)")
  }

  @Test func nodesOfATree() throws {
    try check(
      "\(rows) | project-away past | invoke decision_tree('failed') | project node, parent, feature, threshold, samples, positives",
      "node,parent,feature,threshold,samples,positives\n0,,retries,2,6,3\n1,0,,,3,0\n2,0,,,3,3\n")
    try check("\(rows) | invoke decision_tree(label = 'failed', max_depth = 0) | project probability", "probability\n0.5\n")
  }

  @Test func predictions() throws {
    for function in ["decision_tree_predict", "random_forest_predict"] {
      try check(
        "\(rows) | invoke \(function)(label = 'failed', train = 'past', features = 'retries', min_leaf = 1) | project-away probability",
        "row,label,prediction\n0,true,true\n1,false,false\n")
    }
    try check(
      "\(rows) | invoke decision_tree_predict('name', 'past') | summarize n = count(), is_sure = max(probability)",
      "n,is_sure\n2,1\n")
  }

  @Test func mistakes() throws {
    try refuses("\(rows) | invoke decision_tree('fialed')", "unknown-column")
    try refuses("\(rows) | invoke decision_tree('queue')", "missing-label")
    try refuses("\(rows) | where isnotnull(queue) | invoke decision_tree('queue')", "not-a-label")
    try refuses("\(rows) | invoke decision_tree('failed', features = 'name')", "not-a-feature")
    try refuses("\(rows) | invoke decision_tree('failed', criterion = 'luck')", "argument-types")
    try refuses("\(rows) | invoke decision_tree_predict('failed')", "argument-types")
    try refuses("\(rows) | invoke decision_tree_predict('failed', 'name')", "unknown-column")
    try refuses("\(rows) | take 0 | invoke decision_tree('failed')", "no-rows")
    try refuses("decision_tree('failed')", "no-input")
    try refuses("range x from 1 to 2000 step 1 | invoke decision_tree('x')", "too-many-classes")
  }
}
