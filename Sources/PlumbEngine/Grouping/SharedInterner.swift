/// Numbers for distinct byte strings, shared by all workers of an operator: equal bytes, equal number.
///
/// The first dictionary seen keeps its codes as numbers, so that it needs no look-ups.
final class SharedInterner: @unchecked Sendable {
  private let lock = Lock()
  private var state = State()

  private struct State {
    var primary: StringDictionary?
    var others = BytesIndex()
    var arena = ByteArena()
    var texts: [Bytes] = []
    var translations: [(StringDictionary, Buffer)] = []
    /// The last result of `dictionary()`, and the number of texts at that time.
    var made: (dictionary: StringDictionary, textCount: Int)?
  }

  /// A number for each code of `dictionary`; nil if the codes are the numbers.
  func translation(of dictionary: StringDictionary) -> Buffer? {
    lock.locked {
      if state.primary == nil && state.texts.isEmpty { state.primary = dictionary }
      if state.primary === dictionary { return nil }
      if let known = state.translations.first(where: { $0.0 === dictionary }) { return known.1 }
      let numbers = Buffer(of: UInt32.self, count: dictionary.count)
      let out = numbers.values(UInt32.self)
      for code in 0..<dictionary.count { out[code] = number(of: dictionary[code], hash: hashBytes(dictionary[code])) }
      state.translations.append((dictionary, numbers))
      return numbers
    }
  }

  /// The numbers of `count` byte strings; unknown ones get the next numbers.
  func numbers(of texts: UnsafePointer<Bytes>, count: Int, into out: UnsafeMutablePointer<UInt32>) {
    // Hashed before taking the lock, which all workers want.
    let hashes = Buffer(of: UInt64.self, count: count)
    let hashed = hashes.values(UInt64.self)
    for i in 0..<count { hashed[i] = hashBytes(texts[i]) }
    lock.locked {
      for i in 0..<count { out[i] = number(of: texts[i], hash: hashed[i]) }
    }
  }

  private func number(of text: Bytes, hash: UInt64) -> UInt32 {
    let base = state.primary?.count ?? 0
    if let code = state.primary?.code(of: text) { return UInt32(truncatingIfNeeded: code) }
    if let known = state.others.code(of: text, hash: hash) { return known }
    let kept = state.arena.copying(text)
    let number = UInt32(truncatingIfNeeded: base &+ state.texts.count)
    state.texts.append(kept)
    state.others.insertNew(kept, hash: hash, code: number)
    return number
  }

  /// The numbers' texts: a dictionary whose codes are the numbers.
  func dictionary() -> StringDictionary {
    lock.locked {
      if let primary = state.primary, state.texts.isEmpty { return primary }
      if let made = state.made, made.textCount == state.texts.count { return made.dictionary }
      let base = state.primary?.count ?? 0
      let entries = Buffer(of: Bytes.self, count: base &+ state.texts.count)
      let out = entries.values(Bytes.self)
      if let primary = state.primary { out.update(from: primary.entries, count: base) }
      for (i, text) in state.texts.enumerated() { out[base &+ i] = text }
      let owners: [AnyObject] = [state.arena] + (state.primary.map { [$0] } ?? [])
      let dictionary = StringDictionary(entries: entries, count: base &+ state.texts.count, holding: Owners(owners))
      state.made = (dictionary, state.texts.count)
      return dictionary
    }
  }
}
