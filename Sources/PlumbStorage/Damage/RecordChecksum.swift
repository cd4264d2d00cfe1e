import PlumbEngine

/// The checksum of a catalogue row: a flipped bit anywhere in the file is detected before it can make an answer wrong.
struct RecordChecksum {
  private var bytes = ByteBuffer()

  func adding(_ number: Int64) -> RecordChecksum {
    var longer = self
    longer.bytes.append(littleEndian: number)
    return longer
  }

  func adding(_ text: String) -> RecordChecksum {
    var longer = self
    longer.bytes.append(littleEndian: Int64(text.utf8.count))
    longer.bytes.append(text)
    return longer
  }

  func adding(_ data: Bytes) -> RecordChecksum {
    var longer = self
    longer.bytes.append(littleEndian: Int64(data.count))
    longer.bytes.append(data)
    return longer
  }

  /// - Parameter kind: a number for each kind of row.
  func value(_ kind: Int64) -> Int64 { bytes.withBytes { checksum($0, of: kind) } }
}
