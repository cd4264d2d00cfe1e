"""Kusto's REST API as clients use it: frames, values, parameters, options, commands and errors."""
import json, threading, time, unittest

from served import HANG, SLOW, Server


class EndpointTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--query-time", "30s")

    @classmethod
    def tearDownClass(cls):
        assert cls.server.stop() == 0
        cls.server.__exit__()

    def test_frames_are_lines_in_order(self):
        reply = self.server.query("print a = 1; print b = 'x' | render piechart with (title = 'T')")
        lines = reply.text.split("\n")
        self.assertEqual([line[:1] for line in lines], ["["] + [","] * 5 + ["]", ""])
        frames = reply.json()
        self.assertEqual([f["FrameType"] for f in frames], ["DataSetHeader"] + ["DataTable"] * 4 + ["DataSetCompletion"])
        self.assertEqual([f.get("TableKind") for f in frames[1:5]],
                         ["QueryProperties", "PrimaryResult", "PrimaryResult", "QueryCompletionInformation"])
        self.assertEqual(list(frames[2]), ["FrameType", "TableId", "TableKind", "TableName", "Columns", "Rows"])
        self.assertFalse(frames[-1]["HasErrors"])
        self.assertEqual(reply.headers["content-type"], "application/json")

    def test_render_is_a_property(self):
        frames = self.server.query("print x = 1, y = 2 | render columnchart with (title = 'T', ycolumns = x, y)").json()
        properties = json.loads(frames[1]["Rows"][0][2])
        self.assertEqual((properties["Visualization"], properties["Title"]), ("columnchart", "T"))

    def test_what_a_query_used(self):
        frames = self.server.query("range n from 1 to 1000000 step 1 | sort by n desc | take 700").json()
        used = json.loads(frames[-2]["Rows"][-1][-1])
        self.assertEqual(used["dataset_statistics"], [{"table_row_count": 700}])
        self.assertGreater(used["ExecutionTime"], 0)
        # Top keeps few rows in memory, but some.
        self.assertTrue(0 < used["resource_usage"]["memory"]["peak_per_node"] < 100 << 20, used)

    def test_fragments(self):
        options = {"results_v2_fragment_primary_tables": True, "results_error_reporting_placement": "end_of_table"}
        frames = self.server.query("range n from 1 to 2500 step 1", options=options).json()
        self.assertTrue(frames[0]["IsFragmented"])
        kinds = [f["FrameType"] for f in frames[2:]]
        self.assertEqual((kinds[0], kinds[-3:]), ("TableHeader", ["TableCompletion", "DataTable", "DataSetCompletion"]))
        fragments = [f["Rows"] for f in frames if f["FrameType"] == "TableFragment"]
        self.assertTrue(all(len(rows) <= 1000 for rows in fragments))
        self.assertEqual([row[0] for rows in fragments for row in rows], list(range(1, 2501)))

    def test_large_answers_arrive_whole(self):
        rows = self.server.rows("range n from 1 to 200000 step 1 | extend s = strcat('row ', n)")
        self.assertEqual((len(rows), rows[-1]), (200000, [200000, "row 200000"]))

    def test_values(self):
        row = self.server.rows(
            "print l = 9223372036854775807, r = real(1), n = real(nan), m = decimal(0.1), b = true, t = 1d + 2h, "
            "d = datetime(2024-02-29 23:59:59.1234567), g = guid(74be27de-1e4e-49d9-b579-fe0b331d3642), "
            "y = dynamic({'k': [1, null]}), z = long(null), s = strcat('é', '\\n')")[0]
        self.assertEqual(row, [9223372036854775807, 1.0, "NaN", "0.1", True, "1.02:00:00", "2024-02-29T23:59:59.1234567Z",
                               "74be27de-1e4e-49d9-b579-fe0b331d3642", {"k": [1, None]}, None, "é\n"])
        self.assertIs(type(row[1]), float)

    def test_missing_strings_are_empty(self):
        rows = self.server.rows("datatable(k: int, a: string)[1, 'x'] | join kind = rightouter (datatable(k: int, b: string)[2, 'y']) on k")
        self.assertEqual(rows, [[None, "", 2, "y"]])

    def test_parameters_in_both_spellings(self):
        text = ("declare query_parameters(n: long, s: string, t: timespan, d: datetime, b: bool, y: dynamic, missing: int = 7); "
                "print n, s, t, d, b, y, missing")
        want = [41, "a'b\"c", "01:00:00", "2024-01-01T00:00:00.0000000Z", True, [1], 7]
        plain = {"n": 41, "s": "a'b\"c", "t": "1h", "d": "2024-01-01", "b": True, "y": [1]}
        literal = {"n": "long(41)", "s": "\"a'b\\\"c\"", "t": "timespan(01:00:00)", "d": "datetime(2024-01-01)", "b": "bool(true)",
                   "y": "dynamic([1])", "unknown": "ignored"}
        for spelling in (plain, literal):
            self.assertEqual(self.server.rows(text, parameters=spelling), [want])
        self.assertEqual(self.server.rows("declare query_parameters(n: long); print n", parameters={"n": "long(null)"}), [[None]])
        # A quote inside a text does not make it a literal.
        for s in ('"a" or "b"', "it's", '"', "long(3)", "'a', 'b'"):
            self.assertEqual(self.server.rows("declare query_parameters(s: string); print s", parameters={"s": s}), [[s]])
        for bad in ({}, {"n": "x"}):
            reply = self.server.query("declare query_parameters(n: long); print n", parameters=bad)
            self.assertEqual((reply.status, reply.message[:15]), (400, "Semantic error:"))

    def test_options(self):
        many = "range n from 1 to 100 step 1"
        self.assertEqual(len(self.server.rows(many, options={"query_take_max_records": 5})), 5)
        self.assertEqual(self.server.rows("print now()", options={"query_now": "2024-01-01"}), [["2024-01-01T00:00:00.0000000Z"]])
        for options in ({"truncationmaxrecords": 3}, {"truncationmaxrecords": "3"}, {"truncationmaxsize": 10}):
            frames = self.server.query(many, options=options).json()
            rows = frames[2]["Rows"]
            self.assertIn("E_QUERY_RESULT_SET_TOO_LARGE", rows[-1]["OneApiErrors"][0]["error"]["@message"])
            self.assertTrue(frames[-1]["HasErrors"] and frames[-1]["OneApiErrors"])
        self.assertEqual(len(self.server.rows(many, options={"truncationmaxrecords": 3, "notruncation": True})), 100)
        self.assertIn("OneApiErrors", self.server.rows("set truncationmaxrecords = 2; " + many)[-1])
        for options in ({"servertimeout": "soon"}, {"query_now": "yesterday"}, {"query_language": "sql"}, {"truncationmaxrecords": -1}):
            self.assertEqual(self.server.query(many, options=options).status, 400, options)

    def test_time_limit_of_the_client(self):
        for spelling in ("00:00:01", "0:00:01", "0:00:01.000000", "1s", 1):
            start = time.monotonic()
            reply = self.server.query(SLOW, options={"servertimeout": spelling})
            self.assertEqual((reply.status, reply.json()["error"]["code"]), (504, "GatewayTimeout"), spelling)
            self.assertLess(time.monotonic() - start, HANG)
        self.assertEqual(self.server.query("print 1", options={"servertimeout": "1 day, 0:00:00"}).status, 200)

    def test_v1(self):
        answer = self.server.query("print a = 1; print b = 2", path="/v1/rest/query").json()
        tables = answer["Tables"]
        self.assertEqual([t["TableName"] for t in tables], [f"Table_{i}" for i in range(5)])
        self.assertEqual(tables[0]["Columns"], [{"ColumnName": "a", "DataType": "Int64", "ColumnType": "long"}])
        self.assertEqual([row[1] for row in tables[-1]["Rows"]], ["QueryResult", "QueryResult", "QueryProperties", "QueryStatus"])

    def test_get(self):
        for version in ("v1", "v2"):
            reply = self.server.send("GET", f"/{version}/rest/query?db=NetDefaultDB&csl=print%20x%3D1%2B1")
            self.assertIn("[[2]]", reply.text)

    def test_shown_commands(self):
        show = self.server.command
        self.assertEqual([row["DatabaseName"] for row in show(".show databases")], ["NetDefaultDB"])
        self.assertEqual(show("\n // hello\n .show tables\n | project TableName"), [{"TableName": "deployments"}])
        self.assertEqual(show(".show tables | where TableName has '|' | count"), [{"Count": 0}])
        self.assertEqual(show(".show table ['deployments'] cslschema")[0]["Schema"],
                         "service:string,at:datetime,version:string,environment:string")
        schema = json.loads(show(".show database ['NetDefaultDB'] schema as json")[0]["DatabaseSchema"])
        self.assertEqual(list(schema["Databases"]["NetDefaultDB"]["Tables"]), ["deployments"])
        self.assertEqual(show(".show version | project ServiceType"), [{"ServiceType": "Engine"}])
        self.assertEqual(show(".show functions | where Parameters =='()' | project Name"), [])
        self.assertEqual(len(show(".show databases entities with (showObfuscatedStrings=true) | where DatabaseName == 'NetDefaultDB'")), 1)
        # Those of the shell work as well.
        self.assertEqual(show(".show attached"), [])

    def test_mistakes(self):
        cases = [("print x = (", "/v2/rest/query", "Syntax error:"), ("print x = 1 | where nope > 1", "/v2/rest/query", "Semantic error:"),
                 ("nope | count", "/v1/rest/query", "Semantic error:"), (".nonsense", "/v1/rest/mgmt", "Syntax error:"),
                 (".show nonsense", "/v1/rest/mgmt", "Syntax error:"), (".show tables", "/v2/rest/query", "Syntax error:"),
                 (".show tables | where nope", "/v1/rest/mgmt", "Semantic error:"), (".show table nope", "/v1/rest/mgmt", "Semantic error:"),
                 ("print 1", "/v1/rest/mgmt", "Syntax error:"), (".show database nope schema as json", "/v1/rest/mgmt", "Semantic error:"),
                 ("print toint(dynamic(null)) | where assert(false, 'no')", "/v2/rest/query", "")]
        for text, path, start in cases:
            reply = self.server.query(text, path=path)
            self.assertEqual(reply.status, 400, (text, reply.text))
            self.assertTrue(reply.message.startswith(start), (text, reply.message))
            self.assertEqual(reply.headers["content-type"], "application/json")
        # Positions count lines and characters of the client's text.
        self.assertIn("[line:position=2:9]", self.server.query("print x = 1\n| where nope > 1").message)
        self.assertIn("[line:position=2:9]", self.server.query(".show tables\n| where nope > 1", path="/v1/rest/mgmt").message)
        self.assertIn("[line:position=1:23]", self.server.query("print s = 'é😀', xx = nope").message)
        unknown = self.server.query("print 1", db="Elsewhere")
        self.assertEqual((unknown.status, "Elsewhere" in unknown.message), (400, True))

    def test_bodies_that_are_no_requests(self):
        for body in (b"", b"{", b"[]", b"null", b"{}", b'{"csl": 5}', b'{"csl": "  "}', b"\xff\xfe", b'{"csl":"print 1","properties":"{"}'):
            reply = self.server.send("POST", "/v2/rest/query", body)
            self.assertEqual((reply.status, reply.json()["error"]["code"]), (400, "General_BadRequest"), body)
        self.assertEqual(self.server.send("GET", "/v3/rest/query").status, 404)
        self.assertEqual(self.server.send("DELETE", "/v2/rest/query").status, 405)

    def test_a_chunked_body_on_a_kept_connection(self):
        connection = self.server.connection()
        for _ in range(3):
            body = json.dumps({"csl": "print 1"}).encode()
            connection.request("POST", "/v2/rest/query", body=iter([body[:5], body[5:]]), encode_chunked=True,
                               headers={"Transfer-Encoding": "chunked"})
            socket = connection.sock
            self.assertIn(b"[[1]]", connection.getresponse().read())
            self.assertIs(connection.sock, socket)
        connection.close()

    def test_identifiers(self):
        reply = self.server.query("print 1", x_ms_client_request_id="me;1")
        self.assertEqual(reply.headers["x-ms-client-request-id"], "me;1")
        self.assertRegex(reply.headers["x-ms-activity-id"], r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")

    def test_cancel_query(self):
        replies = []
        thread = threading.Thread(target=lambda: replies.append(self.server.query(SLOW, x_ms_client_request_id="slow;1")))
        thread.start()
        while not self.server.command(".show queries | where ClientActivityId == 'slow;1'"):
            time.sleep(0.01)
        self.assertEqual(self.server.command(".cancel query 'slow;1'"), [{"ClientRequestId": "slow;1", "Cancelled": True}])
        thread.join(HANG)
        self.assertIn("cancelled", replies[0].message)
        self.assertEqual(self.server.command(".cancel query 'slow;1'")[0]["Cancelled"], False)

    def test_a_client_that_leaves_ends_its_query(self):
        for text in (SLOW, "range n from 1 to 1000000000000 step 1"):
            connection = self.server.connection()
            connection.request("POST", "/v2/rest/query", json.dumps({"csl": text}), {"x-ms-client-request-id": "leaving"})
            mine = ".show queries | where ClientActivityId == 'leaving'"
            while not self.server.command(mine):
                time.sleep(0.01)
            if text != SLOW:
                connection.getresponse().read(100000)
            connection.close()
            end = time.monotonic() + HANG
            while self.server.command(mine):
                self.assertLess(time.monotonic(), end)
                time.sleep(0.01)


if __name__ == "__main__":
    unittest.main()
