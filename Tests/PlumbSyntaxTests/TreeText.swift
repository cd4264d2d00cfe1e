import PlumbDiagnostics

@testable import PlumbSyntax

/// A tree as text without its spans, so that two trees can be compared.
func treeText(_ value: Any) -> String {
  var result = ""
  append(value, to: &result)
  return result
}

private func append(_ value: Any, to result: inout String) {
  if value is SourceSpan { return }
  if let text = value as? String {
    result += "\"\(text)\""
    return
  }
  let mirror = Mirror(reflecting: value)
  if mirror.children.isEmpty {
    result += "\(value)"
    return
  }
  if mirror.displayStyle != .optional, mirror.displayStyle != .collection, mirror.displayStyle != .tuple {
    result += "\(type(of: value))"
  }
  result += "("
  for child in mirror.children {
    // Text kept as written, comments, and the location of text do not affect the meaning.
    if child.value is SourceSpan || child.label == "comments" { continue }
    if let label = child.label { result += "\(label): " }
    append(child.value, to: &result)
    result += ", "
  }
  result += ")"
}
