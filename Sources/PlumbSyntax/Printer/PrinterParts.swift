import PlumbDiagnostics

/// Names, literals and the small parts that operators share.
extension Printer {
  mutating func printName(_ name: NameSyntax) {
    let isPlain = Alphabet.isName(name.text) && !ReservedWords.all.contains(name.text)
    write(name.isQuoted || !isPlain ? "[" + Self.quoted(name.text, mark: "'") + "]" : name.text)
  }

  /// After a dot any word is a name.
  mutating func printMemberName(_ name: NameSyntax) {
    if !name.isQuoted, Alphabet.isName(name.text) { write(name.text) } else { printName(name) }
  }

  mutating func printPattern(_ pattern: NamePatternSyntax) {
    if pattern.isQuoted {
      write("[" + Self.quoted(pattern.text, mark: "'") + "]")
    } else {
      write(pattern.text)
    }
  }

  mutating func printString(_ text: String, isHidden: Bool = false) {
    if isHidden { write("h") }
    let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    if isPlain, text.utf8.contains(UInt8(ascii: "\\")) {
      // Regular expressions and paths read better without doubled backslashes.
      var inner = ""
      for scalar in text.unicodeScalars {
        if scalar == "\"" { inner += "\"" }
        inner.unicodeScalars.append(scalar)
      }
      write("@\"\(inner)\"")
    } else {
      write(Self.quoted(text, mark: "\""))
    }
  }

  static func quoted(_ text: String, mark: Unicode.Scalar) -> String {
    var result = String.UnicodeScalarView()
    result.append(mark)
    for scalar in text.unicodeScalars {
      switch scalar {
      case mark, "\\": result.append(contentsOf: ["\\", scalar])
      case "\n": result.append(contentsOf: ["\\", "n"])
      case "\r": result.append(contentsOf: ["\\", "r"])
      case "\t": result.append(contentsOf: ["\\", "t"])
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
        let digits = String(scalar.value, radix: 16)
        let padded = "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
        result.append(contentsOf: padded.unicodeScalars)
      default: result.append(scalar)
      }
    }
    result.append(mark)
    return String(result)
  }

  mutating func printLiteral(_ literal: LiteralSyntax) {
    switch literal.value {
    case .bool(let value): write(value ? "true" : "false")
    case .long(let value): write(String(value))
    case .real(let value): write(value.description)
    case .string(let text, let isHidden): printString(text, isHidden: isHidden)
    case .timespan(let number, let unit): write(number + unit.rawValue)
    case .typed(let type, let text, _):
      // A `)` inside was in quotes.
      write(text.utf8.contains(UInt8(ascii: ")")) ? "\(type.rawValue)(\"\(text)\")" : "\(type.rawValue)(\(text))")
    case .dynamic(let value):
      write("dynamic(")
      printDynamic(value)
      write(")")
    case .typeOf(let type): write("typeof(\(type.type.rawValue))")
    case .schemaOf(let schema):
      write("typeof")
      printSchema(schema)
    }
  }

  private mutating func printDynamic(_ value: DynamicSyntax) {
    switch value {
    case .null: write("null")
    case .scalar(let literal):
      if case .string(let text, _) = literal.value {
        write(Self.quoted(text, mark: "\""))
      } else {
        printLiteral(literal)
      }
    case .array(let values, _):
      write("[")
      list(values) { $0.printDynamic($1) }
      write("]")
    case .object(let properties, _):
      write("{")
      list(properties) { printer, property in
        printer.write(Self.quoted(property.key, mark: "\"") + ": ")
        printer.printDynamic(property.value)
      }
      write("}")
    }
  }

  mutating func printNamed(_ column: NamedExpressionSyntax) {
    if column.names.count == 1 {
      printName(column.names[0])
      write(" = ")
    } else if column.names.count > 1 {
      write("(")
      list(column.names) { $0.printName($1) }
      write(") = ")
    }
    printExpression(column.expression)
  }

  mutating func printColumns(_ columns: [NamedExpressionSyntax]) {
    list(columns) { $0.printNamed($1) }
  }

  mutating func printOrdered(_ key: OrderedExpressionSyntax) {
    printNamed(key.expression)
    if let direction = key.direction { write(" \(direction.rawValue)") }
    if let nulls = key.nulls { write(" nulls \(nulls.rawValue)") }
  }

  /// Each followed by a space.
  mutating func printParameters(_ parameters: [ParameterSyntax]) {
    for parameter in parameters {
      printParameter(parameter)
      write(" ")
    }
  }

  mutating func printParameter(_ parameter: ParameterSyntax) {
    // `hint.strategy` is one name here, with a dot in it.
    if parameter.name.isQuoted { printName(parameter.name) } else { write(parameter.name.text) }
    write("=")
    printExpression(parameter.value)
  }

  /// ` with (a=1, b=2)`, or nothing.
  mutating func printProperties(_ properties: [ParameterSyntax]) {
    guard !properties.isEmpty else { return }
    write(" with (")
    list(properties) { $0.printParameter($1) }
    write(")")
  }

  mutating func printSchema(_ schema: SchemaSyntax) {
    write("(")
    list(schema.columns) { printer, column in
      printer.printName(column.name)
      printer.write(": \(column.type.type.rawValue)")
    }
    if schema.hasStar { write(schema.columns.isEmpty ? "*" : ", *") }
    write(")")
  }
}
