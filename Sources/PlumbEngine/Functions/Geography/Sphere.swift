import Glibc

/// A point on the unit sphere.
typealias SpherePoint = SIMD3<Double>

/// Geometry on a sphere with the radius that Kusto and S2 use. Edges are the shorter arcs of great circles.
enum Sphere {
  /// In metres.
  static let radius = 6_371_010.0

  /// Coordinates in degrees; nil for those that do not exist.
  static func point(_ longitude: Double, _ latitude: Double) -> SpherePoint? {
    guard longitude.magnitude <= 180, latitude.magnitude <= 90 else { return nil }
    let l = longitude * .pi / 180, b = latitude * .pi / 180
    return SpherePoint(cos(b) * cos(l), cos(b) * sin(l), sin(b))
  }

  static func longitude(_ p: SpherePoint) -> Double { atan2(p.y, p.x) * 180 / .pi }
  static func latitude(_ p: SpherePoint) -> Double { atan2(p.z, (p.x * p.x + p.y * p.y).squareRoot()) * 180 / .pi }

  static func cross(_ a: SpherePoint, _ b: SpherePoint) -> SpherePoint {
    SpherePoint(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
  }

  static func dot(_ a: SpherePoint, _ b: SpherePoint) -> Double { (a * b).sum() }
  static func length(_ a: SpherePoint) -> Double { dot(a, a).squareRoot() }
  static func unit(_ a: SpherePoint) -> SpherePoint { a / length(a) }

  /// In radians; exact for small angles too.
  static func angle(_ a: SpherePoint, _ b: SpherePoint) -> Double { atan2(length(cross(a, b)), dot(a, b)) }

  /// Clockwise from north, in radians from 0 to 2π; nil for equal and for opposite points.
  static func azimuth(_ from: SpherePoint, _ to: SpherePoint) -> Double? {
    let normal = cross(from, to)
    guard length(normal) > 1e-15 else { return nil }
    let east = cross(SpherePoint(0, 0, 1), from)
    guard length(east) > 0 else { return 0 }
    let north = cross(from, east)
    let angle = atan2(dot(to, unit(east)), dot(to, unit(north)))
    return angle < 0 ? angle + 2 * .pi : angle
  }

  /// The angle from `p` to the nearest point of the arc, and that point.
  static func nearest(_ p: SpherePoint, _ a: SpherePoint, _ b: SpherePoint) -> (angle: Double, point: SpherePoint) {
    let normal = cross(a, b)
    if length(normal) > 1e-15 {
      let n = unit(normal)
      let foot = p - dot(p, n) * n
      if length(foot) > 1e-15, dot(cross(a, foot), n) >= 0, dot(cross(foot, b), n) >= 0 {
        return (angle(p, unit(foot)), unit(foot))
      }
    }
    let (toA, toB) = (angle(p, a), angle(p, b))
    return toA <= toB ? (toA, a) : (toB, b)
  }

  /// Whether two arcs have a point in common.
  static func meet(_ a: SpherePoint, _ b: SpherePoint, _ c: SpherePoint, _ d: SpherePoint) -> Bool {
    func side(_ a: SpherePoint, _ b: SpherePoint, _ p: SpherePoint) -> Double { dot(cross(b - a, p - a), a) }
    let (abc, abd, cda, cdb) = (side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b))
    if abc * abd < 0 && cda * cdb < 0 { return dot(a + b, c + d) > 0 }
    let least = 1e-15
    return nearest(c, a, b).angle <= least || nearest(d, a, b).angle <= least || nearest(a, c, d).angle <= least
      || nearest(b, c, d).angle <= least
  }

  /// The area of a triangle with a sign: positive if it is counterclockwise (Eriksson, "On the Measure of Solid Angles", 1990).
  static func area(_ a: SpherePoint, _ b: SpherePoint, _ c: SpherePoint) -> Double {
    2 * atan2(dot(a, cross(b - a, c - a)), 1 + dot(a, b) + dot(b, c) + dot(c, a))
  }
}

/// A closed line of arcs; its interior is the smaller of the two regions that it divides.
struct SphereRing {
  let points: [SpherePoint]
  /// Of the interior, in steradians.
  let area: Double
  /// Whether the interior is on the left.
  private let isCounterclockwise: Bool

  /// Nil unless at least three points are different and the last is the first.
  init?(_ closed: [SpherePoint]) {
    guard closed.count >= 4, closed.first == closed.last else { return nil }
    let points = Array(closed.dropLast())
    guard Set(points).count == points.count else { return nil }
    self.points = points
    var sum = 0.0
    for i in 1..<points.count - 1 { sum += Sphere.area(points[0], points[i], points[i + 1]) }
    let left = sum.truncatingRemainder(dividingBy: 4 * .pi)
    let onLeft = left < 0 ? left + 4 * .pi : left
    isCounterclockwise = onLeft <= 2 * .pi
    area = isCounterclockwise ? onLeft : 4 * .pi - onLeft
  }

  var edges: [(SpherePoint, SpherePoint)] { points.indices.map { (points[$0], points[($0 + 1) % points.count]) } }
  var perimeter: Double { edges.reduce(0) { $0 + Sphere.angle($1.0, $1.1) } }

  /// By how often the ring winds around the point.
  func contains(_ p: SpherePoint) -> Bool {
    var winding = 0.0
    for (a, b) in edges {
      let (u, v) = (a - Sphere.dot(a, p) * p, b - Sphere.dot(b, p) * p)
      winding += atan2(Sphere.dot(p, Sphere.cross(u, v)), Sphere.dot(u, v))
    }
    return (isCounterclockwise ? winding : -winding) > .pi
  }
}

/// A polygon with holes.
struct SpherePolygon {
  let shell: SphereRing
  let holes: [SphereRing]

  var rings: [SphereRing] { [shell] + holes }
  var area: Double { holes.reduce(shell.area) { $0 - $1.area } }
  func contains(_ p: SpherePoint) -> Bool { shell.contains(p) && !holes.contains { $0.contains(p) } }

  /// Whether two polygons have a point in common.
  func meets(_ other: SpherePolygon) -> Bool {
    if contains(other.shell.points[0]) || other.contains(shell.points[0]) { return true }
    let edges = rings.flatMap(\.edges)
    return other.rings.contains { ring in
      ring.edges.contains { a, b in edges.contains { Sphere.meet(a, b, $0.0, $0.1) } }
    }
  }
}

/// What GeoJSON describes, as far as Plumb computes with it.
enum GeoShape {
  /// The points of each line.
  case lines([[SpherePoint]])
  case polygons([SpherePolygon])

  /// Nil for anything else, and for coordinates that do not make a line or polygon.
  init?(_ value: DynamicCursor) {
    guard value.isObject, let type = "type".withUTF8Bytes({ value.member(named: $0) }), type.tag == .string,
      let coordinates = "coordinates".withUTF8Bytes({ value.member(named: $0) }), coordinates.isArray
    else { return nil }
    switch String(type.text) {
    case "LineString":
      guard let line = Self.line(coordinates) else { return nil }
      self = .lines([line])
    case "MultiLineString":
      let lines = coordinates.elements.map(Self.line)
      guard !lines.isEmpty, !lines.contains(where: { $0 == nil }) else { return nil }
      self = .lines(lines.compactMap { $0 })
    case "Polygon":
      guard let polygon = Self.polygon(coordinates) else { return nil }
      self = .polygons([polygon])
    case "MultiPolygon":
      let polygons = coordinates.elements.map(Self.polygon)
      guard !polygons.isEmpty, !polygons.contains(where: { $0 == nil }) else { return nil }
      self = .polygons(polygons.compactMap { $0 })
    default: return nil
    }
  }

  var lines: [[SpherePoint]]? { if case .lines(let lines) = self { lines } else { nil } }
  var polygons: [SpherePolygon]? { if case .polygons(let polygons) = self { polygons } else { nil } }

  /// The edges of lines, or of the rings of polygons.
  var edges: [(SpherePoint, SpherePoint)] {
    switch self {
    case .lines(let lines): lines.flatMap { Array(zip($0, $0.dropFirst())) }
    case .polygons(let polygons): polygons.flatMap { $0.rings.flatMap(\.edges) }
    }
  }

  func contains(_ p: SpherePoint) -> Bool { polygons?.contains { $0.contains(p) } ?? false }

  private static func points(_ list: DynamicCursor) -> [SpherePoint]? {
    guard list.isArray else { return nil }
    var points: [SpherePoint] = []
    for pair in list.elements {
      guard pair.isArray, pair.count >= 2, let x = pair.element(at: 0)?.number, let y = pair.element(at: 1)?.number,
        let point = Sphere.point(x, y)
      else { return nil }
      points.append(point)
    }
    return points
  }

  private static func line(_ list: DynamicCursor) -> [SpherePoint]? {
    guard let points = points(list), points.count >= 2, Set(points).count >= 2 else { return nil }
    return points
  }

  private static func polygon(_ list: DynamicCursor) -> SpherePolygon? {
    guard list.isArray, list.count > 0 else { return nil }
    let rings = list.elements.map { points($0).flatMap { SphereRing($0) } }
    guard !rings.contains(where: { $0 == nil }), let shell = rings[0] else { return nil }
    return SpherePolygon(shell: shell, holes: rings.dropFirst().compactMap { $0 })
  }
}

/// Rectangles of longitudes and latitudes, named by texts of up to 18 letters (Niemeyer, 2008).
enum Geohash {
  private static let letters = Array("0123456789bcdefghjkmnpqrstuvwxyz".utf8)

  struct Cell {
    var west = -180.0, south = -90.0
    var width = 360.0, height = 180.0

    var longitude: Double { west + width / 2 }
    var latitude: Double { south + height / 2 }
  }

  static func hash(_ longitude: Double, _ latitude: Double, length: Int) -> [UInt8] {
    var cell = Cell()
    var isLongitude = true
    return (0..<length).map { _ in
      var letter = 0
      for _ in 0..<5 {
        letter <<= 1
        if isLongitude {
          cell.width /= 2
          if longitude >= cell.west + cell.width {
            cell.west += cell.width
            letter |= 1
          }
        } else {
          cell.height /= 2
          if latitude >= cell.south + cell.height {
            cell.south += cell.height
            letter |= 1
          }
        }
        isLongitude.toggle()
      }
      return letters[letter]
    }
  }

  /// Nil for any other text.
  static func cell(_ text: Bytes) -> Cell? {
    guard (1...18).contains(text.count) else { return nil }
    var cell = Cell()
    var isLongitude = true
    for byte in text {
      let lower = byte.isASCIILetter ? byte | 0x20 : byte
      guard let letter = letters.firstIndex(of: lower) else { return nil }
      for bit in stride(from: 4, through: 0, by: -1) {
        let isUpper = letter >> bit & 1 == 1
        if isLongitude {
          cell.width /= 2
          if isUpper { cell.west += cell.width }
        } else {
          cell.height /= 2
          if isUpper { cell.south += cell.height }
        }
        isLongitude.toggle()
      }
    }
    return cell
  }
}
