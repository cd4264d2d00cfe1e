"""Dashboards in Azure Data Explorer's JSON format: what a file shows, what readers choose, and what pinning writes."""
import copy, html, json, os, re, subprocess, tempfile, time, unittest
from urllib.parse import quote, urlencode

from served import HANG, PLUMB, Server

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ALL = {"kind": "all"}
ROWS = "datatable(at: datetime, kind: string, n: long)[datetime(2024-05-01), 'a', 1, datetime(2024-05-02), 'b', 2, datetime(2024-05-03), 'c', 3]"


def tile(number, query, visual="table", page="p1", **more):
    return {"id": f"t{number}", "title": f"Tile {number}", "layout": {"x": number % 2 * 12, "y": number // 2 * 6, "width": 12, "height": 6},
            "pageId": page, "visualType": visual, "visualOptions": {}, "query": query, "dataSourceId": "s", "usedParamVariables": [], **more}


def dashboard(*tiles, parameters=()):
    """A dashboard of schema 20."""
    return {"$schema": "https://dataexplorer.azure.com/static/d/schema/20/dashboard.json", "id": "d", "eTag": "kept", "title": "Board", "schema_version": "20",
            "tiles": list(tiles), "parameters": list(parameters), "pages": [{"name": "First", "id": "p1"}, {"name": "Second", "id": "p2"}],
            "dataSources": [{"id": "s", "name": "help", "clusterUri": "https://help.kusto.windows.net", "database": "Samples", "kind": "manual-kusto", "scopeId": "kusto"}],
            "autoRefresh": {"enabled": False}}


def later(board):
    """The same as later schemas write it: queries in a list of their own."""
    board = copy.deepcopy(board)
    board.update(schema_version=68, queries=[], baseQueries=[], embeddedApps=[])
    owners = board["tiles"] + [p["dataSource"] for p in board["parameters"] if "query" in p.get("dataSource", {})]
    for number, owner in enumerate(owners):
        board["queries"].append({"id": f"q{number}", "dataSource": {"kind": "inline", "dataSourceId": "s"}, "text": owner.pop("query"), "usedVariables": []})
        owner["queryRef"] = {"kind": "query", "queryId": f"q{number}"}
        owner.pop("dataSourceId", None), owner.pop("usedParamVariables", None)
    return board


def choice(name, selection, source, default=ALL, **more):
    return {"kind": "string", "id": name, "displayName": name, "variableName": name, "selectionType": selection, "includeAllOption": True,
            "defaultValue": default, "dataSource": source, "showOnPages": ALL, **more}


class DashboardTests(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "board.json")

    def tearDown(self):
        self.folder.cleanup()

    def serve(self, board=None, *options):
        if board is not None:
            with open(self.path, "w", encoding="utf-8") as file:
                json.dump(board, file)
        return Server("--quiet", "--dashboard", self.path, *options)

    def saved(self):
        with open(self.path, encoding="utf-8") as file:
            return json.load(file)

    def page(self, server, **chosen):
        reply = server.send("GET", "/dashboard" + ("?" + urlencode(chosen) if chosen else ""), Accept="text/html")
        self.assertEqual(reply.status, 200, reply.text[:300])
        return reply.text

    def cells(self, page, number):
        """The texts of a tile's table."""
        found = re.search(rf'id="tile-t{number}".*?</section>', page, re.S)[0]
        return [html.unescape(re.sub("<[^>]*>", "", cell)) for cell in re.findall(r"<td[^>]*>(.*?)</td>", found)]

    def post(self, server, path, **form):
        return server.send("POST", path, urlencode(form).encode(), Content_Type="application/x-www-form-urlencoded")

    def test_tiles_of_every_schema(self):
        board = dashboard(tile(0, "print a = 1"), tile(1, "print b = 2", page="p2"), tile(2, "print c = 3 | render columnchart"),
                          tile(3, "print nosuch"), tile(4, "print label = 'x', value = 7", "multistat"), tile(5, "print d = 4", "sankey"),
                          tile(6, f"{ROWS} | project at, n", "line"),
                          {"id": "t7", "title": "", "markdownText": "# Head\n**bold** <b>", "visualType": "markdownCard", "pageId": "p1", "layout": {"x": 0, "y": 90, "width": 24, "height": 2}})
        for form in (board, later({**board, "tiles": board["tiles"][:7]})):
            with self.serve(form) as server:
                page = self.page(server)
                self.assertEqual(self.cells(page, 0), ["1"])
                self.assertEqual(self.cells(page, 2), ["3"], "the kind of the tile counts, not `render`")
                self.assertNotIn('id="tile-t1"', page)
                self.assertIn("nosuch", re.search(r'id="tile-t3".*?</section>', page, re.S)[0])
                self.assertRegex(page, r"<h3>x</h3><p class=\"figure\">7</p>")
                self.assertIn("Tiles of the kind sankey are shown as tables", page)
                self.assertRegex(page, r'id="tile-t6"[\s\S]*?aria-label="timechart"')
                self.assertEqual(self.cells(self.page(server, page="p2"), 1), ["2"])
                if form is board:
                    self.assertIn("<h3>Head</h3>", page)
                    self.assertIn("<strong>bold</strong> &lt;b&gt;", page)

    def test_what_readers_choose(self):
        time_range = {"kind": "duration", "id": "r", "displayName": "Time", "beginVariableName": "_startTime", "endVariableName": "_endTime",
                      "defaultValue": {"kind": "fixed", "start": "2024-05-01T12:00:00Z", "end": "2024-05-09"}, "showOnPages": ALL}
        parameters = [
            time_range,
            choice("_several", "array", {"kind": "query", "query": f"{ROWS} | distinct kind", "columns": {"value": "kind"}, "dataSourceId": "s"}),
            choice("_one", "scalar", {"kind": "static", "values": [{"value": "a"}, {"value": "o'\"b", "displayText": "B"}]}, {"kind": "value", "value": "a"}),
            {"kind": "long", "id": "n", "variableName": "_least", "selectionType": "freetext", "defaultValue": {"kind": "value", "value": 2}, "showOnPages": ALL},
        ]
        board = dashboard(
            tile(0, f"{ROWS} | where at between (_startTime .. _endTime) | summarize make_list(kind)"),
            tile(1, f"{ROWS} | where kind in (_several) or isempty(_several) | summarize make_list(kind)"), tile(2, "print _one"),
            tile(3, f"{ROWS} | where n >= _least | count"), tile(4, "print _endTime - _startTime"), parameters=parameters)
        for form in (board, later(board)):
            with self.serve(form) as server:
                page = self.page(server)
                self.assertEqual([self.cells(page, n)[0] for n in range(4)], ['["b","c"]', '["a","b","c"]', "a", "2"])
                self.assertRegex(page, r'name="v._several.2" value="b"')
                page = self.page(server, hours=2, **{"v._several.1": "b", "v._several.3": "c", "v._one": "o'\"b", "v._least": "3"})
                self.assertEqual([self.cells(page, n)[0] for n in range(5)], ["[]", '["b","c"]', "o'\"b", "1", "2 h"])
                self.assertRegex(page, r'value="b" checked')
                # What is typed is a value, whatever it contains.
                page = self.page(server, **{"v._least": "1); print x = (1", "v._one": "\"); print (\""})
                self.assertEqual(self.cells(page, 2), ["\"); print (\""])
                self.assertEqual(self.cells(page, 3), ["0"])

    def test_queries_that_others_build_on(self):
        board = later(dashboard(tile(0, "_big | count"), tile(1, "let _big = 5; print _big")))
        board["queries"] += [{"id": "b1", "text": f"{ROWS} | where n > 0", "usedVariables": []},
                             {"id": "b2", "text": "let least = 2;\n_rows\n| where n >= least", "usedVariables": ["_rows"]}]
        board["baseQueries"] = [{"id": "x", "queryId": "b1", "variableName": "_rows"}, {"id": "y", "queryId": "b2", "variableName": "_big"}]
        with self.serve(board) as server:
            page = self.page(server)
            self.assertEqual((self.cells(page, 0), self.cells(page, 1)), (["2"], ["5"]))

    def test_a_pinned_query_is_a_tile_of_a_new_file(self):
        with self.serve(None, "--writable") as server:
            self.assertIn("no tiles yet", self.page(server))
            query = f"{ROWS}\n| where at > _startTime\n| summarize sum(n) by kind\n| render barchart with (kind=stacked, ycolumns=sum_n)"
            self.assertEqual(self.post(server, "/dashboard/pin", title="Über <all>", csl=query).status, 303)
            self.assertEqual(self.post(server, "/dashboard/pin", title="Second", csl="deployments | count").status, 303)
            page = self.page(server)
            self.assertIn("Über &lt;all&gt;", page)
            board = self.saved()
            self.assertEqual(set(board), {"$schema", "id", "title", "tiles", "dataSources", "autoRefresh", "parameters", "pages", "schema_version"})
            first, second = board["tiles"]
            self.assertEqual((first["query"], first["visualType"], first["usedParamVariables"]), (query, "stackedbar", ["_startTime"]))
            self.assertEqual(first["visualOptions"]["yColumns"], {"type": "specified", "value": ["sum_n"]})
            self.assertEqual(second["visualType"], "table")
            self.assertEqual([t["layout"]["y"] for t in board["tiles"]], [0, 8])
            self.assertEqual({t["pageId"] for t in board["tiles"]}, {board["pages"][0]["id"]})
            for id in (board["id"], first["id"], second["id"]):
                self.assertRegex(id, GUID)
            # The editor changes the tile that it was opened from.
            self.post(server, "/dashboard/pin", title="Changed", csl="print changed = 1", tile=second["id"])
            self.post(server, "/dashboard/remove", tile=first["id"])
            [left] = self.saved()["tiles"]
            self.assertEqual((left["id"], left["title"], left["query"]), (second["id"], "Changed", "print changed = 1"))
            self.assertEqual(self.post(server, "/dashboard/pin", title="Empty", csl="  ").status, 400)

    def test_what_is_not_shown_is_kept(self):
        for form in (dashboard(tile(0, "print 1", visualOptions={"colorRules": [{"x": 1}]}), tile(1, "print 2")),
                     later(dashboard(tile(0, "print 1", visualOptions={"colorRules": [{"x": 1}]}), tile(1, "print 2")))):
            form["unknown"] = {"deep": [1, 2.5, None, "é"]}
            with self.serve(form, "--writable") as server:
                self.post(server, "/dashboard/pin", title="New", csl="print 3")
                self.post(server, "/dashboard/pin", title="Old", csl="print 4", tile="t1")
                board = self.saved()
                for name in set(form) - {"tiles", "queries"}:
                    self.assertEqual(board[name], form[name])
                self.assertEqual(board["tiles"][0], form["tiles"][0])
                if "queries" in form:
                    texts = {q["id"]: q["text"] for q in board["queries"]}
                    self.assertEqual([texts[t["queryRef"]["queryId"]] for t in board["tiles"]], ["print 1", "print 4", "print 3"])
                    self.assertEqual(len(texts), 3, "the query that nothing refers to any more is gone")
                    self.assertNotIn("query", board["tiles"][2])
                else:
                    self.assertEqual([t["query"] for t in board["tiles"]], ["print 1", "print 4", "print 3"])

    def test_without_writable_the_file_is_offered(self):
        with self.serve(dashboard(tile(0, "print 1"))) as server:
            before = self.saved()
            reply = self.post(server, "/dashboard/pin", title="Mine", csl="print 5 | render card")
            self.assertEqual(reply.status, 200)
            self.assertIn("attachment", reply.headers["content-disposition"])
            self.assertEqual([t["title"] for t in reply.json()["tiles"]], ["Tile 0", "Mine"])
            self.assertEqual(self.post(server, "/dashboard/remove", tile="t0").status, 403)
            self.assertEqual(self.saved(), before)
            self.assertEqual(json.loads(server.send("GET", "/dashboard.json").text), before)
            query = server.send("GET", "/query?csl=" + quote("print 1")).text
            self.assertIn("Download as a dashboard", query)
        with Server("--quiet") as server:
            self.assertIn("--dashboard", self.page(server))
            self.assertEqual(self.post(server, "/dashboard/pin", title="Mine", csl="print 5").json()["tiles"][0]["query"], "print 5")

    def test_a_file_that_changes(self):
        with self.serve(dashboard(tile(0, "print 1"))) as server:
            self.assertEqual(self.cells(self.page(server), 0), ["1"])
            with open(self.path, "w", encoding="utf-8") as file:
                json.dump(dashboard(tile(0, "print 22")), file)
            self.assertEqual(self.cells(self.page(server), 0), ["22"])
            with open(self.path, "w", encoding="utf-8") as file:
                file.write("{")
            self.assertEqual(self.cells(self.page(server), 0), ["22"])

    def test_files_that_are_no_dashboards(self):
        for text, expected in (("{", "is not JSON"), ("[]", "is not JSON"), ("{}", "no list of `tiles`"), ('{"tiles": 3}', "no list of `tiles`"),
                               (json.dumps(dashboard(tile(0, ""), tile(0, ""))), "two tiles with the id `t0`")):
            with open(self.path, "w", encoding="utf-8") as file:
                file.write(text)
            done = subprocess.run([PLUMB, "serve", "--port", "0", "--dashboard", self.path], capture_output=True, text=True, timeout=HANG)
            self.assertEqual(done.returncode, 1, text)
            self.assertIn(expected, done.stderr)
        os.remove(self.path)
        done = subprocess.run([PLUMB, "serve", "--port", "0", "--dashboard", self.path], capture_output=True, text=True, timeout=HANG)
        self.assertEqual(done.returncode, 1)
        self.assertIn("--writable", done.stderr)

    def test_strange_members_do_no_harm(self):
        strange = [None, 5, "x", [], {}, -1, 1e300, True]
        for member in ("id", "title", "layout", "pageId", "visualType", "visualOptions", "query", "queryRef", "markdownText"):
            tiles = [{**tile(0, "print 1"), member: value, **({} if member == "id" else {"id": f"s{i}"})} for i, value in enumerate(strange)]
            if member == "id":
                tiles = tiles[2:3]
            with self.serve(dashboard(*tiles)) as server:
                self.page(server)
        for member in ("pages", "parameters", "dataSources", "queries", "baseQueries", "title"):
            for value in strange:
                with self.serve({**dashboard(tile(0, "print 1")), member: value}) as server:
                    self.page(server)


if __name__ == "__main__":
    unittest.main()
