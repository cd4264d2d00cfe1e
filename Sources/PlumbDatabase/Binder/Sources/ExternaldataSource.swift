import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension ExternaldataSyntax {
  /// What `with` can say of the files.
  private static let knownProperties = ["format", "ignoreFirstRecord"]

  /// `externaldata`: the rows of files.
  func relation(at place: BindingPlace) throws -> Relation {
    let schema = try self.schema.columnInfos()
    let locations = try self.locations.map { location -> String in
      guard case .string(let text) = try place.constants.value(location, what: "a location") else {
        throw Diagnostic("not-a-location", "a location must be a string", at: location.span)
      }
      return text
    }
    var given: [String: String] = [:]
    for property in properties {
      let name = property.name.text
      if name.lowercased().hasPrefix("ingestionmapping") {
        throw Diagnostic(
          "unsupported-option", "`externaldata` does not support `\(name)`", at: property.name.span,
          help: "read the file with columns of its own names, and `project` what is nested")
      }
      guard let known = Self.knownProperties.first(where: { $0.lowercased() == name.lowercased() }) else {
        throw Diagnostic(
          "unknown-option", "`externaldata` has no property `\(name)`", at: property.name.span,
          help: "it has \(Self.knownProperties.map { "`\($0)`" }.joined(separator: " and "))")
      }
      given[known] = try place.constants.text(of: property)
    }
    guard let read = place.state.services.readExternal else {
      throw Diagnostic("no-external-data", "`externaldata` cannot read files here", at: span)
    }
    guard place.state.services.run != nil else {
      return Relation(.scan(ScanPlan(table: Table(name: "externaldata", schema: schema, groups: []))))
    }
    do {
      return Relation(.scan(ScanPlan(table: try read(locations, schema, given))), name: "externaldata")
    } catch var diagnostic as Diagnostic {
      if diagnostic.span == nil { diagnostic.span = self.locations.first?.span ?? span }
      throw diagnostic
    }
  }
}
