import Glibc
import PlumbDiagnostics
import PlumbEngine
import PlumbKit

/// The pages as files that need no server: every page with links between them, and one for each pipeline.
///
/// What only a server can do is left out: forms, the script, and links to pages that are not in the folder.
package struct Snapshot {
  private let service: QueryService
  private let folder: String

  /// More pipelines than that would make a folder that nobody opens; those that fail come first.
  private static let mostPipelines = 2_000

  /// - Parameter folder: where the files go; made if it is missing.
  package init(_ workspace: Workspace, _ settings: ServerSettings, folder: String) {
    service = QueryService(workspace, settings)
    self.folder = folder
  }

  /// Writes the files.
  ///
  /// - Returns: the number of pages.
  /// - Throws: a diagnostic if a file cannot be written.
  package func write() throws -> Int {
    if mkdir(folder, 0o777) != 0, errno != EEXIST {
      throw Diagnostic("write-failed", "cannot make the folder `\(folder)`: \(String(cString: strerror(errno)))")
    }
    var pages: [(link: String, file: String, path: String, parameters: [String: String])] = []
    // The editor needs a server.
    for (path, _) in Frame.pages where path != "/query" {
      pages.append((path, path == "/" ? "index.html" : "\(path.dropFirst()).html", path, [:]))
    }
    for place in 0..<service.dashboards.count {
      let number = place == 0 ? [:] : ["n": "\(place)"]
      pages.append((Markup.path("/dashboard", number.map { ($0.key, $0.value) }), "dashboard\(place == 0 ? "" : "-\(place + 1)").html", "/dashboard", number))
    }
    var taken: Set<String> = []
    for name in pipelines() {
      var file = "pipeline-" + String(decoding: name.utf8.map { Self.isPlain($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
      while !taken.insert(file).inserted { file += "_" }
      pages.append((Markup.pipeline(name), file + ".html", "/pipeline", ["name": name]))
    }
    let files = Dictionary(pages.map { ($0.link, $0.file) }) { first, _ in first }
    for page in pages {
      guard let make = Endpoint.pages[page.path] else { continue }
      try save(Self.detached(text(page.path, page.parameters, make), files), as: page.file)
    }
    try save(Assets.css, as: "plumb.css")
    return pages.count
  }

  private func pipelines() -> [String] {
    let run = PageRun(service, path: "/pipelines", [:])
    guard run.has("pipelines") else { return [] }
    let query = "pipelines | extend order = iff(status == 'failed', 0, 1) | sort by order asc, name asc | take \(Self.mostPipelines) | project name"
    return (try? run.table(query))?.rows.compactMap { $0["name"].string } ?? []
  }

  /// A page, once nothing on it is being computed in the background.
  private func text(_ path: String, _ parameters: [String: String], _ make: (PageRun) -> String) -> String {
    let limit = Machine.milliseconds + Double(service.settings.queryTime.components.seconds) * 1000
    while true {
      let text = make(PageRun(service, path: path, parameters))
      if !text.contains("data-pending") || Machine.milliseconds > limit { return text }
      usleep(200_000)
    }
  }

  private func save(_ text: String, as file: String) throws {
    let destination = try Destination(path: folder + "/" + file)
    destination.sink.buffer.append(text)
    do { try destination.commit() } catch {
      destination.discard()
      throw error
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  /// A page whose links lead to files, without what needs a server.
  ///
  /// - Parameter files: the files by the links that lead to them.
  static func detached(_ page: String, _ files: [String: String]) -> String {
    var out = ""
    var rest = page[...]
    while let start = rest.firstIndex(of: "<") {
      out += rest[..<start]
      rest = rest[start...]
      if rest.hasPrefix("<script") || rest.hasPrefix("<form") {
        let end = rest.hasPrefix("<script") ? "</script>" : "</form>"
        guard let close = rest.firstRange(of: end) else { break }
        rest = rest[close.upperBound...]
        continue
      }
      guard let close = rest.firstIndex(of: ">") else { break }
      out += tag(rest[...close], files)
      rest = rest[rest.index(after: close)...]
    }
    return out + rest
  }

  /// A tag whose link leads to a file, or nowhere.
  private static func tag(_ tag: Substring, _ files: [String: String]) -> String {
    guard let name = tag.firstRange(of: " href=\""), let end = tag[name.upperBound...].firstIndex(of: "\"") else { return String(tag) }
    let link = tag[name.upperBound..<end]
    if link.hasPrefix("#") || link.hasPrefix("data:") { return String(tag) }
    if link == "/assets/plumb.css" { return "\(tag[..<name.upperBound])plumb.css\(tag[end...])" }
    if let file = files[String(link.replacing("&amp;", with: "&"))] { return "\(tag[..<name.upperBound])\(file)\(tag[end...])" }
    return String(tag[..<name.lowerBound]) + String(tag[tag.index(after: end)...])
  }
}
