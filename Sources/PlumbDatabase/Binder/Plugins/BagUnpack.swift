import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension PluginCall {
  private enum Conflict: String {
    case error
    case replaceSource = "replace_source"
    case keepSource = "keep_source"
  }

  /// A column for each property of a bag. Without a written schema the input is run to find the properties.
  func bagUnpack() throws -> Relation {
    let arguments = call.arguments
    guard let first = arguments.first else { throw call.argumentCount("a dynamic column") }
    let bag = try columns.expression(first.value)
    guard case .column(let bagIndex, .dynamic, _) = bag else {
      throw Diagnostic("not-dynamic", "`bag_unpack` needs a dynamic column", at: first.span)
    }
    var prefix = "", conflict = Conflict.error
    var ignored = Set<String>()
    let order = ["OutputColumnPrefix", "columnsConflict", "ignoredProperties"]
    for (index, argument) in arguments.dropFirst().enumerated() {
      let label = argument.name?.text ?? (index < order.count ? order[index] : "")
      let value = try place.constants.value(argument.value, what: "an argument of `bag_unpack`")
      switch label {
      case "OutputColumnPrefix": prefix = printed(value)
      case "columnsConflict":
        guard let known = Conflict(rawValue: printed(value)) else {
          throw Diagnostic(
            "unknown-option", "`columnsConflict` is `error`, `replace_source` or `keep_source`", at: argument.span)
        }
        conflict = known
      case "ignoredProperties":
        if case .dynamic(.array(let names)) = value { ignored = Set(names.map { printed(Value($0)) }) }
      default: throw Diagnostic("unknown-parameter", "`bag_unpack` has no parameter `\(label)`", at: argument.span)
      }
    }
    var properties: [(name: String, key: String, type: ScalarType)]
    var source = input
    if let schema {
      let own = Set(schema.hasStar ? [] : input.schema.map(\.name))
      properties = try schema.columnInfos().filter { !own.contains($0.name) }.map {
        ($0.name, $0.name.hasPrefix(prefix) ? String($0.name.dropFirst(prefix.count)) : $0.name, $0.type)
      }
    } else {
      let result = try place.state.run(input, at: span)
      properties = bagProperties(of: result, column: bagIndex)
        .filter { !ignored.contains($0.name) }
        .map { (prefix + $0.name, $0.name, $0.type) }
      source = input.with(.scan(ScanPlan(table: Table(name: input.name ?? "evaluate", result))), schema: input.schema)
      source.weight = 1
    }
    var outputs: [NamedExpression] = []
    for (index, column) in source.schema.enumerated() where index != bagIndex {
      outputs.append(NamedExpression(column.name, .column(index, column.type, span)))
    }
    if let schema, !schema.hasStar {
      let named = Set(schema.columns.map(\.name.text))
      outputs.removeAll { !named.contains($0.name) }
    }
    for property in properties {
      let element = try place.calls.calling(
        "element", [.column(bagIndex, .dynamic, first.span), .literal(.string(property.key), first.span)], at: first.span)
      let column = NamedExpression(property.name, element.converted(to: property.type))
      guard let clash = outputs.firstIndex(where: { $0.name == property.name }) else {
        outputs.append(column)
        continue
      }
      switch conflict {
      case .error:
        throw Diagnostic(
          "duplicate-column", "the bag's property `\(property.name)` conflicts with a column of that name",
          at: first.span,
          help: "pass a prefix as the second argument, or use `columnsConflict = \"replace_source\"`")
      case .replaceSource: outputs[clash] = column
      case .keepSource: break
      }
    }
    guard !outputs.isEmpty else { throw Diagnostic("no-columns", "the bags have no properties", at: first.span) }
    return source.with(.project(source.plan, outputs), isSerialized: false)
  }
}
