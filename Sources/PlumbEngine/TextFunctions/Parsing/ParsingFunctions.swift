extension ScalarFunction {
  /// Functions that parse texts of known formats.
  static let parsingFunctions: [ScalarFunction] = [
    urlParser("parse_url"), urlParser("parseurl"),
    urlQueryParser("parse_urlquery"), urlQueryParser("parseurlquery"),
    ScalarFunction(
      "parse_path", "Splits the file path `path`, with either kind of slash, into a bag of its parts.", "path",
      examples: [.init(#"parse_path("/usr/lib/file.txt").Filename"#, is: "file.txt")],
      overloads: [.writing(.dynamic) { (path: Bytes, out: inout ByteBuffer) in ParsedText.path(path, to: &out) }]),
    ScalarFunction(
      "parse_version", "Converts the version `text`, of up to four parts, to a number that sorts correctly; null for other text.", "text",
      examples: [.init(#"parse_version("0.0.3")"#, is: "300000000"), .init(#"parse_version("1.x")"#, is: "")],
      overloads: [.maybe { (text: Bytes) -> Decimal128? in ParsedText.version(text) }]),
    csvParser("parse_csv"), csvParser("parsecsv"),
    ScalarFunction(
      "parse_command_line", #"Splits the command line `text` into an array of arguments; `parser` must be "windows"."#, "text, parser",
      examples: [.init(#"parse_command_line("echo \"hello world!\"", "windows")"#, is: #"["echo","hello world!"]"#)],
      overloads: [
        .maybeWriting(.dynamic) { (text: Bytes, parser: Bytes, out: inout ByteBuffer) -> Bool in
          guard parser.equalsIgnoringASCIICase("windows"), !text.trimmed.isEmpty else { return false }
          ParsedText.commandLine(text, to: &out)
          return true
        }
      ]),
    ScalarFunction(
      "parse_xml", "Reads the XML `text` as a dynamic value; null if it is not well formed.", "text",
      examples: [
        .init("parse_xml('<e name=\"value\">text</e>')", is: ##"{"e":{"@name":"value","#text":"text"}}"##),
        .init(#"parse_xml("<e><a>1</a><a>2</a></e>")"#, is: #"{"e":{"a":["1","2"]}}"#),
      ],
      overloads: [.maybe { (text: Bytes) -> Dynamic? in XMLText.parse(text) }]).naming(.firstArgument),
  ]

  private static func urlParser(_ name: String) -> ScalarFunction {
    ScalarFunction(
      name, "Splits the absolute URL `url` into a bag of its parts.", "url",
      examples: [.init("\(name)(\"https://host:80/a/b?k=v#f\").Path", is: "a/b")],
      overloads: [.writing(.dynamic) { (url: Bytes, out: inout ByteBuffer) in ParsedText.url(url, to: &out) }])
  }

  private static func urlQueryParser(_ name: String) -> ScalarFunction {
    ScalarFunction(
      name, "Parses the parameters of the URL query `query` into a bag.", "query",
      examples: [.init("\(name)(\"k1=v1&k2=v2\")", is: #"{"Query Parameters":{"k1":"v1","k2":"v2"}}"#)],
      overloads: [.writing(.dynamic) { (query: Bytes, out: inout ByteBuffer) in ParsedText.urlQuery(query, to: &out) }])
  }

  private static func csvParser(_ name: String) -> ScalarFunction {
    ScalarFunction(
      name, "Parses the first record of comma-separated values in `text` into an array of fields.", "text",
      examples: [.init("\(name)('aa,\"b,b\",cc')", is: #"["aa","b,b","cc"]"#)],
      overloads: [.writing(.dynamic) { (text: Bytes, out: inout ByteBuffer) in ParsedText.csv(text, to: &out) }])
      .naming(.firstArgument)
  }
}
