/// The ASCII characters that have a meaning in some text that Plumb reads or writes. Letters are `UInt8(ascii: "a")`.
extension UInt8 {
  @inlinable @inline(__always) public static var tab: UInt8 { 0x09 }
  @inlinable @inline(__always) public static var newline: UInt8 { 0x0A }
  @inlinable @inline(__always) public static var carriageReturn: UInt8 { 0x0D }
  @inlinable @inline(__always) public static var escape: UInt8 { 0x1B }
  @inlinable @inline(__always) public static var space: UInt8 { 0x20 }
  @inlinable @inline(__always) public static var exclamationMark: UInt8 { 0x21 }
  @inlinable @inline(__always) public static var quote: UInt8 { 0x22 }
  @inlinable @inline(__always) public static var hash: UInt8 { 0x23 }
  @inlinable @inline(__always) public static var dollar: UInt8 { 0x24 }
  @inlinable @inline(__always) public static var percent: UInt8 { 0x25 }
  @inlinable @inline(__always) public static var ampersand: UInt8 { 0x26 }
  @inlinable @inline(__always) public static var apostrophe: UInt8 { 0x27 }
  @inlinable @inline(__always) public static var openParenthesis: UInt8 { 0x28 }
  @inlinable @inline(__always) public static var closeParenthesis: UInt8 { 0x29 }
  @inlinable @inline(__always) public static var asterisk: UInt8 { 0x2A }
  @inlinable @inline(__always) public static var plus: UInt8 { 0x2B }
  @inlinable @inline(__always) public static var comma: UInt8 { 0x2C }
  @inlinable @inline(__always) public static var minus: UInt8 { 0x2D }
  @inlinable @inline(__always) public static var fullStop: UInt8 { 0x2E }
  @inlinable @inline(__always) public static var slash: UInt8 { 0x2F }
  @inlinable @inline(__always) public static var digitZero: UInt8 { 0x30 }
  @inlinable @inline(__always) public static var digitNine: UInt8 { 0x39 }
  @inlinable @inline(__always) public static var colon: UInt8 { 0x3A }
  @inlinable @inline(__always) public static var semicolon: UInt8 { 0x3B }
  @inlinable @inline(__always) public static var lessThan: UInt8 { 0x3C }
  @inlinable @inline(__always) public static var equalSign: UInt8 { 0x3D }
  @inlinable @inline(__always) public static var greaterThan: UInt8 { 0x3E }
  @inlinable @inline(__always) public static var questionMark: UInt8 { 0x3F }
  @inlinable @inline(__always) public static var atSign: UInt8 { 0x40 }
  @inlinable @inline(__always) public static var openBracket: UInt8 { 0x5B }
  @inlinable @inline(__always) public static var backslash: UInt8 { 0x5C }
  @inlinable @inline(__always) public static var closeBracket: UInt8 { 0x5D }
  @inlinable @inline(__always) public static var caret: UInt8 { 0x5E }
  @inlinable @inline(__always) public static var underscore: UInt8 { 0x5F }
  @inlinable @inline(__always) public static var backtick: UInt8 { 0x60 }
  @inlinable @inline(__always) public static var openBrace: UInt8 { 0x7B }
  @inlinable @inline(__always) public static var bar: UInt8 { 0x7C }
  @inlinable @inline(__always) public static var closeBrace: UInt8 { 0x7D }
  @inlinable @inline(__always) public static var tilde: UInt8 { 0x7E }
}

extension UInt8 {
  @inlinable public var isSpace: Bool { self == 0x20 || (self >= 9 && self <= 13) }
  @inlinable public var isDigit: Bool { self &- 0x30 < 10 }
  @inlinable public var isASCIILetter: Bool { (self | 0x20) &- 0x61 < 26 }
  // The subtraction borrows, and so sets all high bits, only for the 26 letters; loops without a branch are
  // vectorised.
  @inlinable @inline(__always) public var asciiLowercased: UInt8 {
    self | UInt8(truncatingIfNeeded: (UInt16(self &- 0x41) &- 26) &>> 8) & 0x20
  }

  @inlinable @inline(__always) public var asciiUppercased: UInt8 {
    self & ~(UInt8(truncatingIfNeeded: (UInt16(self &- 0x61) &- 26) &>> 8) & 0x20)
  }

  /// The value of a hexadecimal digit.
  @inlinable public var hexValue: UInt8? {
    if isDigit { return self &- 0x30 }
    let letter = (self | 0x20) &- 0x61
    return letter < 6 ? letter &+ 10 : nil
  }
}
