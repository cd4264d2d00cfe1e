import PlumbEngine

/// Returns the schema of the columns as Arrow writes it into files, in Base64: only it says that an integer is a duration.
// Apache Arrow, "Schema.fbs" and "Message.fbs".
func arrowSchema(_ plans: [LeafPlan]) -> String {
  let schema = FlatObject.table([(1, .object(.tables(plans.map(arrowField))))])
  // Version 5 of the format; a message with a schema has no body.
  let message = FlatWriter(root: .table([(0, .number(4)), (1, .number(1)), (2, .object(schema))])).bytes
  var framed = ByteBuffer()
  framed.append(littleEndian: UInt32.max)
  framed.append(littleEndian: UInt32(message.count))
  message.withBytes { framed.append($0) }
  var text = ByteBuffer()
  framed.withBytes { Base64.encode($0, to: &text) }
  return text.string
}

private func arrowField(_ plan: LeafPlan) -> FlatObject {
  let (kind, type) = arrowType(plan)
  return .table([
    (0, .object(.text(plan.info.name))), (1, .number(1)), (2, .number(kind)), (3, .object(.table(type))),
    (5, .object(.tables([]))),
  ])
}

/// Returns the number of the type in Arrow's union, and its properties.
private func arrowType(_ plan: LeafPlan) -> (UInt64, [(field: Int, value: FlatValue)]) {
  switch plan.target {
  case .bool: return (6, [])
  case .int32: return (2, [(0, .number(32)), (1, .number(1))])
  case .int64: return (2, [(0, .number(64)), (1, .number(1))])
  case .double: return (3, [(0, .number(2))])
  case .microseconds, .nanoseconds:
    let unit = FlatValue.number(plan.target == .microseconds ? 2 : 3)
    return plan.info.type == .datetime ? (10, [(0, unit), (1, .object(.text("UTC")))]) : (18, [(0, unit)])
  case .decimal(let scale): return (7, [(0, .number(38)), (1, .number(UInt64(scale))), (2, .number(128))])
  case .text, .json: return (5, [])
  case .guid: return (15, [(0, .number(16))])
  }
}
