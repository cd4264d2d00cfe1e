import Glibc
import PlumbDiagnostics

extension ScalarFunction {
  /// Functions over points, lines and polygons on Earth, taken as a sphere; null for coordinates and shapes that do not exist.
  static let geography: [ScalarFunction] = geoPoints + geohashes + geoShapes

  private static let geoPoints: [ScalarFunction] = [
    ScalarFunction(
      "geo_distance_2points", "Returns the metres between two points; with `usesSpheroid`, on the ellipsoid of WGS-84.",
      "longitude1, latitude1, longitude2, latitude2, [usesSpheroid]",
      examples: [.init("round(geo_distance_2points(-122.407628, 47.578557, -118.275287, 34.019056), 3)", is: "1546754.352")],
      overloads: [
        numbers(4) { x -> Double? in
          guard let a = Sphere.point(x[0], x[1]), let b = Sphere.point(x[2], x[3]) else { return nil }
          return Sphere.angle(a, b) * Sphere.radius
        },
        .columns([.real, .real, .real, .real, .bool], to: .real) { (arguments: Arguments) in
          let inputs = (0..<4).map { Input<Double>(arguments, $0) }
          let spheroid = Input<Bool>(arguments, 4)
          return maybeRows(arguments, nullWithArguments: true) { row -> Double? in
            let x = inputs.map { $0[row] }
            guard let a = Sphere.point(x[0], x[1]), let b = Sphere.point(x[2], x[3]) else { return nil }
            return spheroid[row] ? Spheroid.distance(x[0], x[1], x[2], x[3]) : Sphere.angle(a, b) * Sphere.radius
          }
        },
      ]),
    ScalarFunction(
      "geo_azimuth", "Returns the direction from the first point to the second: radians clockwise from north.",
      "longitude1, latitude1, longitude2, latitude2",
      examples: [.init("round(geo_azimuth(5, 10, 10, -40), 6)", is: "3.054599")],
      overloads: [
        numbers(4) { x -> Double? in
          guard let a = Sphere.point(x[0], x[1]), let b = Sphere.point(x[2], x[3]) else { return nil }
          return Sphere.azimuth(a, b)
        }
      ]),
    ScalarFunction(
      "geo_angle", "Returns the angle from the line between the first two points to the line between the last two: radians clockwise.",
      "longitude1, latitude1, longitude2, latitude2, longitude3, latitude3",
      examples: [.init("round(geo_angle(0, 10, 0, 5, 3, -10), 6)", is: "2.944938")],
      overloads: [
        numbers(6) { x -> Double? in
          guard let a = Sphere.point(x[0], x[1]), let b = Sphere.point(x[2], x[3]), let c = Sphere.point(x[4], x[5]),
            let back = Sphere.azimuth(b, a), let on = Sphere.azimuth(b, c)
          else { return nil }
          return on < back ? on - back + 2 * .pi : on - back
        }
      ]),
    ScalarFunction(
      "geo_point_in_circle", "Returns whether a point is at most `radius` metres from the centre.",
      "longitude, latitude, centreLongitude, centreLatitude, radius",
      examples: [
        .init("geo_point_in_circle(-122.143564, 47.535677, -122.100896, 47.527351, 3500)", is: "true"),
        .init("geo_point_in_circle(-122.137575, 47.630683, -122.100896, 47.527351, 3500)", is: "false"),
      ],
      overloads: [
        numbers(5) { x -> Bool? in
          guard let a = Sphere.point(x[0], x[1]), let b = Sphere.point(x[2], x[3]), x[4] >= 0 else { return nil }
          return Sphere.angle(a, b) * Sphere.radius <= x[4]
        }
      ]),
  ]

  private static let geohashes: [ScalarFunction] = [
    ScalarFunction(
      "geo_point_to_geohash", "Returns the geohash of a point, of `length` letters (5) up to 18; empty for coordinates that do not exist.",
      "longitude, latitude, [length]",
      examples: [.init("geo_point_to_geohash(-80.195829, 25.802215, 8)", is: "dhwfz15h")],
      overloads: (2...3).map { count in
        .columns([.real, .real, .long].prefix(count).map { $0 }, to: .string) { (arguments: Arguments) in
          let longitudes = Input<Double>(arguments, 0), latitudes = Input<Double>(arguments, 1)
          let lengths = count > 2 ? Input<Int64>(arguments, 2) : nil
          return writtenRows(arguments, as: .string) { row, out in
            let length = lengths?[row] ?? 5
            guard Sphere.point(longitudes[row], latitudes[row]) != nil, (1...18).contains(length) else { return true }
            for byte in Geohash.hash(longitudes[row], latitudes[row], length: Int(length)) { out.append(byte) }
            return true
          }
        }
      }),
    ofGeohash(
      "geo_geohash_to_central_point", "Returns the centre of the rectangle of a geohash, as a point of GeoJSON.",
      .init("geo_geohash_to_central_point(\"sunny\").coordinates", is: "[42.47314453125,23.70849609375]")
    ) { cell, _, out in
      appendShape("Point", to: &out) { out in out.appendArray([cell.longitude, cell.latitude]) }
    },
    ofGeohash(
      "geo_geohash_to_polygon", "Returns the rectangle of a geohash, as a polygon of GeoJSON.",
      .init("geo_geohash_to_polygon(\"dr5ru\").coordinates[0][0]", is: "[-74.00390625,40.7373046875]")
    ) { cell, _, out in
      let (east, north) = (cell.west + cell.width, cell.south + cell.height)
      appendShape("Polygon", to: &out) { out in
        let rings = out.beginArray()
        let ring = out.beginArray()
        for corner in [[cell.west, cell.south], [east, cell.south], [east, north], [cell.west, north], [cell.west, cell.south]] {
          out.appendArray(corner)
        }
        out.end(ring, count: 5)
        out.end(rings, count: 1)
      }
    },
    ofGeohash(
      "geo_geohash_neighbors", "Lists the geohashes of the eight rectangles around that of a geohash.",
      .init("geo_geohash_neighbors(\"sunny\")[3]", is: "sunpn")
    ) { cell, length, out in
      let steps = [(-1, -1), (-1, 1), (1, -1), (0, 1), (-1, 0), (1, 1), (1, 0), (0, -1)]
      let mark = out.beginArray()
      var count = 0
      for (x, y) in steps {
        let latitude = cell.latitude + Double(y) * cell.height
        guard latitude.magnitude <= 90 else { continue }
        var longitude = cell.longitude + Double(x) * cell.width
        if longitude > 180 { longitude -= 360 }
        if longitude < -180 { longitude += 360 }
        String(decoding: Geohash.hash(longitude, latitude, length: length), as: UTF8.self).withUTF8Bytes { out.appendString($0) }
        count += 1
      }
      out.end(mark, count: count)
    },
  ]

  private static let geoShapes: [ScalarFunction] = [
    ScalarFunction(
      "geo_point_in_polygon", "Returns whether a point is inside a polygon or multipolygon of GeoJSON.", "longitude, latitude, polygon",
      examples: [
        .init(#"geo_point_in_polygon(1, 1, dynamic({"type": "Polygon", "coordinates": [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]]}))"#, is: "true")
      ],
      overloads: [pointAndShape { p, shape -> Bool? in shape.polygons == nil ? nil : shape.contains(p) }]),
    ScalarFunction(
      "geo_distance_point_to_line", "Returns the metres from a point to a line or multiline of GeoJSON.", "longitude, latitude, line",
      examples: [
        .init(#"round(geo_distance_point_to_line(0, 1, dynamic({"type": "LineString", "coordinates": [[-1, 0], [1, 0]]})))"#, is: "111195")
      ],
      overloads: [
        pointAndShape { p, shape -> Double? in shape.lines == nil ? nil : nearest(p, shape).map { $0.angle * Sphere.radius } }
      ]),
    ScalarFunction(
      "geo_distance_point_to_polygon", "Returns the metres from a point to a polygon or multipolygon of GeoJSON; 0 inside.",
      "longitude, latitude, polygon",
      examples: [
        .init(#"geo_distance_point_to_polygon(1, 1, dynamic({"type": "Polygon", "coordinates": [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]]}))"#, is: "0")
      ],
      overloads: [
        pointAndShape { p, shape -> Double? in
          guard shape.polygons != nil else { return nil }
          return shape.contains(p) ? 0 : nearest(p, shape).map { $0.angle * Sphere.radius }
        }
      ]),
    closest("geo_closest_point_on_line", "line or multiline") { $0.lines != nil },
    closest("geo_closest_point_on_polygon", "polygon or multipolygon") { $0.polygons != nil },
    measured("geo_line_length", "Returns the length of a line or multiline of GeoJSON, in metres.", "line", length),
    measured("geo_polygon_perimeter", "Returns the length of the edge of a polygon or multipolygon of GeoJSON, in metres.", "polygon", perimeter),
    measured("geo_polygon_area", "Returns the area of a polygon or multipolygon of GeoJSON, in square metres.", "polygon", area),
    related("geo_intersects_2lines", "line1, line2") { $0.lines != nil && $1.lines != nil },
    related("geo_intersects_2polygons", "polygon1, polygon2") { $0.polygons != nil && $1.polygons != nil },
    related("geo_intersects_line_with_polygon", "line, polygon") { $0.lines != nil && $1.polygons != nil },
  ]
}

// MARK: - Kernels

private func numbers<Result: Lane>(_ count: Int, _ body: @escaping @Sendable ([Double]) -> Result?) -> Overload {
  .columns([ScalarType](repeating: .real, count: count), to: Result.scalarType) { (arguments: Arguments) in
    let inputs = (0..<count).map { Input<Double>(arguments, $0) }
    return maybeRows(arguments, nullWithArguments: true) { row -> Result? in body(inputs.map { $0[row] }) }
  }
}

private func ofGeohash(
  _ name: String, _ summary: String, _ example: ScalarFunction.Example,
  _ append: @escaping @Sendable (Geohash.Cell, _ length: Int, inout ByteBuffer) -> Void
) -> ScalarFunction {
  ScalarFunction(
    name, summary, "geohash", examples: [example],
    overloads: [
      .maybeWriting(.dynamic) { (hash: Bytes, out: inout ByteBuffer) -> Bool in
        guard let cell = Geohash.cell(hash) else { return false }
        append(cell, hash.count, &out)
        return true
      }
    ])
}

private func appendShape(_ type: StaticString, to out: inout ByteBuffer, _ coordinates: (inout ByteBuffer) -> Void) {
  let mark = out.beginObject()
  out.appendKey("type")
  String(describing: type).withUTF8Bytes { out.appendString($0) }
  out.appendKey("coordinates")
  coordinates(&out)
  out.end(mark, count: 2)
}

/// A point and a shape, which is read once if it is constant.
private func pointAndShape<Result: Lane>(_ body: @escaping @Sendable (SpherePoint, GeoShape) -> Result?) -> Overload {
  .columns([.real, .real, .dynamic], to: Result.scalarType) { (arguments: Arguments) in
    let longitudes = Input<Double>(arguments, 0), latitudes = Input<Double>(arguments, 1)
    let shapes = ShapeInput(arguments, 2)
    return maybeRows(arguments, nullWithArguments: true) { row -> Result? in
      guard let point = Sphere.point(longitudes[row], latitudes[row]), let shape = shapes[row] else { return nil }
      return body(point, shape)
    }
  }
}

private struct ShapeInput {
  private let values: Input<CompactDynamic>
  private let fixed: GeoShape??

  init(_ arguments: Arguments, _ index: Int) {
    values = Input<CompactDynamic>(arguments, index)
    fixed = arguments[index].isConstant && arguments.count > 0 && !arguments[index].isNull(0) ? .some(GeoShape(values[0].cursor)) : nil
  }

  subscript(row: Int) -> GeoShape? { fixed ?? GeoShape(values[row].cursor) }
}

private func nearest(_ p: SpherePoint, _ shape: GeoShape) -> (angle: Double, point: SpherePoint)? {
  var best: (angle: Double, point: SpherePoint)?
  for (a, b) in shape.edges {
    let found = Sphere.nearest(p, a, b)
    if best.map({ found.angle < $0.angle }) ?? true { best = found }
  }
  return best
}

private func closest(_ name: String, _ kind: String, _ fits: @escaping @Sendable (GeoShape) -> Bool) -> ScalarFunction {
  let isLine = kind.hasPrefix("line")
  let example = isLine
    ? #"\#(name)(0, 1, dynamic({"type": "LineString", "coordinates": [[-1, 0], [1, 0]]})).type"#
    : #"\#(name)(1, 1, dynamic({"type": "Polygon", "coordinates": [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]]})).type"#
  return ScalarFunction(
    name, "Returns the point of a \(kind) of GeoJSON that is nearest to a point\(isLine ? "" : ", which is the point itself inside").",
    "longitude, latitude, \(isLine ? "line" : "polygon")", examples: [.init(example, is: "Point")],
    overloads: [
      .columns([.real, .real, .dynamic], to: .dynamic) { (arguments: Arguments) in
        let longitudes = Input<Double>(arguments, 0), latitudes = Input<Double>(arguments, 1)
        let shapes = ShapeInput(arguments, 2)
        return writtenRows(arguments, as: .dynamic) { row, out in
          guard let point = Sphere.point(longitudes[row], latitudes[row]), let shape = shapes[row], fits(shape),
            let found = shape.contains(point) ? (0, point) : nearest(point, shape)
          else { return false }
          appendShape("Point", to: &out) { out in
            out.appendArray([Sphere.longitude(found.point), Sphere.latitude(found.point)])
          }
          return true
        }
      }
    ])
}

private func measured(
  _ name: String, _ summary: String, _ kind: String, _ measure: @escaping @Sendable (GeoShape) throws(OverlappingPolygons) -> Double?
) -> ScalarFunction {
  let line = #"dynamic({"type": "LineString", "coordinates": [[-1, 0], [1, 0]]})"#
  let square = #"dynamic({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]})"#
  let results = ["geo_line_length": "222390", "geo_polygon_perimeter": "444763", "geo_polygon_area": "12364036567"]
  return ScalarFunction(
    name, summary, kind, examples: [.init("round(\(name)(\(kind == "line" ? line : square)))", is: results[name] ?? "")],
    overloads: [
      .columns([.dynamic], to: .real) { (arguments: Arguments) in
        let shapes = Input<CompactDynamic>(arguments, 0)
        var isOverlapping = false
        let result = maybeRows(arguments, nullWithArguments: true) { row -> Double? in
          do throws(OverlappingPolygons) { return try GeoShape(shapes[row].cursor).flatMap { shape throws(OverlappingPolygons) in try measure(shape) } } catch {
            isOverlapping = true
            return nil
          }
        }
        if isOverlapping {
          throw Diagnostic(
            "overlapping-polygons", "`\(name)` does not unite polygons that overlap", at: arguments.span,
            help: "measure each polygon of the multipolygon by itself")
        }
        return result
      }
    ])
}

private struct OverlappingPolygons: Error {}

@Sendable private func length(_ shape: GeoShape) -> Double? {
  shape.lines == nil ? nil : shape.edges.reduce(0) { $0 + Sphere.angle($1.0, $1.1) } * Sphere.radius
}

@Sendable private func perimeter(_ shape: GeoShape) throws(OverlappingPolygons) -> Double? {
  guard let polygons = shape.polygons else { return nil }
  try checkApart(polygons)
  return shape.edges.reduce(0) { $0 + Sphere.angle($1.0, $1.1) } * Sphere.radius
}

@Sendable private func area(_ shape: GeoShape) throws(OverlappingPolygons) -> Double? {
  guard let polygons = shape.polygons else { return nil }
  try checkApart(polygons)
  return polygons.reduce(0) { $0 + $1.area } * Sphere.radius * Sphere.radius
}

private func checkApart(_ polygons: [SpherePolygon]) throws(OverlappingPolygons) {
  for (place, polygon) in polygons.enumerated() {
    for other in polygons[..<place] where polygon.meets(other) { throw OverlappingPolygons() }
  }
}

private func related(
  _ name: String, _ parameters: String, _ fits: @escaping @Sendable (GeoShape, GeoShape) -> Bool
) -> ScalarFunction {
  let line = #"dynamic({"type": "LineString", "coordinates": [[-1, 1], [5, 1]]})"#
  let square = #"dynamic({"type": "Polygon", "coordinates": [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]]})"#
  let first = parameters.hasPrefix("line") ? line : square
  let second = parameters.hasSuffix("line2")
    ? #"dynamic({"type": "LineString", "coordinates": [[1, -1], [1, 5]]})"# : square
  return ScalarFunction(
    name, "Returns whether two shapes of GeoJSON have a point in common.", parameters,
    examples: [.init("\(name)(\(first), \(second))", is: "true")],
    overloads: [
      .columns([.dynamic, .dynamic], to: .bool) { (arguments: Arguments) in
        let lefts = ShapeInput(arguments, 0), rights = ShapeInput(arguments, 1)
        return maybeRows(arguments, nullWithArguments: true) { row -> Bool? in
          guard let left = lefts[row], let right = rights[row], fits(left, right) else { return nil }
          if let a = left.polygons, let b = right.polygons { return a.contains { one in b.contains { one.meets($0) } } }
          if let start = left.lines?.first?.first, right.contains(start) { return true }
          let others = right.edges
          return left.edges.contains { a, b in others.contains { Sphere.meet(a, b, $0.0, $0.1) } }
        }
      }
    ])
}

/// The ellipsoid of WGS-84.
private enum Spheroid {
  /// In metres (Vincenty, "Direct and Inverse Solutions of Geodesics on the Ellipsoid", 1975); nil for points that are almost
  /// opposite, for which the method has no result.
  static func distance(_ longitude1: Double, _ latitude1: Double, _ longitude2: Double, _ latitude2: Double) -> Double? {
    let a = 6_378_137.0, f = 1 / 298.257223563
    let b = a * (1 - f)
    let l = (longitude2 - longitude1) * .pi / 180
    let u1 = atan((1 - f) * tan(latitude1 * .pi / 180)), u2 = atan((1 - f) * tan(latitude2 * .pi / 180))
    let (su1, cu1, su2, cu2) = (sin(u1), cos(u1), sin(u2), cos(u2))
    var lambda = l
    for _ in 0..<200 {
      let (sl, cl) = (sin(lambda), cos(lambda))
      let x = cu2 * sl, y = cu1 * su2 - su1 * cu2 * cl
      let sinSigma = (x * x + y * y).squareRoot()
      if sinSigma == 0 { return 0 }
      let cosSigma = su1 * su2 + cu1 * cu2 * cl
      let sigma = atan2(sinSigma, cosSigma)
      let sinAlpha = cu1 * cu2 * sl / sinSigma
      let cos2Alpha = 1 - sinAlpha * sinAlpha
      let cos2M = cos2Alpha > 0 ? cosSigma - 2 * su1 * su2 / cos2Alpha : 0
      let c = f / 16 * cos2Alpha * (4 + f * (4 - 3 * cos2Alpha))
      let next = l + (1 - c) * f * sinAlpha * (sigma + c * sinSigma * (cos2M + c * cosSigma * (2 * cos2M * cos2M - 1)))
      let isDone = (next - lambda).magnitude < 1e-12
      lambda = next
      guard isDone else { continue }
      let u = cos2Alpha * (a * a - b * b) / (b * b)
      let A = 1 + u / 16384 * (4096 + u * (-768 + u * (320 - 175 * u)))
      let B = u / 1024 * (256 + u * (-128 + u * (74 - 47 * u)))
      let inner = cosSigma * (2 * cos2M * cos2M - 1) - B / 6 * cos2M * (4 * sinSigma * sinSigma - 3) * (4 * cos2M * cos2M - 3)
      return b * A * (sigma - B * sinSigma * (cos2M + B / 4 * inner))
    }
    return nil
  }
}
