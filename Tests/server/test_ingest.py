"""Rows that clients send: streaming ingestion and `.ingest inline`."""
import gzip, json, os, subprocess, tempfile, unittest
from urllib.parse import quote

from served import HANG, PLUMB, Server


class IngestionTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--writable")

    @classmethod
    def tearDownClass(cls):
        assert cls.server.stop() == 0
        cls.server.__exit__()

    def setUp(self):
        self.server.command(".drop table visits ifexists")
        self.server.command(".create table visits (at: datetime, page: string, n: long)")

    def send(self, data, form="csv", table="visits", database="NetDefaultDB", **headers):
        return self.server.send("POST", f"/v1/rest/ingest/{database}/{quote(table)}?streamFormat={form}&mappingName=m", data, **headers)

    def rows(self):
        return self.server.rows("visits | sort by n asc")

    WANT = [["2024-01-01T00:00:00.0000000Z", "a, b", 1], [None, "é", 2]]

    def test_formats(self):
        forms = {"csv": '2024-01-01,"a, b",1\n,é,2\n', "tsv": "2024-01-01\ta, b\t1\n\té\t2\n", "psv": "2024-01-01|a, b|1\n|é|2\n",
                 "json": '{"at":"2024-01-01","page":"a, b","n":1}\n{"n":2,"page":"é"}\n',
                 "multijson": '[{"at":"2024-01-01","page":"a, b","n":1},\n {"n":2,"page":"é"}]'}
        for form, text in forms.items():
            for data in (text.encode(), gzip.compress(text.encode())):
                self.setUp()
                reply = self.send(data, form)
                self.assertEqual((reply.status, reply.json()["Tables"][0]["Rows"]), (200, [[2]]), (form, reply.text))
                self.assertEqual(self.rows(), self.WANT, form)

    def test_rows_are_added(self):
        for n in range(3):
            self.assertEqual(self.send(f",x,{n}\n".encode()).status, 200)
        self.assertEqual([row[2] for row in self.rows()], [0, 1, 2])

    def test_inline(self):
        rows = self.server.command('.ingest inline into table visits <|\n2024-01-01,"a, b",1\n,é,2')
        self.assertEqual((len(rows), rows[0]["HasErrors"]), (1, False))
        self.server.command(".ingest inline into table ['visits'] with (format = 'psv', ignoreFirstRecord = true) <| at|page|n\n|x|3")
        self.assertEqual(self.rows(), self.WANT + [[None, "x", 3]])

    def test_mistakes_add_nothing(self):
        cases = [self.send(b"x,y,z\n"), self.send(b",a,1\n,b\n,c,d,e,f\n"), self.send(b",a,1\n", table="nope"),
                 self.send(b",a,1\n", database="Elsewhere"), self.send(b",a,1\n", form="docx")]
        for number, reply in enumerate(cases):
            self.assertEqual(reply.status, 400, (number, reply.text))
            self.assertNotIn("/tmp", reply.message)
        self.assertEqual(self.rows(), [])
        self.assertEqual(self.send(b"", table="visits/more").status, 404)

    def test_read_only(self):
        with Server() as server:
            self.assertEqual(server.send("POST", "/v1/rest/ingest/NetDefaultDB/deployments?streamFormat=csv", b"a,,b,c\n").status, 403)
            self.assertEqual(server.query(".ingest inline into table deployments <| a,,b,c", path="/v1/rest/mgmt").status, 403)
            self.assertEqual(server.rows("deployments | count"), [[5]])

    def test_a_file_keeps_them(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "w.plumb")
            with Server("--writable", data=(path,)) as server:
                server.command(".create table t (a: long)", db="w")
                self.assertEqual(server.send("POST", "/v1/rest/ingest/w/t?streamFormat=csv", b"1\n2\n").status, 200)
                self.assertEqual(server.rows("t | count", db="w"), [[2]])
                self.assertEqual(server.stop(), 0)
            run = subprocess.run([PLUMB, "query", path, "--format", "csv", "-c", "t | summarize sum(a)"], capture_output=True, text=True, timeout=HANG)
            self.assertEqual(run.stdout.split(), ["sum_a", "3"])


if __name__ == "__main__":
    unittest.main()
