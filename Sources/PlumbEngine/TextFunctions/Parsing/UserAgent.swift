/// What the text says that a browser or program sends as its name: the rules are few and cover what is common today; names follow
/// those of the ua-parser project, whose list Kusto uses.
enum UserAgent {
  /// One of the three things that can be asked for.
  enum Target {
    case browser, os, device

    /// By its name in any case.
    init?(_ name: Bytes) {
      if name.equalsIgnoringCase("browser") {
        self = .browser
      } else if name.equalsIgnoringCase("os") {
        self = .os
      } else if name.equalsIgnoringCase("device") {
        self = .device
      } else {
        return nil
      }
    }

    var name: StaticString {
      switch self {
      case .browser: "Browser"
      case .os: "OperatingSystem"
      case .device: "Device"
      }
    }

    fileprivate var fields: [StaticString] {
      switch self {
      case .browser: ["Family", "MajorVersion", "MinorVersion", "Patch"]
      case .os: ["Family", "MajorVersion", "MinorVersion", "Patch", "PatchMinor"]
      case .device: ["Family", "Brand", "Model"]
      }
    }

    fileprivate var rules: [Rule] {
      switch self {
      case .browser: UserAgent.browsers
      case .os: UserAgent.systems
      case .device: UserAgent.devices
      }
    }
  }

  /// What a field of a rule is: a text, or a group of the match.
  fileprivate enum Value: ExpressibleByStringLiteral, Sendable {
    case text(String)
    case group(Int)

    init(stringLiteral text: String) { self = .text(text) }
  }

  /// A pattern, and the first fields; the fields after them are the groups that follow the last one used (versions).
  fileprivate struct Rule: Sendable {
    let regex: RegularExpression?
    let values: [Value]
    let versions: Int

    init(_ pattern: String, _ values: Value...) {
      regex = try? RegularExpression.cached(pattern)
      self.values = values
      let used = values.map { if case .group(let group) = $0 { group } else { 0 } }.max() ?? 0
      versions = used + 1
    }
  }

  /// Appends the fields of a target as a bag.
  static func append(_ target: Target, of text: Bytes, to out: inout ByteBuffer) {
    let object = out.beginObject()
    let found = first(of: target.rules, in: text)
    for (place, field) in target.fields.enumerated() {
      out.appendKey(field)
      guard let (rule, regex, match) = found else {
        place == 0 ? out.appendString("Other" as StaticString) : out.appendString("" as StaticString)
        continue
      }
      let group: Int
      if place < rule.values.count {
        switch rule.values[place] {
        case .text(let value):
          value.withUTF8Bytes { out.appendString($0) }
          continue
        case .group(let number): group = number
        }
      } else {
        group = rule.versions + place - rule.values.count
      }
      if target != .device || place < rule.values.count, group <= regex.groupCount, let part = match.group(group, of: text) {
        out.appendString(part)
      } else {
        out.appendString("" as StaticString)
      }
    }
    out.end(object, count: target.fields.count)
  }

  private static func first(of rules: [Rule], in text: Bytes) -> (Rule, RegularExpression, RegularExpression.Match)? {
    for rule in rules {
      if let regex = rule.regex, let match = regex.firstMatch(in: text) { return (rule, regex, match) }
    }
    return nil
  }

  // MARK: - Rules, the first that matches counts

  private static let version = #"(\d+)(?:\.(\d+))?(?:\.(\d+))?"#

  private static let browsers: [Rule] = [
    Rule("(AdobeAIR)/\(version)", .group(1)),
    Rule("(Googlebot|bingbot|YandexBot|Baiduspider|DuckDuckBot|Twitterbot|Applebot|AhrefsBot|SemrushBot|PetalBot|GPTBot)(?:/\(version))?", .group(1)),
    Rule("facebookexternalhit(?:/\(version))?", "FacebookBot"),
    Rule("(?:EdgA|EdgiOS)/\(version)", "Edge Mobile"), Rule("Edge?/\(version)", "Edge"),
    Rule("OPiOS/\(version)", "Opera Mini"), Rule("(?:OPR|Opera)/\(version)", "Opera"),
    Rule("SamsungBrowser/\(version)", "Samsung Internet"), Rule("YaBrowser/\(version)", "Yandex Browser"),
    Rule("UCBrowser/\(version)", "UC Browser"), Rule("(Vivaldi|Electron|HeadlessChrome)/\(version)", .group(1)),
    Rule("FxiOS/\(version)", "Firefox iOS"), Rule("(?:Mobile|Tablet);.*Firefox/\(version)", "Firefox Mobile"),
    Rule("Firefox/\(version)", "Firefox"), Rule("CriOS/\(version)", "Chrome Mobile iOS"),
    Rule(#"; wv\).+Chrome/"# + version, "Chrome Mobile WebView"), Rule("Chrome/\(version)[0-9.]* Mobile", "Chrome Mobile"),
    Rule("(Chromium|Chrome)/\(version)", .group(1)), Rule("(?:iPhone|iPad|iPod).*Version/\(version).*Safari/", "Mobile Safari"),
    Rule("(?:iPhone|iPad|iPod).*AppleWebKit", "Mobile Safari UI/WKWebView"), Rule("Android.*Version/\(version).*Safari/", "Android"),
    Rule("Version/\(version).*Safari/", "Safari"), Rule("MSIE \(version)", "IE"), Rule("Trident/.*rv:\(version)", "IE"),
    Rule("(curl|Wget|axios|okhttp|aiohttp|Java)/\(version)", .group(1)), Rule("python-requests/\(version)", "Python Requests"),
    Rule("Python-urllib/\(version)", "Python-urllib"), Rule("Go-http-client/\(version)", "Go-http-client"),
    Rule("PostmanRuntime/\(version)", "PostmanRuntime"), Rule("Apache-HttpClient/\(version)", "Apache-HttpClient"),
    Rule("Thunderbird/\(version)", "Thunderbird"), Rule("(?:Microsoft Outlook|Microsoft Office)(?:/| [A-Za-z]+ )\(version)", "Outlook"),
  ]

  private static let systems: [Rule] = [
    Rule("Windows Phone(?: OS)? \(version)", "Windows Phone"), Rule("Windows NT 10", "Windows", "10"),
    Rule(#"Windows NT 6\.3"#, "Windows", "8", "1"), Rule(#"Windows NT 6\.2"#, "Windows", "8"), Rule(#"Windows NT 6\.1"#, "Windows", "7"),
    Rule(#"Windows NT 6\.0"#, "Windows", "Vista"), Rule(#"Windows NT 5\.[12]"#, "Windows", "XP"), Rule("Windows", "Windows"),
    Rule(#"(?:iPhone|iPad|iPod).*OS (\d+)_(\d+)(?:_(\d+))?"#, "iOS"), Rule("iPhone|iPad|iPod", "iOS"),
    Rule("Android[ -]\(version)", "Android"), Rule("Android", "Android"), Rule(#"CrOS [a-z0-9_]+ (\d+)\.(\d+)(?:\.(\d+))?"#, "Chrome OS"),
    Rule(#"Mac OS X (\d+)[_.](\d+)(?:[_.](\d+))?"#, "Mac OS X"), Rule("Mac OS X|Macintosh|Darwin/", "Mac OS X"),
    Rule("SymbianOS/\(version)", "Symbian OS"), Rule("(Ubuntu|Fedora|Debian|Red Hat|FreeBSD|OpenBSD)(?:[/ ]\(version))?", .group(1)),
    Rule("Linux", "Linux"),
  ]

  private static let devices: [Rule] = [
    Rule("(?i)bot\\b|spider|crawler|facebookexternalhit", "Spider", "Spider", "Desktop"),
    Rule("(iPhone|iPad|iPod)", .group(1), "Apple", .group(1)), Rule("Macintosh|Mac OS X", "Mac", "Apple", "Mac"),
    Rule(#"Android[^;)]*; (?:[a-z]{2}-[a-z]{2}; )?(SM-[A-Za-z0-9]+)"#, .group(1), "Samsung", .group(1)),
    Rule(#"Android[^;)]*; (?:[a-z]{2}-[a-z]{2}; )?(Pixel[^;)]*?)(?: Build|[;)])"#, .group(1), "Google", .group(1)),
    Rule(#"Android[^;)]*; (?:[a-z]{2}-[a-z]{2}; )?([^;)]+?)(?: Build|[;)])"#, .group(1), "Generic_Android", .group(1)),
    Rule(#"(Nokia)([A-Za-z0-9-]+)"#, .group(2), "Nokia", .group(2)),
  ]
}

extension ScalarFunction {
  static let userAgents: [ScalarFunction] = [
    ScalarFunction(
      "parse_user_agent",
      "Finds out the `browser`, the `os` or the `device` that a user agent's text names, or several of them; \"Other\" for what is not known.",
      "text, targets",
      examples: [
        .init(
          #"parse_user_agent("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:120.0) Gecko/20100101 Firefox/120.0", "browser").Browser.Family"#,
          is: "Firefox"),
        .init(#"parse_user_agent("curl/8.4.0", dynamic(["browser", "os"])).Browser.MajorVersion"#, is: "8"),
      ],
      overloads: [
        .columns([.string, .string], to: .dynamic) { parsed($0) }, .columns([.string, .dynamic], to: .dynamic) { parsed($0) },
      ], traits: FunctionTraits(cost: .high))
  ]

  private static func parsed(_ arguments: Arguments) -> Vector {
    let texts = Input<Bytes>(arguments, 0)
    if arguments[1].type == .string {
      let names = Input<Bytes>(arguments, 1)
      return writtenRows(arguments, as: .dynamic) { row, out in
        guard let target = UserAgent.Target(names[row]) else { return false }
        write([target], of: texts[row], to: &out)
        return true
      }
    }
    let lists = Input<CompactDynamic>(arguments, 1)
    return writtenRows(arguments, as: .dynamic) { row, out in
      guard let targets = targets(of: lists[row]) else { return false }
      write(targets, of: texts[row], to: &out)
      return true
    }
  }

  /// The targets that a list names, in its order; nil if it is empty or has another element.
  private static func targets(of list: CompactDynamic) -> [UserAgent.Target]? {
    var targets: [UserAgent.Target] = []
    for element in list.cursor.elements {
      guard element.tag == .string, let target = UserAgent.Target(element.text) else { return nil }
      targets.append(target)
    }
    return targets.isEmpty ? nil : targets
  }

  private static func write(_ targets: [UserAgent.Target], of text: Bytes, to out: inout ByteBuffer) {
    let mark = out.beginObject()
    for target in targets {
      out.appendKey(target.name)
      UserAgent.append(target, of: text, to: &out)
    }
    out.end(mark, count: targets.count)
  }
}
