extension ScalarFunction {
  /// Functions that take texts of known shapes apart.
  static let parsingFunctions: [ScalarFunction] = [
    urlParser("parse_url"), urlParser("parseurl"),
    urlQueryParser("parse_urlquery"), urlQueryParser("parseurlquery"),
    ScalarFunction(
      "parse_path", "Is the bag of the parts of the file path `path`, of either kind of slash.", "path",
      examples: [.init(#"parse_path("/usr/lib/file.txt").Filename"#, is: "file.txt")],
      overloads: [.writing(.dynamic) { (path: Bytes, out: inout ByteBuffer) in ParsedText.path(path, to: &out) }]),
    ScalarFunction(
      "parse_version", "Is the number that orders the version `text` of up to four parts; null for other text.", "text",
      examples: [.init(#"parse_version("0.0.3")"#, is: "300000000"), .init(#"parse_version("1.x")"#, is: "")],
      overloads: [.maybe { (text: Bytes) -> Decimal128? in ParsedText.version(text) }]),
    csvParser("parse_csv"), csvParser("parsecsv"),
    ScalarFunction(
      "parse_command_line", #"Is the array of the arguments of a command line; `parser` is "windows"."#, "text, parser",
      examples: [.init(#"parse_command_line("echo \"hello world!\"", "windows")"#, is: #"["echo","hello world!"]"#)],
      overloads: [
        .maybeWriting(.dynamic) { (text: Bytes, parser: Bytes, out: inout ByteBuffer) -> Bool in
          guard parser.equalsIgnoringASCIICase("windows"), !text.trimmed.isEmpty else { return false }
          ParsedText.commandLine(text, to: &out)
          return true
        }
      ]),
    ScalarFunction(
      "parse_xml", "Reads the XML `text` as a dynamic value; null when it is not well formed.", "text",
      examples: [
        .init("parse_xml('<e name=\"value\">text</e>')", is: ##"{"e":{"@name":"value","#text":"text"}}"##),
        .init(#"parse_xml("<e><a>1</a><a>2</a></e>")"#, is: #"{"e":{"a":["1","2"]}}"#),
      ],
      overloads: [.maybe { (text: Bytes) -> Dynamic? in XMLText.parse(text) }]).naming(.firstArgument),
  ]

  private static func urlParser(_ name: String) -> ScalarFunction {
    ScalarFunction(
      name, "Is the bag of the parts of the absolute URL `url`.", "url",
      examples: [.init("\(name)(\"https://host:80/a/b?k=v#f\").Path", is: "a/b")],
      overloads: [.writing(.dynamic) { (url: Bytes, out: inout ByteBuffer) in ParsedText.url(url, to: &out) }])
  }

  private static func urlQueryParser(_ name: String) -> ScalarFunction {
    ScalarFunction(
      name, "Is a bag with the parameters of the URL query `query`.", "query",
      examples: [.init("\(name)(\"k1=v1&k2=v2\")", is: #"{"Query Parameters":{"k1":"v1","k2":"v2"}}"#)],
      overloads: [.writing(.dynamic) { (query: Bytes, out: inout ByteBuffer) in ParsedText.urlQuery(query, to: &out) }])
  }

  private static func csvParser(_ name: String) -> ScalarFunction {
    ScalarFunction(
      name, "Is the array of the fields of the first record of comma-separated values in `text`.", "text",
      examples: [.init("\(name)('aa,\"b,b\",cc')", is: #"["aa","b,b","cc"]"#)],
      overloads: [.writing(.dynamic) { (text: Bytes, out: inout ByteBuffer) in ParsedText.csv(text, to: &out) }])
      .naming(.firstArgument)
  }
}
