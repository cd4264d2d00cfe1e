/// A value of KQL's `dynamic` as a tree: convenient for few values; columns store `DynamicBytes` instead.
///
/// A bag keeps the order of its slots for printing; equality and hashing ignore it. A whole `long` and the
/// `real` of the same size are equal.
package indirect enum Dynamic: Sendable {
  case null
  case bool(Bool)
  case long(Int64)
  case real(Double)
  case string(String)
  case datetime(Int64)
  case timespan(Int64)
  case guid(GUID)
  case decimal(Decimal128)
  case array([Dynamic])
  case object([(key: String, value: Dynamic)])

  /// The value of a bag's slot; nil if it is missing, or if this is not a bag.
  package subscript(key: String) -> Dynamic? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.key == key }?.value
  }

  /// An element of an array, counted from the end if `index` is negative.
  package subscript(index: Int) -> Dynamic? {
    guard case .array(let elements) = self else { return nil }
    let position = index < 0 ? elements.count + index : index
    return elements.indices.contains(position) ? elements[position] : nil
  }

  /// The compact JSON text, as `tostring` returns it for arrays and bags.
  package var json: String {
    var compact = ByteBuffer()
    DynamicBytes.encode(self, to: &compact)
    var text = ByteBuffer()
    compact.withBytes { JSONText.print($0, to: &text) }
    return text.string
  }
}

extension Dynamic: Hashable {
  package static func == (lhs: Dynamic, rhs: Dynamic) -> Bool {
    var left = ByteBuffer()
    var right = ByteBuffer()
    DynamicBytes.encode(lhs, to: &left)
    DynamicBytes.encode(rhs, to: &right)
    return left.withBytes { left in right.withBytes { DynamicBytes.areEqual(left, $0) } }
  }

  package func hash(into hasher: inout Hasher) {
    var compact = ByteBuffer()
    DynamicBytes.encode(self, to: &compact)
    hasher.combine(compact.withBytes { DynamicBytes.hash($0) })
  }
}
