import Testing

/// Operators and plugins that see their input as a whole, from the query to the CSV.
struct OperatorTests {
  private func check(_ query: String, _ expected: String) throws {
    let run = try PlumbProcess(["query", "--format", "csv", "-c", query])
    #expect(run.output == expected, "\(query): \(run.messages)")
  }

  private func refuses(_ query: String, _ code: String) throws {
    let run = try PlumbProcess(["query", "-c", query])
    #expect(run.output == "")
    #expect(run.messages.contains("error[\(code)]"), "\(query): \(run.messages)")
  }

  @Test func scanFollowsSequences() throws {
    try check(
      "range x from 1 to 3 step 1 | scan declare (sum: long = 0) with (step s: true => sum = x + s.sum;)",
      "x,sum\n1,1\n2,3\n3,6\n")
    // The last row of each run of odd numbers, and the even one that ends it.
    try check(
      """
      datatable(x: long)[1, 3, 2, 5, 4, 6, 7] | scan with_match_id=m with_step_name=s with (
        step odd output=last: x % 2 == 1; step even: x % 2 == 0 and x < odd.x + 1;)
      """, "x,m,s\n3,0,odd\n2,0,even\n5,1,odd\n4,1,even\n7,2,odd\n")
    try refuses("range x from 1 to 3 step 1 | scan with (step s: true => y = 1)", "unknown-column")
  }

  @Test func functionsOfSeveralColumns() throws {
    try check(
      "print x = dynamic([1, 2, 3]) | extend (low, place) = series_stats(x) | project low, place", "low,place\n1,0\n")
    try check(
      "print x = dynamic([1, 3]) | project series_periods_validate(x, 2.0) | getschema | project ColumnName",
      "ColumnName\nseries_periods_validate_x_periods\nseries_periods_validate_x_scores\n")
    try refuses("print x = 1 | extend (a, b) = x + 1", "several-names")
  }

  @Test func pivotMakesColumnsOfValues() throws {
    let rows = "datatable(s: string, e: string, n: long)['a', 'x', 1, 'b', 'x', 2, 'a', 'y', 3, 'a', 'x', 5]"
    try check("\(rows) | evaluate pivot(s, sum(n)) | sort by e asc", "e,a,b\nx,6,2\ny,3,0\n")
    try check("\(rows) | evaluate pivot(s, count(), e): (e: string, b: long) | sort by e asc", "e,b\nx,1\ny,0\n")
  }

  @Test func graphs() throws {
    let graph = """
      datatable(a: string, b: string, w: long)['x', 'y', 1, 'y', 'z', 2, 'x', 'w', 3, 'w', 'z', 4, 'z', 'x', 5]
      | make-graph a --> b with_node_id=id
      """
    try check(
      "\(graph) | graph-match (n)-[r]->(m) where r.w > 3 and m.id != 'x' project n.id, m.id, r.w", "n_id,m_id,r_w\nw,z,4\n")
    try check(
      "\(graph) | graph-match (n)-[r*2..2]->(m) where n.id == 'x' and all(r, w < 3) project v = map(r, w)",
      "v\n\"[1,2]\"\n")
    try check(
      """
      \(graph) | graph-shortest-paths output=all (n)-[r*1..5]->(m) where n.id == 'x' and m.id == 'z'
      project v = strcat_array(map(inner_nodes(r), id), '-') | sort by v asc
      """, "v\nw\ny\n")
    try check("\(graph) | graph-match (n) where node_degree_out(n) == 2 project n.id", "n_id\nx\n")
    // A graph that is a result is its nodes and its edges.
    try check(graph, "id\nx\ny\nw\nz\n\na,b,w\nx,y,1\ny,z,2\nx,w,3\nw,z,4\nz,x,5\n")
    try refuses("\(graph) | where a == 'x'", "graph-as-table")
    try refuses("print a = 'x', b = 'y' | partition by a (make-graph a --> b | graph-to-table edges)", "unsupported-inner-query")
  }

  @Test func expandingCastsAndDoesNotParse() throws {
    try check("print v = dynamic([1, '2', 'x']) | mv-expand v to typeof(long)", "v\n1\n\"\"\n\"\"\n")
  }

  @Test func comparisonsNeedLikeTypes() throws {
    try check("print a = 1 == '1', b = 1 != '2'", "a,b\ntrue,true\n")
    try check("print a = 1 == 'x'", "a\nfalse\n")
    try refuses("print 1 == 1h", "operand-types")
    try refuses("datatable(s: string)['a'] | where s > 5", "operand-types")
    try check("print a = dynamic(1) == 1, b = 1 == 1.0", "a,b\ntrue,true\n")
    try refuses("print hash_many('a', 'b')", "unsupported-function")
  }
}
