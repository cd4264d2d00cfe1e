extension RewriteRule {
  /// The longest parts of the plan that a remote engine can run with the same meaning become its queries.
  static let pushToEngines = RewriteRule(name: "RemotePushdown") { plan, _ in
    guard plan.readsRemoteEngine else { return plan }
    return RemoteReach(plan).plan(cutAt: nil)
  }
}

extension LogicalPlan {
  /// Whether a table of a remote engine is among the plan's leaves.
  fileprivate var readsRemoteEngine: Bool {
    if let scan = self.as(ScanPlan.self), scan.table.external?.engine != nil { return true }
    return inputs.contains(where: \.readsRemoteEngine)
  }
}

extension LogicalPlan {
  /// The plan with another condition: in the scan, or after other nodes.
  fileprivate func adding(_ condition: BoundExpression) -> LogicalPlan { adding(contentsOf: [condition]) }

  fileprivate func adding(contentsOf conditions: [BoundExpression]) -> LogicalPlan {
    guard var scan = self.as(ScanPlan.self) else { return filtered(by: conditions) }
    scan.filters += conditions
    return .scan(scan)
  }
}

/// A plan, and how much of it a remote engine can run.
private struct RemoteReach {
  /// The plan as it was.
  let original: LogicalPlan
  /// What of it runs remotely, all of it, if anything does.
  private var whole: (engine: any RemoteEngine, part: any RemotePart)?
  /// The plan with the remote parts of its inputs as queries, if not all of it runs remotely.
  private var divided: LogicalPlan?

  /// - Note: works from the leaves up, so that each node is translated once.
  init(_ plan: LogicalPlan) {
    original = plan
    let inputs = plan.inputs.map(RemoteReach.init)
    let engine: (any RemoteEngine)?
    if let scan = plan.as(ScanPlan.self) {
      engine = scan.table.external?.engine
    } else {
      engine = inputs.lazy.compactMap(\.whole?.engine).first
    }
    guard let engine else {
      divided = Self.replacing(plan, inputs, cut: nil)
      return
    }
    do {
      let parts = try inputs.map { try $0.part(for: engine) }
      whole = (engine, try engine.part(for: plan, over: parts))
    } catch {
      let cut = RemoteCut(label: plan.label, reason: (error as? RemoteObstacle)?.reason ?? "\(error)")
      divided = Self.filtering(plan, inputs, engine, cut) ?? Self.replacing(plan, inputs, cut: cut)
    }
  }

  /// A filter, or a scan with filters, of which the engine tests the conditions that it can; nil for other nodes.
  private static func filtering(
    _ plan: LogicalPlan, _ inputs: [RemoteReach], _ engine: any RemoteEngine, _ cut: RemoteCut
  ) -> LogicalPlan? {
    let conditions: [BoundExpression], bare: LogicalPlan
    if var scan = plan.as(ScanPlan.self), !scan.filters.isEmpty {
      conditions = scan.filters
      scan.filters = []
      bare = .scan(scan)
    } else if let filter = plan.as(FilterPlan.self), inputs[0].whole != nil {
      conditions = filter.predicate.conjuncts
      bare = filter.input
    } else {
      return nil
    }
    let (tested, others) = conditions.divided { condition in
      let parts = inputs.compactMap(\.whole?.part)
      return (try? engine.part(for: bare.adding(condition), over: parts)) != nil
    }
    guard !others.isEmpty else { return nil }
    let below = RemoteReach(bare.adding(contentsOf: tested))
    let names = others.map { $0.text(bare.schema) }.joined(separator: " and ")
    return below.plan(cutAt: RemoteCut(label: "where \(names)", reason: cut.reason)).filtered(by: others)
  }

  /// The part as `engine` runs it: one that it runs anyway, or a small one that can be sent to it.
  private func part(for engine: any RemoteEngine) throws -> any RemotePart {
    if let whole {
      guard whole.engine === engine else { throw RemoteObstacle("its other rows are in `\(whole.engine.name)`") }
      return whole.part
    }
    return try Self.sending(original, to: engine)
  }

  /// Says a plan over rows of this process, such as those of a list, in the engine's language.
  private static func sending(_ plan: LogicalPlan, to engine: any RemoteEngine) throws -> any RemotePart {
    try engine.part(for: plan, over: try plan.inputs.map { try sending($0, to: engine) })
  }

  private static func replacing(_ plan: LogicalPlan, _ inputs: [RemoteReach], cut: RemoteCut?) -> LogicalPlan {
    var place = 0
    return plan.mappingInputs { _ in
      defer { place += 1 }
      return inputs[place].plan(cutAt: cut)
    }
  }

  /// The plan with queries in place of what runs remotely.
  func plan(cutAt cut: RemoteCut?) -> LogicalPlan {
    if let divided { return divided }
    guard let whole else { return original }
    do {
      return LogicalPlan(RemotePlan(query: try whole.part.query(cut: cut), plan: original))
    } catch {
      // Its columns cannot be sent, so the node runs here.
      let cut = RemoteCut(label: original.label, reason: (error as? RemoteObstacle)?.reason ?? "\(error)")
      return Self.replacing(original, original.inputs.map(RemoteReach.init), cut: cut)
    }
  }
}
