import Testing

@testable import PlumbEngine

/// Sets of numbers in the forms that they take as they grow.
@Suite struct SetTests {
  @Test(arguments: [
    ("increasing", 0), ("falling", 1), ("dense at random", 2), ("sparse", 3), ("few", 4), ("dense, then far", 5),
    ("far below zero", 6),
  ])
  func countsNumbers(_ form: String, _ kind: Int) {
    var random = RandomGenerator(seed: 7)
    let chunk = 4096, chunks = 80
    let both = WordSet(), first = WordSet(), second = WordSet()
    var known = Set<Int64>()
    for part in 0..<chunks {
      let numbers = (0..<chunk).map { i -> Int64 in
        let row = Int64(part * chunk + i)
        switch kind {
        case 0: return row
        case 1: return -row * 3
        case 2: return Int64(random.below(200_000))
        case 3: return Int64(bitPattern: random.next())
        case 4: return Int64(random.below(10)) &+ .min
        case 5: return part < chunks / 2 ? row : row &* 1_000_003
        default: return Int64.min + row / 2
        }
      }
      known.formUnion(numbers)
      numbers.withUnsafeBufferPointer {
        guard let base = $0.baseAddress else { return }
        both.insert(base, keep: nil, count: chunk)
        (part % 2 == 0 ? first : second).insert(base, keep: nil, count: chunk)
      }
    }
    #expect(both.count == known.count)
    first.formUnion(second)
    #expect(first.count == known.count)
    var visited = 0
    first.forEach { number in visited += known.contains(number) ? 1 : 0 }
    #expect(visited == known.count)
  }

  @Test func countsValuesOfManyGroups() throws {
    let function = try #require(AggregateFunction.named("dcount"))
    let bound = try function.binding([.column(0, .long, .none)], at: .none)
    let states = try (0..<2).map { _ in try bound.makeState() }
    var random = RandomGenerator(seed: 3)
    var known: [UInt32: Set<Int64>] = [:]
    let groupCount = 1000
    for part in 0..<60 {
      let builder = VectorBuilder(.long)
      let groups = (0..<4096).map { _ in UInt32(random.below(UInt64(groupCount))) }
      for group in groups {
        let number = Int64(random.below(1000)) &* 7_777_777_777
        builder.append(word: number)
        known[group, default: []].insert(number)
      }
      let vector = builder.finish()
      let state = states[part % 2]
      state.grow(to: groupCount)
      try groups.withUnsafeBufferPointer { try state.update([vector], groups: $0.baseAddress, count: 4096) }
    }
    let same = (0..<UInt32(groupCount)).map { $0 }
    try same.withUnsafeBufferPointer { same in
      if let base = same.baseAddress { try states[0].merge(states[1], range: 0..<groupCount, groups: base) }
    }
    let result = try states[0].finish(count: groupCount)[0]
    for group in 0..<groupCount {
      #expect(result.value(at: group) == .long(Int64(known[UInt32(group)]?.count ?? 0)))
    }
  }
}
