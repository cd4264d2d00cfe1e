import PlumbDiagnostics

/// The physical operators for an optimised plan.
func physicalPlan(_ plan: LogicalPlan) -> PhysicalNode {
  switch plan {
  case .scan(let scan): return scanNode(scan, plan.label)
  case .series(let series):
    return PhysicalNode(plan.label) { _ in Pipeline(source: SeriesSource(series), isOrdered: true) }
  case .input:
    return PhysicalNode(plan.label) { run in
      Pipeline(source: ChunkListSource(run.input.map { [$0] } ?? []), isOrdered: true)
    }
  case .filter(let input, let predicate):
    return streaming(plan.label, input, FilterStep(conjuncts: predicate.conjuncts))
  case .project(let input, let columns):
    return streaming(plan.label, input, ProjectStep(expressions: columns.map(\.expression)))
  case .expand(let expand): return streaming(plan.label, expand.input, ExpandStep(plan: expand))
  case .aggregate(let aggregate): return aggregateNode(aggregate, plan.label)
  case .sort(let input, let keys):
    let types = input.schema.map(\.type)
    return blocking(plan.label, [input]) { run, pipelines in
      try sorted(try pipelines[0].collect(run.context), by: keys, types: types, run.context)
    }
  case .top(let input, let keys, let count):
    let types = input.schema.map(\.type)
    let scanned = keys.first?.expression.scannedColumn(of: input)
    return blocking(plan.label, [input]) { run, pipelines in
      var pipeline = pipelines[0]
      var bound: TopBound?
      let rowsLieInTable =
        (pipeline.source as? TableSource)?.isInMemory ?? false && pipeline.steps.allSatisfy { $0 is FilterStep }
      if let source = pipeline.source as? TableSource, let key = keys.first, let column = scanned, count > 0 {
        let made = TopBound(column: column, isDescending: key.isDescending, nullsFirst: key.nullsFirst)
        pipeline.source = source.bestFirst(made)
        bound = made
      }
      let sink = TopSink(
        keys: keys, limit: count, types: types, bound: bound, rowsLieInTable: rowsLieInTable, run.context)
      try pipeline.run(into: sink, run.context)
      return try sink.finish()
    }
  case .limit(let input, let count):
    return blocking(plan.label, [input], keepsOrder: true) { run, pipelines in
      if count == 0 { return [] }
      let sink = CollectSink(limit: count, stopping: pipelines[0].source)
      try pipelines[0].run(into: sink, run.context)
      return sink.chunks()
    }
  case .union(let inputs, _):
    let nodes = inputs.map(physicalPlan)
    return PhysicalNode(plan.label, nodes) { run in
      Pipeline(source: UnionSource(try nodes.map { try $0.pipeline(run) }, run.context))
    }
  case .join(let join): return joinNode(join, plan.label)
  case .window(let input, let columns):
    let types = input.schema.map(\.type)
    return blocking(plan.label, [input], keepsOrder: true) { run, pipelines in
      let whole = try pipelines[0].whole(types, run.context, lazily: true)
      return [try addingWindows(columns, to: whole, run.context)]
    }
  case .partition(let partition): return partitionNode(partition, plan.label)
  case .whole(let whole):
    let types = whole.input.schema.map(\.type)
    return blocking(plan.label, [whole.input], keepsOrder: true) { run, pipelines in
      [try whole.transform(try pipelines[0].whole(types, run.context), run.context)]
    }
  }
}

private func scanNode(_ scan: ScanPlan, _ label: String) -> PhysicalNode {
  if let rows = scan.table.external {
    let request = scan.request
    let source = PhysicalNode(rows.text(of: request)) { run in
      Pipeline(source: ExternalSource(rows, request, run.context), isOrdered: false)
    }
    return PhysicalNode(label, [source]) { run in
      let pipeline = try source.pipeline(run)
      return scan.filters.isEmpty ? pipeline : pipeline.adding(FilterStep(conjuncts: scan.filters))
    }
  }
  return PhysicalNode(label) { _ in
    var pipeline = Pipeline(source: TableSource(scan, filters: scan.filters), isOrdered: false)
    if !scan.filters.isEmpty { pipeline.steps.append(FilterStep(conjuncts: scan.filters, isOfScan: true)) }
    return pipeline
  }
}

/// An operator that passes chunks on one by one.
private func streaming(_ label: String, _ input: LogicalPlan, _ step: any PipelineStep) -> PhysicalNode {
  let below = physicalPlan(input)
  let reference = PhysicalNodeReference()
  let node = PhysicalNode(label, [below]) { run in
    let pipeline = try below.pipeline(run)
    return pipeline.adding(run.isProfiling ? TimedStep(step: step, node: UncheckedBox(reference)) : step)
  }
  reference.node = node
  return node
}

/// An operator that needs all its input before its first row.
private func blocking(
  _ label: String, _ inputs: [LogicalPlan], keepsOrder: Bool = false,
  _ body: @escaping @Sendable (PhysicalRun, [Pipeline]) throws -> [Chunk]
) -> PhysicalNode {
  let nodes = inputs.map(physicalPlan)
  return PhysicalNode(label, nodes) { run in
    let pipelines = try nodes.map { try $0.pipeline(run) }
    let chunks = try body(run, pipelines)
    let isOrdered = !keepsOrder || pipelines.first?.isOrdered ?? false
    return Pipeline(source: LazyChunkSource(cutting: chunks), isOrdered: isOrdered)
  }
}

private func aggregateNode(_ plan: AggregatePlan, _ label: String) -> PhysicalNode {
  let input = physicalPlan(plan.input)
  let keys = plan.keys.map(\.expression)
  let bounds = keys.map { $0.bounds(over: plan.input) }
  let aggregates = plan.aggregates.map(\.aggregate)
  let digest = DigestPlan(plan)
  return PhysicalNode(label, [input]) { run in
    var pipeline = try input.pipeline(run)
    if let digest, run.context.tuning.readsDigests, let source = pipeline.source as? TableSource {
      pipeline.source = source.digesting(digest)
    }
    let sink = AggregateSink(keys: keys, bounds: bounds, aggregates: aggregates, run.context)
    let inOrder = pipeline.isOrdered && aggregates.contains { orderSensitive.contains($0.name) }
    try pipeline.run(into: sink, run.context, workers: inOrder ? 1 : nil)
    return Pipeline(source: try sink.finish())
  }
}

/// Aggregates whose result shows the order of their rows; over sorted rows they run on one worker.
private let orderSensitive: Set<String> = [
  "make_list", "make_list_if", "make_list_with_nulls", "make_set", "make_set_if", "make_bag", "make_bag_if",
  "take_any", "take_anyif", "any", "arg_max", "arg_min", "makelist", "makeset",
]

private func joinNode(_ join: JoinPlan, _ label: String) -> PhysicalNode {
  let left = physicalPlan(join.left), right = physicalPlan(join.right)
  let leftKeys = join.keys.map(\.left), rightKeys = join.keys.map(\.right)
  let buildsLeft: Bool
  switch join.kind {
  case .innerUnique, .rightOuter, .rightSemi, .rightAnti: buildsLeft = true
  case .leftOuter, .fullOuter, .leftSemi, .leftAnti: buildsLeft = false
  case .inner: buildsLeft = join.buildsLeft
  }
  let leftTypes = join.left.schema.map(\.type), rightTypes = join.right.schema.map(\.type)
  return PhysicalNode(label, [left, right]) { run in
    let context = run.context
    let build = try (buildsLeft ? left : right).pipeline(run)
    let buildChunk = try build.whole(buildsLeft ? leftTypes : rightTypes, context)
    let buildKeys = try (buildsLeft ? leftKeys : rightKeys).map { try $0.evaluate(buildChunk, context) }
    let layout = KeyLayout(leftKeys.map(\.type), bounds: leftKeys.map { _ in .unknown })
    let table = try JoinTable(
      buildChunk, keys: buildKeys, layout: layout, firstOnly: join.kind == .innerUnique, context)
    let mode: JoinStep.Mode
    switch join.kind {
    case .innerUnique, .inner: mode = .pairs(outer: false)
    case .leftOuter, .rightOuter, .fullOuter: mode = .pairs(outer: true)
    case .leftSemi, .rightSemi: mode = .filter(matching: true)
    case .leftAnti, .rightAnti: mode = .filter(matching: false)
    }
    let step = JoinStep(
      table: table, keys: buildsLeft ? rightKeys : leftKeys, mode: mode, probeIsLeft: !buildsLeft,
      marksMatches: join.kind == .fullOuter)
    let probe = try (buildsLeft ? right : left).pipeline(run).adding(step)
    guard join.kind == .fullOuter else { return probe }
    var chunks = try probe.collect(context)
    let alone = table.unmatchedRows()
    if alone.count > 0 {
      let missing = leftTypes.map { Vector.constant(.null($0), count: alone.count) }
      let rest = buildChunk.selecting(alone).vectors()
      chunks.append(Chunk(missing + rest, count: alone.count))
    }
    return Pipeline(source: LazyChunkSource(chunks))
  }
}

private func partitionNode(_ plan: PartitionPlan, _ label: String) -> PhysicalNode {
  let types = plan.input.schema.map(\.type)
  if let (order, limit, columns) = plan.topOfInput {
    return blocking(label, [plan.input], keepsOrder: true) { run, pipelines in
      let chunks = try pipelines[0].collect(run.context)
      let best = try topOfEachPartition(chunks, types: types, key: plan.key, order: order, limit: limit, run.context)
      guard let columns else { return [best] }
      return [Chunk(try columns.map { try $0.expression.evaluate(best, run.context) }, count: best.count)]
    }
  }
  return blocking(label, [plan.input], keepsOrder: true) { run, pipelines in
    let whole = try pipelines[0].whole(types, run.context)
    return try partitioned(plan, whole, run.context) { part, chunk in
      // Partitions run side by side, each on one worker.
      let inner = PhysicalRun(run.context.alone, isProfiling: false, input: chunk)
      return try physicalPlan(part).pipeline(inner).collect(inner.context)
    }
  }
}

extension PartitionPlan {
  /// When the plan is `top N by ...` and perhaps a projection of it: its keys, N and the projection.
  fileprivate var topOfInput: ([SortKey], Int, [NamedExpression]?)? {
    switch plan {
    case .top(.input, let keys, let limit): return (keys, limit, nil)
    case .project(.top(.input, let keys, let limit), let columns): return (keys, limit, columns)
    default: return nil
    }
  }
}

extension Pipeline {
  /// All rows as one chunk, in order; its columns are gathered unless one thread alone will read them.
  func whole(_ types: [ScalarType], _ context: ExecutionContext, lazily: Bool = false) throws -> Chunk {
    if lazily, steps.isEmpty, let whole = (source as? LazyChunkSource)?.whole { return whole }
    let chunks = try collect(context)
    if chunks.isEmpty { return Chunk(types.map { VectorBuilder($0).finish() }, count: 0) }
    return try Chunk.concatenating(chunks, types: types, context)
  }
}
