import Glibc
import PlumbDiagnostics

/// An IPv4 address with its prefix length.
struct IPv4: Equatable, Sendable {
  var address: UInt32
  /// Significant bits, 0...32.
  var prefix: Int

  /// Reads `a.b.c.d` with an optional `/prefix`.
  static func parse(_ text: Bytes) -> IPv4? {
    let text = text.trimmed
    let slash = text.firstIndex(of: .slash) ?? text.count
    var prefix = 32
    if slash < text.count {
      guard let value = NumberText.parseInt64(text.part(from: slash + 1)), value >= 0, value <= 32 else {
        return nil
      }
      prefix = Int(value)
    }
    guard let (address, end) = octets(text, from: 0), end == slash else { return nil }
    return IPv4(address: address, prefix: prefix)
  }

  /// Four octets from `start` on, and where they end.
  static func octets(_ text: Bytes, from start: Int) -> (address: UInt32, end: Int)? {
    var address: UInt32 = 0
    var at = start
    for octet in 0..<4 {
      if octet > 0 {
        guard at < text.count, text[at] == .fullStop else { return nil }
        at &+= 1
      }
      var value: UInt32 = 0
      let first = at
      while at < text.count && text[at].isDigit && at &- first < 4 {
        value = value &* 10 &+ UInt32(text[at] &- 0x30)
        at &+= 1
      }
      guard at > first, value < 256 else { return nil }
      address = address &<< 8 | value
    }
    return (address, at)
  }

  static func mask(_ prefix: Int) -> UInt32 {
    prefix <= 0 ? 0 : prefix >= 32 ? .max : .max &<< UInt32(32 &- prefix)
  }

  /// The address with only its significant bits.
  var network: UInt32 { address & IPv4.mask(prefix) }

  var isPrivate: Bool {
    let network = network
    return network &>> 24 == 10 || network &>> 20 == 0xAC1 || network &>> 16 == 0xC0A8
  }

  /// -1, 0 or 1 by the bits that are significant in both, and at most `prefix` of them.
  func compared(to other: IPv4, prefix: Int = 32) -> Int {
    let mask = IPv4.mask(min(self.prefix, other.prefix, prefix))
    let (lhs, rhs) = (address & mask, other.address & mask)
    return lhs == rhs ? 0 : lhs < rhs ? -1 : 1
  }

  func isIn(_ range: IPv4) -> Bool { network & IPv4.mask(range.prefix) == range.network }

  static func print(_ address: UInt32, to out: inout ByteBuffer) {
    for shift: UInt32 in [24, 16, 8, 0] {
      if shift < 24 { out.append(.fullStop) }
      out.append(decimal: UInt64(address &>> shift & 255))
    }
  }

  /// The fewest prefixes that make up `first...last`; nil if they are in the wrong order.
  static func ranges(from first: UInt32, through last: UInt32) -> [IPv4]? {
    guard first <= last else { return nil }
    var ranges: [IPv4] = []
    var start = UInt64(first)
    let end = UInt64(last) + 1
    while start < end {
      var size: UInt64 = start == 0 ? 1 << 32 : start & (~start &+ 1)
      while start + size > end { size >>= 1 }
      ranges.append(IPv4(address: UInt32(start), prefix: 32 - size.trailingZeroBitCount))
      start += size
    }
    return ranges
  }

  /// Visits the addresses in a text that have no letter or digit right before or after them.
  static func forEach(in text: Bytes, _ body: (_ address: UInt32) -> Bool) -> Bool {
    var at = 0
    while at < text.count {
      let isStart = at == 0 || !(text[at &- 1].isDigit || text[at &- 1].isASCIILetter)
      if text[at].isDigit, isStart, let (address, end) = octets(text, from: at),
        end == text.count || !(text[end].isDigit || text[end].isASCIILetter), body(address)
      {
        return true
      }
      at &+= 1
    }
    return false
  }
}

/// What `has_ipv4_prefix` looks for: a whole address, or its first octets followed by a dot.
struct IPv4Prefix: Sendable {
  let address: UInt32
  let mask: UInt32

  init?(_ text: Bytes, whole: Bool) {
    var padded = ByteBuffer(capacity: 16)
    padded.append(text)
    var octets = 4
    if let last = text.last, last == .fullStop, !whole {
      octets = text.count { $0 == .fullStop }
      guard octets < 4 else { return nil }
      for i in octets..<4 {
        if i > octets { padded.append(.fullStop) }
        padded.append(.digitZero)
      }
    }
    guard let parsed = padded.withBytes({ IPv4.parse($0) }), parsed.prefix == 32 else { return nil }
    address = parsed.address
    mask = IPv4.mask(octets * 8)
  }

  func isFound(in text: Bytes) -> Bool { IPv4.forEach(in: text) { $0 & mask == address } }
}

/// An IPv6 address with its prefix length; an IPv4 address is represented by its mapped address.
struct IPv6: Equatable, Sendable {
  var address: UInt128
  /// Significant bits, 0...128.
  var prefix: Int

  /// Reads either kind of address with an optional `/prefix`; an IPv4 prefix counts from bit 96.
  static func parse(_ text: Bytes) -> IPv6? {
    let text = text.trimmed
    let slash = text.firstIndex(of: .slash) ?? text.count
    let host = text.part(from: 0, to: slash)
    let isDotted = host.contains(.fullStop)
    var prefix = 128
    if slash < text.count {
      let limit: Int64 = isDotted ? 32 : 128
      guard let value = NumberText.parseInt64(text.part(from: slash + 1)), value >= 0, value <= limit else {
        return nil
      }
      prefix = Int(value) + (isDotted ? 96 : 0)
    }
    if !host.contains(.colon) {
      guard let (address, end) = IPv4.octets(host, from: 0), end == host.count else { return nil }
      return IPv6(address: 0xFFFF_0000_0000 | UInt128(address), prefix: prefix)
    }
    guard let address = address(host) else { return nil }
    // `::a.b.c.d` is the mapped address as well.
    let mapped = isDotted && address &>> 32 == 0 ? address | 0xFFFF_0000_0000 : address
    return IPv6(address: mapped, prefix: prefix)
  }

  /// The address parsed by the C library, which reads the forms of RFC 4291.
  private static func address(_ text: Bytes) -> UInt128? {
    guard text.count < INET6_ADDRSTRLEN, !text.contains(0) else { return nil }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { copy -> UInt128? in
      _ = copy.update(fromContentsOf: text.lazy.map { CChar(bitPattern: $0) })
      copy[text.count] = 0
      var address = in6_addr()
      guard let base = copy.baseAddress, inet_pton(AF_INET6, base, &address) == 1 else { return nil }
      return withUnsafeBytes(of: &address) { $0.reduce(0) { $0 &<< 8 | UInt128($1) } }
    }
  }

  static func mask(_ prefix: Int) -> UInt128 {
    prefix <= 0 ? 0 : prefix >= 128 ? .max : .max &<< UInt128(128 &- prefix)
  }

  var network: UInt128 { address & IPv6.mask(prefix) }

  /// -1, 0 or 1 by the bits that are significant in both, and at most `prefix` of them.
  func compared(to other: IPv6, prefix: Int = 128) -> Int {
    let mask = IPv6.mask(min(self.prefix, other.prefix, prefix))
    let (lhs, rhs) = (address & mask, other.address & mask)
    return lhs == rhs ? 0 : lhs < rhs ? -1 : 1
  }

  func isIn(_ range: IPv6) -> Bool { network & IPv6.mask(range.prefix) == range.network }

  /// Appends eight groups of four digits.
  static func print(_ address: UInt128, to out: inout ByteBuffer) {
    for group in 0..<8 {
      if group > 0 { out.append(.colon) }
      let value = UInt16(truncatingIfNeeded: address &>> UInt128(112 &- group &* 16))
      for byte in [value &>> 8, value & 255] { out.append(hexadecimal: CollectionOfOne(UInt8(truncatingIfNeeded: byte))) }
    }
  }
}
