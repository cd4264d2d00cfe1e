/// Values of one type for a run of rows: the unit that kernels read and write.
///
/// - Shape: `count` rows. A constant stores one value that represents all of them.
/// - Nulls: `nulls` has one byte a row, 1 for null; nil when nothing is null. Strings have no nulls.
/// - Memory: shared and immutable; slicing costs nothing, and owners keep alive what `Bytes` point into.
package struct Vector: @unchecked Sendable {
  package let type: ScalarType
  package let count: Int
  package let isConstant: Bool
  package let encoding: Encoding
  let data: UnsafeRawPointer
  let nulls: UnsafePointer<UInt8>?
  /// For dictionary encodings, what the codes mean.
  package let dictionary: StringDictionary?
  let owner: AnyObject?
  let nullOwner: AnyObject?

  /// How values are laid out in `data`.
  package enum Encoding: UInt8, Sendable {
    /// Lanes of the type's kind.
    case plain
    /// `Int32` for a type whose plain lane is `Int64`.
    case narrow
    /// Unsigned codes into `dictionary`.
    case codes8, codes16, codes32

    package var isCodes: Bool { self == .codes8 || self == .codes16 || self == .codes32 }
  }

  init(
    _ type: ScalarType, count: Int, data: UnsafeRawPointer, owner: AnyObject?,
    nulls: UnsafePointer<UInt8>? = nil, nullOwner: AnyObject? = nil, isConstant: Bool = false,
    encoding: Encoding = .plain, dictionary: StringDictionary? = nil
  ) {
    self.type = type
    self.count = count
    self.isConstant = isConstant
    self.encoding = encoding
    self.data = data
    self.nulls = nulls
    self.dictionary = dictionary
    self.owner = owner
    self.nullOwner = nullOwner
  }

  /// A plain vector over a buffer that holds `count` lanes.
  init(
    _ type: ScalarType, count: Int, buffer: Buffer, nulls: Buffer? = nil, holding: AnyObject? = nil
  ) {
    self.init(
      type, count: count, data: buffer.base,
      owner: holding.map { Owners([buffer, $0]) } ?? buffer,
      nulls: nulls.map { UnsafePointer($0.values(UInt8.self)) }, nullOwner: nulls)
  }

  /// Bytes from one stored value to the next.
  var stride: Int {
    switch encoding {
    case .plain: type.lane.stride
    case .narrow, .codes32: 4
    case .codes8: 1
    case .codes16: 2
    }
  }

  @inline(__always) func lanes<T>(_ type: T.Type = T.self) -> UnsafePointer<T> {
    data.assumingMemoryBound(to: T.self)
  }

  /// The lanes, which stay as long as a view of them does.
  @inline(__always) func view<T: BitwiseCopyable>(_ type: T.Type = T.self) -> BufferView<T> {
    BufferView(owner: owner, base: UnsafeMutablePointer(mutating: lanes(T.self)), count: isConstant ? 1 : count)
  }

  @inline(__always) func isNull(_ row: Int) -> Bool {
    guard let nulls else { return false }
    return nulls[isConstant ? 0 : row] != 0
  }

  /// `length` rows from `start`; no value is copied.
  package func slice(_ start: Int, _ length: Int) -> Vector {
    if isConstant { return resized(to: length) }
    return Vector(
      type, count: length, data: data + start &* stride, owner: owner,
      nulls: nulls.map { $0 + start }, nullOwner: nullOwner, encoding: encoding,
      dictionary: dictionary)
  }

  /// A constant for another number of rows.
  func resized(to length: Int) -> Vector {
    Vector(
      type, count: length, data: data, owner: owner, nulls: nulls, nullOwner: nullOwner,
      isConstant: isConstant, encoding: encoding, dictionary: dictionary)
  }

  /// The same lanes under another type of the same lane kind, such as long ticks as datetime.
  func relabeled(_ newType: ScalarType) -> Vector {
    Vector(
      newType, count: count, data: data, owner: owner, nulls: nulls, nullOwner: nullOwner,
      isConstant: isConstant, encoding: encoding, dictionary: dictionary)
  }

  /// The same values with other nulls; `mask` has one byte a row.
  func replacingNulls(_ mask: Buffer?) -> Vector {
    Vector(
      type, count: count, data: data, owner: owner,
      nulls: mask.map { UnsafePointer($0.values(UInt8.self)) }, nullOwner: mask,
      isConstant: isConstant, encoding: encoding, dictionary: dictionary)
  }

  /// Everything that must live as long as a `Bytes` read from this vector.
  var keepAlive: AnyObject? {
    guard let dictionary else { return owner }
    return dictionary
  }
}
