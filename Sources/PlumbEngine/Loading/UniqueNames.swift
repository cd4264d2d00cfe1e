/// Gives every column of a file a name of its own: `Column3` for an empty third one, `name1` for a second `name`.
package func uniqueNames(_ names: [String]) -> [String] {
  let given = Set(names)
  var used = Set<String>()
  return names.enumerated().map { place, name in
    let stem = name.isEmpty ? "Column\(place + 1)" : name
    var unique = stem
    var number = 0
    while used.contains(unique) || number > 0 && given.contains(unique) {
      number += 1
      unique = "\(stem)\(number)"
    }
    used.insert(unique)
    return unique
  }
}
