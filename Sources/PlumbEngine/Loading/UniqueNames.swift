/// Gives every column of a file a name of its own: `Column3` for an empty third one, `name1` for a second `name`.
package func uniqueNames(_ names: [String]) -> [String] {
  let given = Set(names)
  var used = Set<String>()
  // The last number that each name was given: all numbers up to it are taken.
  var lastNumbers: [String: Int] = [:]
  return names.enumerated().map { place, name in
    let stem = name.isEmpty ? "Column\(place + 1)" : name
    var unique = stem
    var number = lastNumbers[stem, default: 0]
    if number > 0 { unique = "\(stem)\(number)" }
    while used.contains(unique) || number > 0 && given.contains(unique) {
      number += 1
      unique = "\(stem)\(number)"
    }
    lastNumbers[stem] = number
    used.insert(unique)
    return unique
  }
}
