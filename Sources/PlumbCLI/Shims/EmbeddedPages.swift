import ManualPages

/// The files that the C target `ManualPages` embeds in the binary.
enum EmbeddedPages {
  static var all: [ManualPage] {
    (0..<plumb_manual_page_count()).map { index in
      let page = plumb_manual_page(index)
      let bytes = UnsafeBufferPointer(start: page.bytes, count: page.count)
      return ManualPage(path: String(cString: page.path), source: String(decoding: bytes, as: UTF8.self))
    }
  }
}
