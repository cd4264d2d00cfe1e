/// A choice among constant texts, as codes into a dictionary of them: later steps group and filter by code.
struct CodedChoice: Sendable {
  private let texts: [String]
  /// For each text the code of its first appearance.
  private let codes: [UInt8]
  private let dictionary: StringDictionary

  /// Nil unless every vector is a constant string and there are at most 255 of them.
  init?(_ results: [Vector], prepared: Prepared) {
    guard !results.isEmpty, results.count < 256 else { return nil }
    var texts: [String] = []
    for result in results {
      guard result.isConstant, result.type == .string else { return nil }
      texts.append(String(decoding: result.bytes(at: 0), as: UTF8.self))
    }
    // One dictionary serves all chunks, as long as the constants are the same.
    let kept = prepared.value { CodedChoice(texts) }
    self = kept.texts == texts ? kept : CodedChoice(texts)
  }

  private init(_ texts: [String]) {
    var distinct: [String] = []
    var codes: [UInt8] = []
    for text in texts {
      let code = distinct.firstIndex(of: text) ?? distinct.count
      if code == distinct.count { distinct.append(text) }
      codes.append(UInt8(truncatingIfNeeded: code))
    }
    self.texts = texts
    self.codes = codes
    dictionary = StringDictionary(distinct)
  }

  /// For each row the text of the first condition that is true, else the last text.
  func vector(_ conditions: [Vector], count n: Int) -> Vector {
    let result = Buffer(byteCount: n)
    let out = result.values(UInt8.self)
    out.update(repeating: codes.last ?? 0, count: n)
    for (condition, code) in zip(conditions, codes).reversed() {
      if condition.isConstant {
        if condition.isTrue(0) { out.update(repeating: code, count: n) }
        continue
      }
      let flags = condition.flags()
      let take = flags.bytes
      for i in 0..<n { out[i] ^= (out[i] ^ code) & (0 &- take[i]) }
    }
    return Vector(
      .string, count: n, data: result.base, owner: result, encoding: .codes8, dictionary: dictionary)
  }
}
