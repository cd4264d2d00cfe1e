/// A text with a mark before every character and at its end, which says whether words start or end there.
///
/// RE2 knows the edges of ASCII words only. A pattern with other edges is therefore translated into one that reads these
/// marks, which keeps the time linear. The marks are noncharacters, which no text should contain.
struct EdgedText {
  enum Edge: UInt32, CaseIterable {
    case outside = 0xFDD0
    case start, end, inside
  }

  static let marks = ScalarSet([0xFDD0...0xFDD3])

  private(set) var bytes: [UInt8] = []
  /// For each byte of the text, and its end: where its mark is.
  private var places: [Int] = []
  /// For each marked byte, and the end: the place in the text.
  private var origins: [Int] = []

  init(_ text: Bytes) {
    bytes.reserveCapacity(text.count * 4 + 3)
    origins.reserveCapacity(text.count * 4 + 4)
    places.reserveCapacity(text.count + 1)
    var at = 0
    var isAfterWord = false
    while true {
      let next = at < text.count ? text.scalar(at: at) : nil
      let isBeforeWord = next.map { Self.isWord($0.value) } ?? false
      let edge: Edge = isBeforeWord ? (isAfterWord ? .inside : .start) : isAfterWord ? .end : .outside
      let place = bytes.count
      bytes += [0xEF, 0xB7, 0x90 + UInt8(edge.rawValue - Edge.outside.rawValue)]
      origins += [at, at, at]
      guard let next else {
        places.append(place)
        origins.append(at)
        return
      }
      for offset in 0..<next.length {
        places.append(place)
        bytes.append(text[at + offset])
        origins.append(at + offset)
      }
      at += next.length
      isAfterWord = isBeforeWord
    }
  }

  func place(_ position: Int) -> Int { places[Swift.min(position, places.count - 1)] }
  func origin(_ place: Int) -> Int { origins[Swift.min(place, origins.count - 1)] }

  /// As `\w`.
  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      let byte = UInt8(truncatingIfNeeded: scalar.value)
      return byte.isASCIILetter || byte.isDigit || byte == .underscore
    }
    let properties = scalar.properties
    if properties.isAlphabetic || properties.isJoinControl { return true }
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
    default: return false
    }
  }
}
