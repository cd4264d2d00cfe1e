import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension ExternaldataSyntax {
  /// What `with` can say of the files.
  private static let knownProperties = ["format", "ignoreFirstRecord", "ingestionMapping"]

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
      guard let known = Self.knownProperties.first(where: { $0.lowercased() == name.lowercased() }) else {
        throw Diagnostic(
          "unknown-option", "`externaldata` has no property `\(name)`", at: property.name.span,
          help: "it has \(Self.knownProperties.map { "`\($0)`" }.joined(separator: ", "))")
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
      if let text = given.removeValue(forKey: "ingestionMapping") {
        let span = properties.first { $0.name.text.lowercased() == "ingestionmapping" }?.value.span
        let mapping: IngestionMapping
        do { mapping = try IngestionMapping(text, for: schema) } catch var problem as Diagnostic {
          problem.span = span
          throw problem
        }
        let rows = Relation(.scan(ScanPlan(table: try read(locations, mapping.schema, given, place.context.remark))), name: "externaldata")
        return try mapping.columns(of: rows, at: place, span ?? self.span)
      }
      return Relation(.scan(ScanPlan(table: try read(locations, schema, given, place.context.remark))), name: "externaldata")
    } catch var diagnostic as Diagnostic {
      if diagnostic.span == nil { diagnostic.span = self.locations.first?.span ?? span }
      throw diagnostic
    }
  }
}
