import Glibc

/// Plain values in a buffer, which stays alive as long as a view of it is in use: a pointer that keeps its owner alive.
///
/// Like those of a pointer, places are unchecked except in debug builds. Swift keeps what a variable owns alive over every
/// access through memory in the variable's scope (lexical lifetimes), so a loop over a local view costs as much as one over
/// a pointer.
@frozen public struct BufferView<Element: BitwiseCopyable>: @unchecked Sendable {
  /// Nil if the values stay alive by themselves.
  @usableFromInline let owner: AnyObject?
  @usableFromInline let base: UnsafeMutablePointer<Element>
  /// How many values can be read and written.
  public let count: Int

  @inlinable init(owner: AnyObject?, base: UnsafeMutablePointer<Element>, count: Int) {
    self.owner = owner
    self.base = base
    self.count = count
  }

  /// Creates a view of a new buffer of `count` uninitialised values.
  public init(count: Int) {
    self = Buffer(of: Element.self, count: count).view()
  }

  /// Creates a view of a new buffer of `count` times `value`.
  @inlinable public init(repeating value: Element, count: Int) {
    self.init(count: count)
    base.update(repeating: value, count: count)
  }

  /// Creates a view of a new buffer with a copy of some values.
  @inlinable public init(_ values: some Collection<Element>) {
    self.init(count: values.count)
    var place = 0
    for value in values {
      base[place] = value
      place &+= 1
    }
  }

  @inlinable @inline(__always) public subscript(place: Int) -> Element {
    get {
      assert(place >= 0 && place < count, "a view is read inside its buffer")
      return base[place]
    }
    nonmutating set {
      assert(place >= 0 && place < count, "a view is written inside its buffer")
      base[place] = newValue
    }
  }

  /// Returns the values from a place on.
  @inlinable @inline(__always) public static func + (view: BufferView, start: Int) -> BufferView {
    assert(start >= 0 && start <= view.count, "a view begins inside its buffer")
    return BufferView(owner: view.owner, base: view.base + start, count: view.count &- start)
  }

  /// Writes `count` times `value` from `start` on.
  @inlinable public func fill(_ start: Int, count: Int, with value: Element) {
    assert(start >= 0 && count >= 0 && start &+ count <= self.count, "a view is filled inside its buffer")
    (base + start).update(repeating: value, count: count)
  }

  /// Copies the first `count` values of another view, which may be of the same buffer, to `start` and the places after it.
  @inlinable public func copy(_ other: BufferView, count: Int, to start: Int = 0) {
    assert(start >= 0 && count >= 0 && count <= other.count && start &+ count <= self.count, "a view is filled inside its buffer")
    (base + start).update(from: other.base, count: count)
  }

  /// Copies values from memory to `start` and the places after it.
  @inlinable public func copy(_ values: UnsafePointer<Element>, count: Int, to start: Int = 0) {
    assert(start >= 0 && count >= 0 && start &+ count <= self.count, "a view is filled inside its buffer")
    (base + start).update(from: values, count: count)
  }

  /// Sorts the first `count` values.
  @inlinable public func sort(count: Int, by areInOrder: (Element, Element) -> Bool) {
    var values = UnsafeMutableBufferPointer(start: base, count: count)
    values.sort(by: areInOrder)
  }

  /// Returns the first `count` values as an array.
  @inlinable public func array(_ count: Int) -> [Element] { Array(UnsafeBufferPointer(start: base, count: count)) }

  /// Passes the memory itself to `body`; it is valid until `body` returns.
  @inlinable @inline(__always)
  public func withPointer<Result>(_ body: (UnsafeMutablePointer<Element>) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(owner) { try body(base) }
  }
}

extension Buffer {
  /// Returns the buffer as values of `type`, as many as fit.
  @inlinable @inline(__always)
  public func view<T: BitwiseCopyable>(_ type: T.Type = T.self) -> BufferView<T> {
    BufferView(owner: self, base: base.assumingMemoryBound(to: T.self), count: byteCount / MemoryLayout<T>.stride)
  }
}

/// Passes the memory of a view to `body`, or nil without a view.
@inline(__always)
func withPointer<Element, Result>(
  of view: BufferView<Element>?, _ body: (UnsafeMutablePointer<Element>?) throws -> Result
) rethrows -> Result {
  guard let view else { return try body(nil) }
  return try view.withPointer(body)
}

/// Columns of plain values, each a buffer, which stay alive as long as the table is in use.
@frozen public struct BufferTable<Element: BitwiseCopyable>: @unchecked Sendable {
  @usableFromInline let owners: [AnyObject?]
  @usableFromInline let columns: BufferView<UnsafeMutablePointer<Element>>

  public init(_ views: [BufferView<Element>]) {
    owners = views.map(\.owner)
    columns = BufferView(views.map(\.base))
  }

  package init(_ buffers: [Buffer]) {
    owners = buffers
    columns = BufferView(buffers.map { $0.base.assumingMemoryBound(to: Element.self) })
  }

  @inlinable @inline(__always) public subscript(column: Int, row: Int) -> Element { columns[column][row] }
}
