import PlumbDiagnostics

extension ScalarFunction {
  /// Functions that encode, compress and hash.
  static let encodingFunctions: [ScalarFunction] = base64 + urlCoding + compression + punycode + hashing + digests

  private static let base64: [ScalarFunction] = [
    base64Encoder("base64_encode_tostring"), base64Encoder("base64_encodestring"),
    base64Decoder("base64_decode_tostring"), base64Decoder("base64_decodestring"),
    ScalarFunction(
      "base64_encode_fromarray", "Encodes the bytes `array`, numbers from 0 to 255, as Base64.", "array",
      examples: [.init("base64_encode_fromarray(dynamic([75, 117, 115, 116, 111]))", is: "S3VzdG8=")],
      overloads: [
        .maybeWriting(.string) { (array: CompactDynamic, out: inout ByteBuffer) -> Bool in
          var bytes = ByteBuffer()
          for element in array.cursor.elements {
            guard element.tag == .long, let byte = UInt8(exactly: element.int64) else { return false }
            bytes.append(byte)
          }
          bytes.withBytes { Base64.encode($0, to: &out) }
          return true
        }
      ]),
    ScalarFunction(
      "base64_encode_fromguid", "Encodes the 16 bytes of `guid` as Base64.", "guid",
      examples: [
        .init("base64_encode_fromguid(guid(ae3133f2-6e22-49ae-b06a-16e6a9b212eb))", is: "8jMxriJurkmwahbmqbIS6w==")
      ],
      overloads: [
        .writing(.string) { (guid: GUID, out: inout ByteBuffer) in
          guid.mixedEndianBytes.withUnsafeBufferPointer { Base64.encode($0, to: &out) }
        }
      ]),
    ScalarFunction(
      "base64_decode_toarray", "Decodes the Base64 `text` to an array of bytes.", "text",
      examples: [.init(#"base64_decode_toarray("S3VzdG8=")"#, is: "[75,117,115,116,111]")],
      overloads: [
        .maybeWriting(.dynamic) { (text: Bytes, out: inout ByteBuffer) -> Bool in
          var bytes = ByteBuffer()
          guard Base64.decode(text, to: &bytes) else { return false }
          let mark = out.beginArray()
          for byte in bytes.bytes { out.appendLong(Int64(byte)) }
          out.end(mark, count: bytes.count)
          return true
        }
      ]),
    ScalarFunction(
      "base64_decode_toguid", "Decodes the Base64 `text` to a guid.", "text",
      examples: [.init(#"base64_decode_toguid("8jMxriJurkmwahbmqbIS6w==")"#, is: "ae3133f2-6e22-49ae-b06a-16e6a9b212eb")],
      overloads: [
        .maybe { (text: Bytes) -> GUID? in
          var bytes = ByteBuffer()
          return Base64.decode(text, to: &bytes) ? bytes.withBytes { GUID(mixedEndianBytes: $0) } : nil
        }
      ]),
  ]

  private static func base64Encoder(_ name: String) -> ScalarFunction {
    ScalarFunction(
      name, "Encodes the UTF-8 of `text` as Base64.", "text",
      examples: [.init("\(name)(\"Kusto\")", is: "S3VzdG8=")],
      overloads: [.writing(.string) { (text: Bytes, out: inout ByteBuffer) in Base64.encode(text, to: &out) }])
  }

  private static func base64Decoder(_ name: String) -> ScalarFunction {
    ScalarFunction(
      name, "Decodes the Base64 `text` to a string; empty if that is not UTF-8.", "text",
      examples: [.init("\(name)(\"S3VzdG8=\")", is: "Kusto")],
      overloads: [
        .maybeWriting(.string) { (text: Bytes, out: inout ByteBuffer) -> Bool in
          Base64.decode(text, to: &out) && out.withBytes { $0.isWellFormed }
        }
      ])
  }

  private static let urlCoding: [ScalarFunction] = [
    ScalarFunction(
      "url_encode", "Encodes `text` for a URL; a space becomes `+`.", "text",
      examples: [.init(#"url_encode("a b/c")"#, is: "a+b%2fc")],
      overloads: [
        .writing(.string) { (text: Bytes, out: inout ByteBuffer) in PercentCoding.encode(text, component: false, to: &out) }
      ]),
    ScalarFunction(
      "url_encode_component", "Encodes `text` for a component of a URL; a space becomes `%20`.", "text",
      examples: [.init(#"url_encode_component("a b/c")"#, is: "a%20b%2fc")],
      overloads: [
        .writing(.string) { (text: Bytes, out: inout ByteBuffer) in PercentCoding.encode(text, component: true, to: &out) }
      ]),
    ScalarFunction(
      "url_decode", "Decodes `text` from a URL.", "text",
      examples: [.init(#"url_decode("https%3a%2f%2fplumb")"#, is: "https://plumb")],
      overloads: [.writing(.string) { (text: Bytes, out: inout ByteBuffer) in PercentCoding.decode(text, to: &out) }]),
  ]

  private static let compression: [ScalarFunction] = [
    compressor("gzip_compress_to_base64_string", .gzip),
    compressor("zlib_compress_to_base64_string", .zlib),
    decompressor(
      "gzip_decompress_from_base64_string", .gzip,
      "H4sIAAAAAAAA/wEUAOv/MTIzNDU2Nzg5MHF3ZXJ0eXVpb3A6m7f2FAAAAA==", "1234567890qwertyuiop"),
    decompressor(
      "zlib_decompress_from_base64_string", .zlib, "eJwLSS0uUSguKcrMS1cwNDIGACxqBQ4=", "Test string 123"),
  ]

  private static func compressor(_ name: String, _ wrapping: Compression.Wrapping) -> ScalarFunction {
    let kind = wrapping == .gzip ? "gzip" : "zlib"
    return ScalarFunction(
      name, "Compresses `text` with \(kind) and encodes the result as Base64.", "text",
      examples: [.init("\(kind)_decompress_from_base64_string(\(name)(\"plumb\"))", is: "plumb")],
      overloads: [
        .maybeWriting(.string) { (text: Bytes, out: inout ByteBuffer) -> Bool in
          var packed = ByteBuffer()
          guard Compression.compress(text, wrapping, to: &packed) else { return false }
          packed.withBytes { Base64.encode($0, to: &out) }
          return true
        }
      ])
  }

  private static func decompressor(
    _ name: String, _ wrapping: Compression.Wrapping, _ example: String, _ result: String
  ) -> ScalarFunction {
    ScalarFunction(
      name, "Decompresses the Base64 `text`; empty if it is damaged.", "text",
      examples: [.init("\(name)(\"\(example)\")", is: result)],
      overloads: [
        .maybeWriting(.string) { (text: Bytes, out: inout ByteBuffer) -> Bool in
          var packed = ByteBuffer(ceiling: ByteArena.valueLimit)
          guard Base64.decode(text, to: &packed), !packed.isFull else { return false }
          return packed.withBytes { Compression.decompress($0, wrapping, to: &out) } && out.withBytes { $0.isWellFormed }
        }
      ])
  }

  private static let punycode: [ScalarFunction] = [
    ScalarFunction(
      "punycode_from_string", "Encodes `text` as Punycode.", "text",
      examples: [.init(#"punycode_from_string("académie-française")"#, is: "acadmie-franaise-npb1a")],
      overloads: [.maybeWriting(.string) { (text: Bytes, out: inout ByteBuffer) -> Bool in Punycode.encode(text, to: &out) }]),
    ScalarFunction(
      "punycode_to_string", "Decodes the Punycode `text`.", "text",
      examples: [.init(#"punycode_to_string("acadmie-franaise-npb1a")"#, is: "académie-française")],
      overloads: [.maybeWriting(.string) { (text: Bytes, out: inout ByteBuffer) -> Bool in Punycode.decode(text, to: &out) }]),
    // For domains the documented names are the other way round: `to_string` encodes.
    ScalarFunction(
      "punycode_domain_from_string", "Decodes each part of the domain `text` that is Punycode.", "text",
      examples: [.init(#"punycode_domain_from_string("xn--mnchen-3ya.de")"#, is: "münchen.de")],
      overloads: [
        .maybeWriting(.string) { (text: Bytes, out: inout ByteBuffer) -> Bool in Punycode.decodeDomain(text, to: &out) }
      ]),
    ScalarFunction(
      "punycode_domain_to_string", "Encodes each part of the domain `text` that is not ASCII as Punycode.", "text",
      examples: [.init(#"punycode_domain_to_string("münchen.de")"#, is: "xn--mnchen-3ya.de")],
      overloads: [
        .maybeWriting(.string) { (text: Bytes, out: inout ByteBuffer) -> Bool in Punycode.encodeDomain(text, to: &out) }
      ]),
  ]

  private static let hashing: [ScalarFunction] = [
    hash("hash"), hash("hash_xxhash64"),
  ]

  private static func hash(_ name: String) -> ScalarFunction {
    ScalarFunction(
      name, "Hashes `value` with xxHash64; with `divisor`, returns the remainder of the hash.", "value, [divisor]",
      examples: [.init("\(name)(\"World\")", is: "1846988464401551951"), .init("\(name)(\"World\", 100)", is: "51")],
      overloads: [
        .columns([.any], result: { _ in .long }) { arguments in
          let hashes = ValueHasher(arguments, 0)
          return mapRows(arguments.replacing([])) { row, _ -> Int64 in Int64(bitPattern: hashes[row]) }
        },
        .columns([.any, .exactly(.long)], result: { _ in .long }) { arguments in
          let hashes = ValueHasher(arguments, 0), divisors = Input<Int64>(arguments, 1)
          return maybeRows(arguments.replacing([arguments[1]]), nullWithArguments: true) { row -> Int64? in
            XXHash64.remainder(hashes[row], divisors[row])
          }
        },
      ])
  }

  private static let digests: [ScalarFunction] = [
    digest("hash_md5", "MD5", "f5a7924e621e84c9280a9a27e1bcb7f6", .md5),
    digest("hash_sha1", "SHA-1", "70c07ec18ef89c5309bbb0937f3a6342411e1fdd", .sha1),
    digest(
      "hash_sha256", "SHA-256", "78ae647dc5544d227130a0682a51e30bc7777fbb6d8a8f17007463a3ecd1d524", .sha256),
  ]

  private static func digest(
    _ name: String, _ kind: String, _ world: String, _ digest: Digest
  ) -> ScalarFunction {
    ScalarFunction(
      name, "Computes the \(kind) of `value` in hexadecimal.", "value",
      examples: [.init("\(name)(\"World\")", is: world)],
      overloads: [
        Overload.writing(.string) { (text: Bytes, out: inout ByteBuffer) in
          digest.print(text, to: &out)
        }.takingAny(at: 0)
      ])
  }
}

/// The xxHash64 of an argument of any type, over the bytes of its value.
private struct ValueHasher {
  private let vector: Vector
  private let step: Int

  init(_ arguments: Arguments, _ index: Int) {
    vector = arguments.plain(index)
    step = vector.isConstant ? 0 : 1
  }

  /// Null hashes like zero bytes of data.
  subscript(row: Int) -> UInt64 {
    if vector.isNull(row) { return XXHash64.hash(Bytes(start: nil, count: 0)) }
    let place = row &* step
    switch vector.type {
    case .bool:
      var byte = vector.lanes(UInt8.self)[place]
      return withUnsafePointer(to: &byte) { XXHash64.hash(Bytes(start: $0, count: 1)) }
    case .int: return XXHash64.hash(UInt32(truncatingIfNeeded: vector.word(at: place)))
    case .long, .datetime, .timespan: return XXHash64.hash(UInt64(bitPattern: vector.word(at: place)))
    case .real: return XXHash64.hash(vector.lanes(Double.self)[place].bitPattern)
    case .decimal:
      let lane = UnsafeRawPointer(vector.lanes(Decimal128.self) + place).assumingMemoryBound(to: UInt8.self)
      return XXHash64.hash(Bytes(start: lane, count: 16))
    case .guid: return vector.lanes(GUID.self)[place].mixedEndianBytes.withUnsafeBufferPointer { XXHash64.hash($0) }
    case .string: return XXHash64.hash(vector.bytes(at: place))
    case .dynamic:
      var text = ByteBuffer()
      JSONText.printText(DynamicCursor(vector.bytes(at: place)), to: &text)
      return text.withBytes { XXHash64.hash($0) }
    }
  }
}
