extension ScalarFunction {
  /// Functions between texts and the numbers of their characters.
  static let codePoints: [ScalarFunction] = [
    codePointsOf("unicode_codepoints_from_string"), codePointsOf("to_utf8"),
    textOfCodePoints("unicode_codepoints_to_string"), textOfCodePoints("make_string"),
  ]

  private static func codePointsOf(_ name: String) -> ScalarFunction {
    ScalarFunction(
      name, "Lists the Unicode code points of `text` in an array.", "text",
      examples: [.init("\(name)(\"⒦u\")", is: "[9382,117]")],
      overloads: [
        .writing(.dynamic) { (text: Bytes, out: inout ByteBuffer) in
          let mark = out.beginArray()
          var count = 0, at = 0
          while at < text.count {
            let (scalar, length) = text.scalar(at: at)
            out.appendLong(Int64(scalar.value))
            at &+= length
            count &+= 1
          }
          out.end(mark, count: count)
        }
      ])
  }

  private static func textOfCodePoints(_ name: String) -> ScalarFunction {
    ScalarFunction(
      name, "Makes a string from the Unicode code points `points`, numbers and arrays of numbers.", "points, ...",
      examples: [.init("\(name)(dynamic([75, 117, 115]), 116, 111)", is: "Kusto")],
      overloads: [
        .columns([], rest: .any, minimumRest: 1, result: { _ in .string }) { arguments in
          let call = try arguments.converting(to: .dynamic)
          let inputs = call.vectors.indices.map { Input<CompactDynamic>(call, $0) }
          return writtenRows(call, as: .string, seesNulls: true) { row, out in
            for input in inputs {
              guard let cursor = input.nullable(row)?.cursor else { return false }
              for point in cursor.isArray ? cursor.elements : [cursor] {
                guard point.tag == .long, let value = UInt32(exactly: point.int64),
                  let scalar = Unicode.Scalar(value)
                else { return false }
                out.append(scalar)
              }
            }
            return true
          }
        }
      ])
  }
}
