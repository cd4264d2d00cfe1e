import PlumbDiagnostics

extension ScalarFunction {
  /// Functions over IPv4 and IPv6 addresses in text, with or without a prefix such as `/24`.
  static let networkFunctions: [ScalarFunction] = ipv4Comparisons + ipv4Forms + ipv6 + ipv4Search

  private static let ipv4Comparisons: [ScalarFunction] = [
    ScalarFunction(
      "ipv4_compare", "Returns -1, 0 or 1 if `lhs` is less than, equal to or greater than `rhs` under their prefixes and `prefix`.",
      "lhs, rhs, [prefix]",
      examples: [.init(#"ipv4_compare("192.168.1.1/24", "192.168.1.255")"#, is: "0")],
      overloads: [
        .maybe { (lhs: Bytes, rhs: Bytes) -> Int64? in compareIPv4(lhs, rhs, 32) },
        .maybe { (lhs: Bytes, rhs: Bytes, prefix: Int64) -> Int64? in compareIPv4(lhs, rhs, prefix) },
      ]),
    ScalarFunction(
      "ipv4_is_match", "Returns true if `lhs` and `rhs` are equal under their prefixes and `prefix`.", "lhs, rhs, [prefix]",
      examples: [.init(#"ipv4_is_match("192.168.1.1", "192.168.1.255", 24)"#, is: "true")],
      overloads: [
        .maybe { (lhs: Bytes, rhs: Bytes) -> Bool? in compareIPv4(lhs, rhs, 32).map { $0 == 0 } },
        .maybe { (lhs: Bytes, rhs: Bytes, prefix: Int64) -> Bool? in compareIPv4(lhs, rhs, prefix).map { $0 == 0 } },
      ]),
    ScalarFunction(
      "ipv4_is_in_range", "Returns true if `address` is in `range`.", "address, range",
      examples: [.init(#"ipv4_is_in_range("192.168.1.6", "192.168.1.1/24")"#, is: "true")],
      overloads: [
        .maybe { (address: Bytes, range: Bytes) -> Bool? in
          guard let address = IPv4.parse(address), let range = IPv4.parse(range) else { return nil }
          return address.isIn(range)
        }
      ]),
    ScalarFunction(
      "ipv4_is_in_any_range", "Returns true if `address` is in one of `ranges`, strings or arrays of them.",
      "address, ranges, ...",
      examples: [.init(#"ipv4_is_in_any_range("192.168.1.6", "10.0.0.1/8", "192.168.1.1/24")"#, is: "true")],
      overloads: [
        anyOf(parse: { IPv4.parse($0) }) { ranges, text in
          guard let address = IPv4.parse(text) else { return nil }
          return ranges.contains { address.isIn($0) }
        }
      ]),
    ScalarFunction(
      "ipv4_is_private", "Returns true if `address` is in a private network as defined by RFC 1918.", "address",
      examples: [.init(#"ipv4_is_private("10.1.2.3")"#, is: "true"), .init(#"ipv4_is_private("127.0.0.1")"#, is: "false")],
      overloads: [.maybe { (address: Bytes) -> Bool? in IPv4.parse(address)?.isPrivate }]),
  ]

  private static let ipv4Forms: [ScalarFunction] = [
    ScalarFunction(
      "ipv4_netmask_suffix", "Returns the length of the prefix of `address`; 32 without one.", "address",
      examples: [.init(#"ipv4_netmask_suffix("192.168.1.1/24")"#, is: "24")],
      overloads: [.maybe { (address: Bytes) -> Int64? in IPv4.parse(address).map { Int64($0.prefix) } }]),
    ScalarFunction(
      "ipv4_range_to_cidr_list", "Lists the CIDR ranges that together cover `first` through `last`.",
      "first, last",
      examples: [
        .init(
          #"ipv4_range_to_cidr_list("1.1.128.0", "1.1.140.255")"#, is: #"["1.1.128.0/21","1.1.136.0/22","1.1.140.0/24"]"#)
      ],
      overloads: [
        .maybeWriting(.dynamic) { (first: Bytes, last: Bytes, out: inout ByteBuffer) -> Bool in
          guard let first = IPv4.parse(first), let last = IPv4.parse(last),
            let ranges = IPv4.ranges(from: first.network, through: last.network)
          else { return false }
          let mark = out.beginArray()
          var text = ByteBuffer()
          for range in ranges {
            text.removeAll()
            printIPv4(range, withPrefix: true, to: &text)
            text.withBytes { out.appendString($0) }
          }
          out.end(mark, count: ranges.count)
          return true
        }
      ]),
    ScalarFunction(
      "parse_ipv4", "Returns the number of the network of `address`.", "address",
      examples: [.init(#"parse_ipv4("192.168.1.1")"#, is: "3232235777"), .init(#"parse_ipv4("192.168.1.1/24")"#, is: "3232235776")],
      overloads: [.maybe { (address: Bytes) -> Int64? in IPv4.parse(address).map { Int64($0.network) } }]),
    ScalarFunction(
      "parse_ipv4_mask", "Returns the number of the network of `address` under `prefix` bits.", "address, prefix",
      examples: [.init(#"parse_ipv4_mask("127.0.0.1", 24)"#, is: "2130706432")],
      overloads: [
        .maybe { (address: Bytes, prefix: Int64) -> Int64? in masked(IPv4.parse(address), prefix).map { Int64($0.network) } }
      ]),
    formatter("format_ipv4", withPrefix: false, "192.168.1.0"),
    formatter("format_ipv4_mask", withPrefix: true, "192.168.1.0/24"),
  ]

  private static func formatter(_ name: String, withPrefix: Bool, _ result: String) -> ScalarFunction {
    let sentence = withPrefix ? "with its prefix" : "without its prefix"
    return ScalarFunction(
      name, "Returns the network of `address`, a string or a number, under `prefix` bits, \(sentence).", "address, [prefix]",
      examples: [.init("\(name)(\"192.168.1.1\", 24)", is: result), .init("\(name)(3232235777, 24)", is: result)],
      overloads: [
        .maybeWriting(.string) { (address: Bytes, out: inout ByteBuffer) -> Bool in
          printIPv4(IPv4.parse(address), withPrefix: withPrefix, to: &out)
        },
        .maybeWriting(.string) { (address: Int64, out: inout ByteBuffer) -> Bool in
          printIPv4(numbered(address), withPrefix: withPrefix, to: &out)
        },
        .maybeWriting(.string) { (address: Bytes, prefix: Int64, out: inout ByteBuffer) -> Bool in
          printIPv4(masked(IPv4.parse(address), prefix), withPrefix: withPrefix, to: &out)
        },
        .maybeWriting(.string) { (address: Int64, prefix: Int64, out: inout ByteBuffer) -> Bool in
          printIPv4(masked(numbered(address), prefix), withPrefix: withPrefix, to: &out)
        },
      ])
  }

  private static let ipv6: [ScalarFunction] = [
    ScalarFunction(
      "ipv6_compare", "Returns -1, 0 or 1 if `lhs` is less than, equal to or greater than `rhs` under their prefixes and `prefix`.",
      "lhs, rhs, [prefix]",
      examples: [.init(#"ipv6_compare("192.168.1.1/24", "::ffff:c0a8:01ff")"#, is: "0")],
      overloads: [
        .maybe { (lhs: Bytes, rhs: Bytes) -> Int64? in compareIPv6(lhs, rhs, 128) },
        .maybe { (lhs: Bytes, rhs: Bytes, prefix: Int64) -> Int64? in compareIPv6(lhs, rhs, prefix) },
      ]),
    ScalarFunction(
      "ipv6_is_match", "Returns true if `lhs` and `rhs` are equal under their prefixes and `prefix`.", "lhs, rhs, [prefix]",
      examples: [.init(#"ipv6_is_match("fe80::85d:e82c:9446:7994", "fe80::85d:e82c:9446:7995", 127)"#, is: "true")],
      overloads: [
        .maybe { (lhs: Bytes, rhs: Bytes) -> Bool? in compareIPv6(lhs, rhs, 128).map { $0 == 0 } },
        .maybe { (lhs: Bytes, rhs: Bytes, prefix: Int64) -> Bool? in compareIPv6(lhs, rhs, prefix).map { $0 == 0 } },
      ]),
    ScalarFunction(
      "ipv6_is_in_range", "Returns true if `address` is in `range`.", "address, range",
      examples: [.init(#"ipv6_is_in_range("a5e::abcd", "a5e::/112")"#, is: "true")],
      overloads: [
        .maybe { (address: Bytes, range: Bytes) -> Bool? in
          guard let address = IPv6.parse(address), let range = IPv6.parse(range) else { return nil }
          return address.isIn(range)
        }
      ]),
    ScalarFunction(
      "ipv6_is_in_any_range", "Returns true if `address` is in one of `ranges`, strings or arrays of them.",
      "address, ranges, ...",
      examples: [.init(#"ipv6_is_in_any_range("a5e::abcd", dynamic(["b::/16", "a5e::/112"]))"#, is: "true")],
      overloads: [
        anyOf(parse: { IPv6.parse($0) }) { ranges, text in
          guard let address = IPv6.parse(text) else { return nil }
          return ranges.contains { address.isIn($0) }
        }
      ]),
    ScalarFunction(
      "parse_ipv6", "Returns the network of `address`, an IPv6 or IPv4 address, in the long form of IPv6.", "address",
      examples: [.init(#"parse_ipv6("192.168.255.255/24")"#, is: "0000:0000:0000:0000:0000:ffff:c0a8:ff00")],
      overloads: [
        .maybeWriting(.string) { (address: Bytes, out: inout ByteBuffer) -> Bool in
          guard let address = IPv6.parse(address) else { return false }
          IPv6.print(address.network, to: &out)
          return true
        }
      ]),
    ScalarFunction(
      "parse_ipv6_mask", "Returns the network of `address` under `prefix` bits, in the long form of IPv6.", "address, prefix",
      examples: [.init(#"parse_ipv6_mask("192.168.255.255", 120)"#, is: "0000:0000:0000:0000:0000:ffff:c0a8:ff00")],
      overloads: [
        .maybeWriting(.string) { (address: Bytes, prefix: Int64, out: inout ByteBuffer) -> Bool in
          guard var address = IPv6.parse(address), (0...128).contains(prefix) else { return false }
          address.prefix = Swift.min(address.prefix, Int(prefix))
          IPv6.print(address.network, to: &out)
          return true
        }
      ]),
  ]

  private static let ipv4Search: [ScalarFunction] = [
    ScalarFunction(
      "has_ipv4", "Returns true if `text` contains the IPv4 address `address`, not adjacent to letters or digits.", "text, address",
      examples: [
        .init(#"has_ipv4("05:04:54 127.0.0.1 GET", "127.0.0.1")"#, is: "true"),
        .init(#"has_ipv4("05:04:54127.0.0.1 GET", "127.0.0.1")"#, is: "false"),
      ],
      overloads: [addressSearch(whole: true)]),
    ScalarFunction(
      "has_any_ipv4", "Returns true if `text` contains one of the IPv4 `addresses`, strings or arrays of them.",
      "text, addresses, ...",
      examples: [.init(#"has_any_ipv4("from 127.0.0.1", "10.0.0.1", "127.0.0.1")"#, is: "true")],
      overloads: [addressSearch(whole: true)]),
    ScalarFunction(
      "has_ipv4_prefix", "Returns true if `text` contains an IPv4 address that starts with `prefix`, such as `10.1.`.", "text, prefix",
      examples: [.init(#"has_ipv4_prefix("from 127.0.0.1", "127.0.")"#, is: "true")],
      overloads: [addressSearch(whole: false)]),
    ScalarFunction(
      "has_any_ipv4_prefix", "Returns true if `text` contains an IPv4 address that starts with one of `prefixes`.",
      "text, prefixes, ...",
      examples: [.init(#"has_any_ipv4_prefix("from 127.0.0.1", dynamic(["10.", "127.0."]))"#, is: "true")],
      overloads: [addressSearch(whole: false)]),
  ]

  private static func addressSearch(whole: Bool) -> Overload {
    anyOf(parse: { IPv4Prefix($0, whole: whole) }) { prefixes, text in prefixes.contains { $0.isFound(in: text) } }
  }

  /// A test of a text against parsed texts: the further arguments, and the elements of arrays among them.
  private static func anyOf<T: Sendable>(
    parse: @escaping @Sendable (Bytes) -> T?, _ test: @escaping @Sendable ([T], Bytes) -> Bool?
  ) -> Overload {
    .columns([.exactly(.string)], rest: .any, minimumRest: 1, result: { shapes in
      shapes.dropFirst().allSatisfy { $0.type == .string || $0.type == .dynamic } ? .bool : nil
    }) { arguments in
      let texts = Input<Bytes>(arguments, 0)
      let lists = try DynamicInputs(arguments.replacing(Array(arguments.vectors.dropFirst())))
      let read = { (row: Int) -> [T] in
        (0..<lists.count).flatMap { index -> [T] in
          let list = lists[index, row]
          return (list.isArray ? list.elements : [list]).compactMap { $0.tag == .string ? parse($0.text) : nil }
        }
      }
      let kept = arguments.prepared(from: 1..<arguments.vectors.count) { read(0) }
      return maybeRows(arguments, nullWithArguments: true) { row -> Bool? in test(kept ?? read(row), texts[row]) }
    }
  }

  private static func compareIPv4(_ lhs: Bytes, _ rhs: Bytes, _ prefix: Int64) -> Int64? {
    guard let left = IPv4.parse(lhs), let right = IPv4.parse(rhs), (0...32).contains(prefix) else { return nil }
    return Int64(left.compared(to: right, prefix: Int(prefix)))
  }

  /// The prefix of two IPv4 addresses counts their own 32 bits.
  private static func compareIPv6(_ lhs: Bytes, _ rhs: Bytes, _ prefix: Int64) -> Int64? {
    guard let left = IPv6.parse(lhs), let right = IPv6.parse(rhs), (0...128).contains(prefix) else { return nil }
    let areIPv4 = !lhs.contains(.colon) && !rhs.contains(.colon)
    return Int64(left.compared(to: right, prefix: areIPv4 && prefix <= 32 ? Int(prefix) + 96 : Int(prefix)))
  }

  private static func masked(_ address: IPv4?, _ prefix: Int64) -> IPv4? {
    guard var address, (0...32).contains(prefix) else { return nil }
    address.prefix = Swift.min(address.prefix, Int(prefix))
    return address
  }

  private static func numbered(_ address: Int64) -> IPv4? {
    UInt32(exactly: address).map { IPv4(address: $0, prefix: 32) }
  }

  @discardableResult
  private static func printIPv4(_ address: IPv4?, withPrefix: Bool, to out: inout ByteBuffer) -> Bool {
    guard let address else { return false }
    IPv4.print(address.network, to: &out)
    if withPrefix {
      out.append(.slash)
      out.append(decimal: Int64(address.prefix))
    }
    return true
  }
}
