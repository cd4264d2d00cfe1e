import Testing
@testable import PlumbEngine

@Suite("Functions over dynamic values") struct DynamicFunctionTests {
  private func check(_ name: String, _ arguments: [Value], _ expected: String) throws {
    #expect(text(try call(name, arguments)) == expected, "\(name)(\(arguments.map(text).joined(separator: ", ")))")
  }

  @Test func access() throws {
    try check("member", [json(#"{"a":{"b":1}}"#), "a"], #"{"b":1}"#)
    try check("element", [json("[1,2]"), -1], "2")
    try check("element", [json("[1,2]"), 5], "")
    try check("element", [json(#"{"a":7}"#), "a"], "7")
    try check("parse_json", [#"{"a":[1,2]}"#], #"{"a":[1,2]}"#)
    try check("parse_json", ["plain"], "plain")
    try check("extract_json", ["$.a[1]['b c']", #"{"a":[1,{"b c":"x"}]}"#], "x")
    #expect(try call("extract_json", ["$.n", #"{"n":"12"}"#, "long"]) == .long(12))
    try check("gettype", [json("[]")], "array")
    try check("gettype", [.null(.dynamic)], "null")
    try check("dynamic_to_json", [json(#"{"b":1,"a":[2,{"d":3,"c":4}]}"#)], #"{"a":[2,{"c":4,"d":3}],"b":1}"#)
    try check("treepath", [json(#"{"listProperty":[100,"abcde",{"x":"y"}]}"#)],
      #"["['listProperty']","['listProperty'][0]","['listProperty'][0]['x']"]"#)
  }

  @Test func arrays() throws {
    let five = json("[1,2,3,4,5]")
    try check("pack_array", [1, "2", .null(.real)], #"[1,"2",null]"#)
    try check("array_concat", [json("[1,2]"), json("[3]")], "[1,2,3]")
    try check("array_slice", [five, 2, -1], "[3,4,5]")
    try check("array_slice", [five, -3, -2], "[3,4]")
    try check("array_slice", [five, .long(.min), .long(.max)], "[1,2,3,4,5]")
    try check("array_split", [five, json("[1,3]")], "[[1],[2,3],[4,5]]")
    try check("array_split", [five, 2], "[[1,2],[3,4,5]]")
    try check("array_rotate_left", [five, 2], "[3,4,5,1,2]")
    try check("array_rotate_right", [five, -2], "[3,4,5,1,2]")
    try check("array_rotate_left", [five, .long(.min)], "[3,4,5,1,2]")
    try check("array_shift_left", [five, -2, -1], "[-1,-1,1,2,3]")
    try check("array_shift_right", [five, 2], "[null,null,1,2,3]")
    try check("array_reverse", [json("[1,2]")], "[2,1]")
    try check("array_sum", [json("[1,2,3,4]")], "10")
    try check("array_iff", [json("[true,true,true]"), json("[1,2]"), json("[3,4]")], "[1,2,null]")
    try check("array_iff", [json("[1,0,50]"), "yes", "no"], #"["yes","no","yes"]"#)
    try check("zip", [json(#"["A",1,1.5]"#), json(#"[{},"B"]"#)], #"[["A",{}],[1,"B"],[1.5,null]]"#)
    try check("repeat", [1, 3], "[1,1,1]")
    try check("range", [1, 8, 3], "[1,4,7]")
    try check("range", [1.0, 3, 1], "[1.0,2.0,3.0]")
    try check("array_length", [json("{}")], "")
  }

  @Test func arraySearchAndOrder() throws {
    let words = json(#"["this","is","an","example","an","example"]"#)
    let cases: [([Value], String)] = [
      (["an"], "2"), (["example", 1, 3], "3"), (["example", 1, 2], "-1"), (["is", 2, 4], "-1"), (["example", 2, -1], "3"),
      (["an", 1, -1, 2], "4"), (["an", 1, -1, 3], "-1"), (["an", -3], "4"), (["is", -4], "-1"),
    ]
    for (rest, expected) in cases { try check("array_index_of", [words] + rest, expected) }
    try check("array_sort_asc", [json(#"[null,"blue","yellow","green",null]"#), .bool(false)],
      #"[null,null,"blue","green","yellow"]"#)
    try check("array_sort_asc", [json("[1,3,4,5,2]"), json(#"["a","b","c","d","e"]"#)],
      #"[[1,2,3,4,5],["a","e","b","c","d"]]"#)
    try check("array_sort_desc", [json("[1,null,3]")], "[3,1,null]")
  }

  @Test func sets() throws {
    try check("set_union", [json("[1,2,1,4]"), json("[1,2]"), json("[8]")], "[1,2,4,8]")
    try check("set_intersect", [json("[1,2,4]"), json("[1,2]"), json("[8,1]")], "[1]")
    try check("set_difference", [json("[1,2,1,4]"), json("[1,2]")], "[4]")
    try check("set_has_element", [json(#"["a"]"#), "a"], "true")
    try check("jaccard_index", [json("[1,2,3]"), json("[1,2,3,4]")], "0.75")
  }

  @Test func bags() throws {
    try check("bag_pack", ["Level", "Info", "Data", json(#"{"url":"x"}"#)], #"{"Level":"Info","Data":{"url":"x"}}"#)
    try check("pack_all", [.bool(true), "a", "", "b", 1, "c", .null(.long)], #"{"b":1}"#)
    try check("bag_keys", [json(#"{"a":"b","c":{"d":1}}"#)], #"["a","c"]"#)
    try check("bag_keys", [json("[]")], "")
    try check("bag_merge", [json(#"{"A1":12,"B1":2}"#), json(#"{"A2":81,"A1":1}"#)], #"{"A1":12,"B1":2,"A2":81}"#)
    let nested = json(#"{"key1":123,"key2":{"prop1":"abc","prop2":"xyz"},"key3":[100,200]}"#)
    try check("bag_remove_keys", [nested, json(#"["$.key2.prop1","key3"]"#)], #"{"key1":123,"key2":{"prop2":"xyz"}}"#)
    try check("bag_has_key", [nested, "$.key2.prop1"], "true")
    try check("bag_set_key", [json(#"{"key1":1}"#), "$.key2.prop1", "abc"], #"{"key1":1,"key2":{"prop1":"abc"}}"#)
    try check("bag_set_key", [json(#"{"key1":1,"key3":"abc"}"#), "key3", 3], #"{"key1":1,"key3":3}"#)
    try check("bag_zip", [json(#"["a",8,"b"]"#), json(#"[1,"2",2.5]"#)], #"{"a":1,"b":2.5}"#)
    try check("bag_zip", [json(#"["a",8,"b"]"#), json("1")], #"{"a":null,"b":null}"#)
  }

  @Test func seriesFills() throws {
    let gaps = json("[111,null,36,41,null,null,16,61,33,null,null]")
    try check("series_fill_backward", [gaps], "[111,36,36,41,16,16,16,61,33,null,null]")
    try check("series_fill_forward", [json("[null,36,null,16,null]")], "[null,36,36,16,16]")
    try check("series_fill_const", [json("[111,null,36]"), -1], "[111,-1,36]")
    try check("series_fill_const", [json("[0,5,0]"), 9, 0], "[9,5,9]")
    let whole = json("[null,111,null,36,41,null,null,16,61,33,null,null]")
    try check("series_fill_linear", [whole], "[111,111,73,36,41,32,24,16,61,33,33,33]")
    try check("series_fill_linear", [whole, .null(.real), .bool(false)], "[null,111,73,36,41,32,24,16,61,33,null,null]")
    try check("series_fill_linear", [json("[null,null]")], "[0.0,0.0]")
    try check("series_fill_linear", [json("[null]"), .null(.real), .bool(true), 3.5], "[3.5]")
  }

  @Test func series() throws {
    let (a, b) = (json("[1,2,4]"), json("[4,2,1]"))
    try check("series_divide", [a, b], "[0.25,1.0,4.0]")
    try check("series_multiply", [a, b], "[4,4,4]")
    try check("series_add", [a, json("[1,2]")], "[2,4,null]")
    try check("series_greater_equals", [a, b], "[false,true,true]")
    try check("series_abs", [json("[-6.5,0,8.2]")], "[6.5,0,8.2]")
    try check("series_dot_product", [json("[2,4,8]"), 2], "28")
    try check("series_iir", [json("[0,1,2,3,4]"), json("[1]"), json("[1,-1]")], "[0.0,1.0,3.0,6.0,10.0]")
    try check("series_fit_line_dynamic", [json("[1,3,5]")],
      #"{"rsquare":1.0,"slope":2.0,"variance":4.0,"rvariance":0.0,"interception":1.0,"line_fit":[1.0,3.0,5.0]}"#)
    try check("series_seasonal", [json("[1,3,5,1,3,5,2,4,6]"), 3], "[1.0,3.0,5.0,1.0,3.0,5.0,1.0,3.0,5.0]")
    try check("series_seasonal", [json("[2,5,3,4,3,2,1,2,3,4,3,2,1,2,3,4,3,2,1,2,3,4,3,2,1]")],
      "[1.0,2.0,3.0,4.0,3.0,2.0,1.0,2.0,3.0,4.0,3.0,2.0,1.0,2.0,3.0,4.0,3.0,2.0,1.0,2.0,3.0,4.0,3.0,2.0,1.0]")
    try check("series_seasonal", [json("[8,12,14,12,10,10,12,14,12,10,10,12,14,12,10,10,12,14,12,10]")],
      "[10.0,12.0,14.0,12.0,10.0,10.0,12.0,14.0,12.0,10.0,10.0,12.0,14.0,12.0,10.0,10.0,12.0,14.0,12.0,10.0]")
    try check("series_seasonal", [json("[1,3,5,2,4,6,1,3,5,2,4,6]")], "[0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0]")
    let traffic = json(
      """
      [80,139,87,110,68,54,50,51,53,133,86,141,97,156,94,149,95,140,77,61,50,54,47,133,72,152,94,148,105,162,101,160,87,\
      63,53,55,54,151,103,189,108,183,113,175,113,178,90,71,62,62,65,165,109,181,115,182,121,178,114,170]
      """)
    let found = try call("series_periods_detect", [traffic, 0.0, 50.0, 2])
    #expect(text(found).hasPrefix("[[14.0,0.0],[0.84"))
    #expect(text(try call("series_periods_validate", [traffic, 14.0, 10.0])).hasSuffix(",0.0]]"))
  }

  @Test func stats() throws {
    let numbers = json("[23,46,23,87,4,8,3,75,2,56,13,75,32,16,29]")
    let stats = try call("series_stats", [numbers])
    guard case .dynamic(let tree) = stats else { return #expect(Bool(false), "statistics are an array") }
    #expect(tree[0] == .real(2) && tree[1] == .long(8) && tree[2] == .real(87) && tree[3] == .long(3))
    #expect(text(try call("series_stats_dynamic", [json("[1,null]")])).hasPrefix(#"{"min":null"#))
  }
}
