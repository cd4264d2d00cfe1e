@testable import PlumbEngine

/// What a value appends, as text.
func printed(_ body: (inout ByteBuffer) -> Void) -> String {
  var out = ByteBuffer()
  body(&out)
  return out.string
}

/// Base64 of what `body` appends.
func printedBase64(_ body: (inout ByteBuffer) -> Void) -> String {
  var out = ByteBuffer()
  body(&out)
  return printed { text in out.withBytes { Base64.encode($0, to: &text) } }
}
