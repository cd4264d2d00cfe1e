/// One column of one row group as bytes for a file: `SegmentEncoder` writes them, `decodeSegment` reads them.
///
/// A byte with the form, a byte that is 1 if nulls follow, the number of rows, a bit per row for nulls, and
/// the data of the form. Numbers are little-endian; the layout never changes, new forms get new numbers.
package enum SegmentForm: UInt8, Sendable {
  /// A bit for each value.
  case bits = 1
  /// Packed whole numbers.
  case words = 2
  /// Reals that are whole numbers of tenths, hundredths and so on: the power of ten, then packed whole numbers.
  case scaled = 3
  /// Reals as they are.
  case floats = 4
  /// A width, then codes into the column's dictionary in as many bits.
  case codes = 5
  /// The lengths, packed, then the texts or compact dynamic values in sequence.
  case texts = 6
  /// Sixteen bytes for each value.
  case wide = 7
}

/// A column of a row group, ready to be stored.
package struct EncodedSegment: Sendable {
  package let bytes: ByteBuffer
  /// The number of entries that the column's dictionary must have for the codes to be valid; 0 without codes.
  package let dictionaryCount: Int
}

/// The checksum of a stored piece: XXH64, seeded with the piece's number in the file so that swapped
/// pieces are noticed as well.
package func checksum(_ bytes: Bytes, of number: Int64) -> Int64 {
  Int64(bitPattern: XXHash64.hash(bytes, seed: UInt64(bitPattern: number)))
}
