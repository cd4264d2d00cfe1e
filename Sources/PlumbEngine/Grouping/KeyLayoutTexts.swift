/// Keys whose texts are numbered partition by partition: until then their hashes follow the key.
extension KeyLayout {
  /// The number of 64-bit lanes of a key with the hashes of its open texts.
  var hashedWidth: Int { wordCount &+ openTexts.count }

  /// Whether there are open texts, and these are stored as they are when hardly any repeats: not codes.
  func hasPlainTexts(_ vectors: [Vector]) -> Bool {
    !openTexts.isEmpty && openTexts.allSatisfy { !vectors[$0].encoding.isCodes && !vectors[$0].isConstant }
  }

  /// The keys of `count` rows followed by the hashes of their open texts, and those texts, not yet numbered.
  func hashedWords(of vectors: [Vector], count: Int) -> (words: Buffer, texts: [Vector]) {
    let width = hashedWidth
    let result = Buffer.zeros(byteCount: count &* width &* 8)
    let out = result.values(UInt64.self)
    for (place, field) in fields.enumerated() where !openTexts.contains(place) {
      pack(vectors[place], field, out, step: width, count)
    }
    let texts = openTexts.map { vectors[$0].decoded().expanded() }
    hash(texts, after: out, count)
    return (result, texts)
  }

  /// The same for keys whose texts have numbers.
  func hashedWords(from words: UnsafePointer<UInt64>, count: Int) -> (words: Buffer, texts: [Vector]) {
    let width = hashedWidth
    let result = Buffer.zeros(byteCount: count &* width &* 8)
    let out = result.values(UInt64.self)
    for row in 0..<count {
      for word in 0..<wordCount { out[row &* width &+ word] = words[row &* wordCount &+ word] }
    }
    let texts = openTexts.map { place -> Vector in
      let field = fields[place]
      let others = ~(((1 as UInt64) &<< UInt64(field.bits) &- 1) &<< UInt64(field.shift))
      for row in 0..<count { out[row &* width &+ field.word] &= others }
      return column(field, words, count).decoded().expanded()
    }
    hash(texts, after: out, count)
    return (result, texts)
  }

  private func hash(_ texts: [Vector], after keys: UnsafeMutablePointer<UInt64>, _ count: Int) {
    let width = hashedWidth
    for (number, vector) in texts.enumerated() {
      let source = vector.view(Bytes.self)
      for row in 0..<count { keys[row &* width &+ wordCount &+ number] = hashBytes(source[row]) }
    }
  }

  /// The output of `hashedWords`, for some rows, as keys in which the texts have the numbers of `numbered`.
  func words(
    _ hashed: UnsafePointer<UInt64>, count: Int, texts: [Vector], _ numbered: [PartitionTexts],
    into keys: UnsafeMutablePointer<UInt64>
  ) {
    let width = hashedWidth
    for row in 0..<count {
      for word in 0..<wordCount { keys[row &* wordCount &+ word] = hashed[row &* width &+ word] }
    }
    for (number, place) in openTexts.enumerated() {
      let field = fields[place]
      numbered[number].number(
        texts[number].lanes(), count: count, hashes: hashed + (wordCount &+ number), hashStep: width,
        keys: keys + field.word, keyStep: wordCount, shift: UInt64(field.shift))
    }
  }

  func makePartitionTexts() -> [PartitionTexts] { openTexts.map { _ in PartitionTexts() } }

  /// The key columns again, from keys whose texts have the numbers of `numbered`; `owner` keeps the texts alive.
  func vectors(
    from words: UnsafePointer<UInt64>, count: Int, _ numbered: [PartitionTexts], owner: AnyObject
  ) -> [Vector] {
    fields.enumerated().map { place, field in
      guard let number = openTexts.firstIndex(of: place) else { return column(field, words, count) }
      return numbered[number].vector(
        words + field.word, count: count, step: wordCount, shift: UInt64(field.shift),
        mask: (1 &<< UInt64(field.bits)) &- 1, owner: owner)
    }
  }
}
