import PlumbEngine

/// A leaf column of one row group, whose pages are read on demand.
final class ColumnChunk: Sendable {
  let place: ChunkPlace
  let decoder: LeafDecoder
  private let promise: ColumnZone.Promise
  private let file: any RandomBytes
  private let codec: Codec
  private let context: ExecutionContext
  private let parts: GroupParts
  private let opened = LockedValue<Opened?>(nil)
  private let dictionary = LockedValue<LeafDictionary?>(nil)

  private final class Opened: Sendable {
    let directory: PageDirectory
    let shared: [SharedPart<Vector>]

    init(_ directory: PageDirectory, _ shared: [SharedPart<Vector>]) {
      self.directory = directory
      self.shared = shared
    }
  }

  init(
    _ place: ChunkPlace, _ decoder: LeafDecoder, _ promise: ColumnZone.Promise, parts: GroupParts,
    _ file: any RandomBytes, _ context: ExecutionContext
  ) throws(ParquetFault) {
    guard !place.isEncrypted else { throw ParquetFault(unsupported: "is encrypted") }
    guard !place.isElsewhere else { throw ParquetFault(unsupported: "has its values in another file") }
    guard let codec = Codec(rawValue: place.codec) else { throw ParquetFault(unsupported: "uses an unknown compression codec (\(place.codec))") }
    guard codec != .lzo else { throw ParquetFault(unsupported: "is compressed with LZO, which Plumb does not support") }
    self.place = place
    self.decoder = decoder
    self.promise = promise
    self.parts = parts
    self.file = file
    self.codec = codec
    self.context = context
  }

  /// Returns the headers of all pages.
  func directory() throws -> PageDirectory { try open().directory }

  private func open() throws -> Opened {
    try opened.withLock { opened in
      if let opened { return opened }
      let directory = try PageDirectory(place, file)
      var shared: [SharedPart<Vector>] = []
      if decoder.repetitionLevel == 0 {
        guard directory.count == parts.rowCount else {
          throw ParquetFault("it has \(directory.count) values for \(parts.rowCount) rows")
        }
        shared = directory.pages.map { page in
          let last = Swift.max(page.first, page.first + page.header.count - 1)
          return SharedPart(users: parts.part(of: last) - parts.part(of: page.first) + 1)
        }
      }
      let made = Opened(directory, shared)
      opened = made
      return made
    }
  }

  // MARK: - Dictionary

  /// Uses codes of the whole column instead of the entries of the dictionary page.
  func adopt(_ dictionary: LeafDictionary) { self.dictionary.withLock { $0 = dictionary } }

  /// The dictionary of the whole column if rows are codes of it.
  var columnDictionary: StringDictionary? { dictionary.withLock { $0?.columnDictionary } }

  /// Returns whether all values are indices into the dictionary page.
  func isAllDictionary() throws -> Bool {
    if let known = place.isAllDictionary { return known && place.valueCount > 0 }
    let directory = try directory()
    return directory.dictionary != nil && directory.isAllDictionary
  }

  /// Returns the location of the dictionary page; nil if the column has none.
  func dictionaryPlace() throws -> PagePlace? { try PageDirectory.dictionary(place, file) }

  /// Returns the decoded dictionary page; nil if the column has none.
  func ownDictionary() throws -> LeafDictionary? { try dictionaryPlace().map { try decode($0) } }

  private func decode(_ place: PagePlace) throws -> LeafDictionary {
    guard place.header.encoding == .plain || place.header.encoding == .plainDictionary else {
      throw ParquetFault("its dictionary is encoded as \(place.header.encoding.name), which is not allowed for dictionaries")
    }
    var place = place
    place.header.encoding = .plain
    let page = try place.page(file, codec, repetition: 0, definition: 0, context)
    return try LeafDictionary(page, decoder.leaf, isNarrow: decoder.isNarrow, context)
  }

  private func knownDictionary(_ directory: PageDirectory) throws -> LeafDictionary? {
    guard let place = directory.dictionary else { return dictionary.withLock { $0 } }
    return try dictionary.withLock { known in
      if let known { return known }
      let made = try decode(place)
      known = made
      return made
    }
  }

  // MARK: - Rows

  /// Returns the rows of a part of the row group, for a column without lists.
  func vector(part: Int) throws -> Vector {
    let opened = try open()
    let rows = parts.rows(part)
    let pages = opened.directory.pages
    // The first page that ends after the first row.
    var low = 0, high = pages.count
    while low < high {
      let middle = (low + high) / 2
      if pages[middle].first + pages[middle].header.count <= rows.lowerBound { low = middle + 1 } else { high = middle }
    }
    var pieces: [Vector] = []
    while low < pages.count, pages[low].first < rows.upperBound {
      let place = pages[low]
      if place.header.count > 0 {
        try context.checkpoint()
        let whole = try opened.shared[low].take(for: part) { try vector(of: place, opened.directory) }
        let start = Swift.max(rows.lowerBound, place.first)
        let end = Swift.min(rows.upperBound, place.first + place.header.count)
        pieces.append(whole.slice(start - place.first, end - start))
      }
      low += 1
    }
    return Vector.concatenating(pieces, type: decoder.leaf.type)
  }

  private func vector(of place: PagePlace, _ directory: PageDirectory) throws -> Vector {
    let dictionary = place.header.encoding.isDictionary ? try knownDictionary(directory) : nil
    guard columnDictionary == nil || dictionary?.columnDictionary != nil else {
      throw ParquetFault("it has values outside its dictionary, contrary to its footer")
    }
    let vector = try decoder.vector(of: try page(place), dictionary, context)
    switch promise {
    case .none: break
    case .within(let bounds):
      guard vector.isWithin(bounds) else { throw ParquetFault("it has values outside of the bounds in its statistics") }
    case .allNull:
      guard vector.isAllNull else { throw ParquetFault("it has values, but its statistics say that all are null") }
    }
    return vector
  }

  private func page(_ place: PagePlace) throws -> ParquetPage {
    try place.page(
      file, codec, repetition: decoder.repetitionLevel, definition: decoder.definitionLevel, context)
  }

  /// Returns all values with their levels, for a nested column.
  func leaf() throws -> NestedLeaf {
    let directory = try open().directory
    let pages = try directory.pages.map { place in
      let dictionary = place.header.encoding.isDictionary ? try knownDictionary(directory) : nil
      return (page: try page(place), dictionary: dictionary)
    }
    return try NestedLeaf(pages, decoder, context)
  }
}

/// How the rows of a row group of a file are divided into Plumb's row groups of about equal size.
struct GroupParts: Sendable {
  let rowCount: Int
  let step: Int
  let count: Int

  init(rowCount: Int) {
    self.rowCount = rowCount
    count = (rowCount + RowGroup.capacity - 1) / RowGroup.capacity
    step = count > 0 ? (rowCount + count - 1) / count : 1
  }

  func rows(_ part: Int) -> Range<Int> { part * step..<min((part + 1) * step, rowCount) }
  func part(of row: Int) -> Int { row / step }
}
