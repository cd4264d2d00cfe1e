import Testing

/// What can break memory is where the code map says, and nowhere else.
struct FenceTests {
  /// The folders and files in "Where pointers are".
  private static let fenced: [String] = {
    guard let text = try? Repository.text("Sources/README.md"), let start = text.range(of: "## Where pointers are") else { return [] }
    return text[start.upperBound...].split(separator: "\n").prefix { !$0.hasPrefix("## ") }
      .filter { $0.hasPrefix("|") }
      .flatMap { $0.split(separator: "`").enumerated().filter { $0.offset % 2 == 1 }.map { "Sources/" + String($0.element) } }
  }()

  /// Lines of our sources that `pattern` is in, but for those below `allowed`.
  private static func places(of pattern: String, outside allowed: [String]) throws -> [String] {
    let regex = try Pattern(pattern)
    return try SwiftSource.all.get().values.joined()
      .filter { source in !allowed.contains { source.path == $0 || source.path.hasPrefix($0 + "/") } }
      .flatMap { $0.places(of: regex) }
  }

  @Test func pointersAreWhereTheMapSays() throws {
    #expect(Self.fenced.count > 10)
    let places = try Self.places(
      of: #"\bUnsafe(Mutable)?(Raw)?(Buffer)?Pointer\b|\bOpaquePointer\b|\bUnmanaged\b|\bwithUnsafe|\bunsafe(BitCast|DowncastTo)?\("#
        + #"|\bunsafeBitCast\b|\bnonisolated\(unsafe\)|\.assumingMemoryBound\("#, outside: Self.fenced)
    #expect(places.isEmpty, "\(places.joined(separator: "\n"))")
  }

  /// A view keeps its buffer; a call that must not be forgotten at the end of a function does not.
  @Test func ownersAreKeptByViews() throws {
    let places = try Self.places(of: #"\bwithExtendedLifetime\b"#, outside: ["Sources/PlumbEngine/Memory"])
    #expect(places.isEmpty, "\(places.joined(separator: "\n"))")
  }

  @Test func threadsAndLocksAreMadeInOnePlace() throws {
    let places = try Self.places(
      of: #"\bpthread_(create|mutex_init|rwlock_init|spin_init|cond_init)\b|\bDispatch(Queue|Semaphore)\b|\bThread\(|\bNS(Recursive)?Lock\b"#,
      outside: ["Sources/PlumbEngine/Threads"])
    #expect(places.isEmpty, "\(places.joined(separator: "\n"))")
  }

  /// What holds any value at all and is shared without a check.
  @Test func thereIsOneUncheckedBox() throws {
    let places = try Self.places(
      of: #"(struct|class|enum) \w+<[^>]*>: .*@unchecked Sendable"#,
      outside: ["Sources/PlumbEngine/Threads", "Sources/PlumbEngine/Memory/BufferView.swift"])
    #expect(places.isEmpty, "\(places.joined(separator: "\n"))")
  }

  /// Text for a terminal passes through `Console`, or through the sinks of results, which make it visible.
  @Test func textForATerminalIsMadeVisibleInOnePlace() throws {
    let places = try Self.places(
      of: #"Console\.write\(.*STD(OUT|ERR)_FILENO|\b[fp]uts\(|\bFileHandle\.standard|(?<![\w.])print\("|\bwrite\((1|2|STD(OUT|ERR)_FILENO)\b"#,
      outside: ["Sources/PlumbCLI/Console.swift"])
    #expect(places.isEmpty, "\(places.joined(separator: "\n"))")
  }

  /// The bytes of ASCII have names, such as `.comma`, and letters are `UInt8(ascii: "a")`; numbers are for patterns of bits.
  @Test func bytesHaveNames() throws {
    let places = try Self.places(
      of: #"([=!]= |append\(|case )0x(09|0[AaDd]|2[0-9A-Fa-f]|3[0A-Fa-f]|40|5[B-Fb-f]|60|7[B-Eb-e])\b(?!\.)"#,
      outside: ["Sources/PlumbDiagnostics/ASCII.swift"])
    #expect(places.isEmpty, "\(places.joined(separator: "\n"))")
  }
}
