"""The pages as a browser receives them: complete without scripts, nothing loaded from elsewhere, every panel a query."""
import gzip, html, html.parser, json, os, re, subprocess, tempfile, time, unittest
from urllib.parse import parse_qs, quote, urlsplit

from served import HANG, PLUMB, ROOT, Server

PAGES = ["/", "/pipelines", "/predictions", "/lineage", "/query"]
EMPTY = {"meta", "link", "input", "br", "img", "hr", "rect", "path", "line", "circle", "use", "stop", "ellipse", "polygon", "polyline"}
HOSTILE = "<script>alert(1)</script>\"'&"


class Page(html.parser.HTMLParser):
    """The elements of a page; fails where a tag is not closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.text = [], [], ""
        self.feed(text)
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        # Some elements of lists and tables may be left open, but these pages close them.
        if tag not in EMPTY and tag != "option":
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        if tag in EMPTY or tag == "option":
            return
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data):
        self.text += data

    def links(self):
        return [a["href"] for tag, a in self.elements if tag == "a" and "href" in a]


class PageTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.file = os.path.join(cls.folder.name, "world.plumb")
        subprocess.run([PLUMB, "simulate", "--pipelines", "40", "--days", "2", "--into", cls.file], check=True,
                       stderr=subprocess.DEVNULL, timeout=300)
        cls.server = Server(data=(cls.file,))

    @classmethod
    def tearDownClass(cls):
        assert cls.server.stop() == 0
        cls.server.__exit__()
        cls.folder.cleanup()

    def get(self, path, **headers):
        reply = self.server.send("GET", path, Accept="text/html", **headers)
        self.assertEqual(reply.status, 200, (path, reply.text[:300]))
        return reply

    def complete(self, path):
        """The page once what is computed in the background is there."""
        end = time.monotonic() + HANG
        while True:
            reply = self.get(path)
            if "data-pending" not in reply.text:
                return reply
            self.assertLess(time.monotonic(), end, path)
            time.sleep(0.2)

    def names(self):
        return [row[0] for row in self.server.rows("pipelines | project name | sort by name asc")]

    def test_every_page(self):
        name = self.names()[0]
        for path in PAGES + [f"/pipeline?name={quote(name)}", f"/lineage?focus={quote(name)}&up=2&down=2", "/?hours=1", "/?hours=720",
                             f"/lineage?focus={quote(name)}&mode=impact&by=source", f"/lineage?focus={quote(name)}&mode=cause",
                             "/query?csl=" + quote("runs | summarize count() by status | render piechart")]:
            reply = self.complete(path)
            page = Page(reply.text)
            self.assertNotIn("class=\"error\"", reply.text, path)
            self.assertIn("default-src 'none'", reply.headers["content-security-policy"])
            self.assertNotIn("unsafe-eval", reply.headers["content-security-policy"])
            ids = [a["id"] for _, a in page.elements if "id" in a and not re.fullmatch(r"h\d", a["id"])]
            self.assertEqual(len(ids), len(set(ids)), path)
            for tag, attributes in page.elements:
                for name_ in ("src", "href", "action"):
                    target = attributes.get(name_)
                    self.assertTrue(target is None or target[:1] in "/#" and target[:2] != "//" or target == "data:,", (path, target))
                self.assertFalse([n for n in attributes if n.startswith("on")], (path, tag))
            self.assertFalse([1 for tag, a in page.elements if tag == "script" and "src" not in a])
            self.assertEqual(len([1 for tag, _ in page.elements if tag == "h1"]), 1)

    def test_every_panel_is_a_query(self):
        for path in ("/", "/pipelines", f"/pipeline?name={quote(self.names()[0])}", "/lineage", "/predictions"):
            text = self.complete(path).text
            queries = [parse_qs(urlsplit(link).query)["csl"][0] for link in Page(text).links() if link.startswith("/query?")]
            self.assertGreater(len(queries), 0, path)
            for query in queries[:12]:
                self.assertEqual(self.server.query(query).status, 200, query)

    def test_counts_lead_to_exactly_those_runs(self):
        text = self.get("/pipelines?sort=failed").text
        found = re.search(r'<td class="number"><a href="(/query\?csl=[^"]*failed[^"]*)">([^<]*)</a>', text)
        query = parse_qs(urlsplit(found[1].replace("&amp;", "&")).query)["csl"][0]
        self.assertEqual(len(self.server.rows(query)), int(found[2]))

    def test_filters(self):
        source = self.server.rows("pipelines | take 1 | project source")[0][0]
        count = self.server.rows(f'pipelines | where source == "{source}" | count')[0][0]
        page = Page(self.get(f"/pipelines?source={quote(source)}").text)
        self.assertIn(f"of {count}", page.text)
        self.assertIn(f'pipelines | where source == "{source}"', page.text)
        self.assertIn("No pipeline matches", self.get("/pipelines?q=nothing-of-the-kind").text)

    def test_the_query_page(self):
        page = self.get("/query?csl=" + quote("pipelines | where nope > 1"))
        self.assertIn("nope", page.text)
        self.assertIn("^^^^", page.text)
        for form, wanted in (("datatable", "datatable"), ("json", "&quot;x&quot;"), ("explain", "Physical"), ("expand", "print")):
            self.assertIn(wanted, self.get(f"/query?as={form}&csl=" + quote("print x = 1")).text, form)
        self.assertEqual(self.server.send("GET", "/result.csv?csl=" + quote("print x = 1")).text.split(), ["x", "1"])
        self.assertIn("/v1/rest/mgmt", self.get("/query?csl=.show%20tables").text)

    def test_nothing_breaks_out_of_its_place(self):
        for path in ("/query?csl=" + quote(HOSTILE), "/query?csl=" + quote(f"print x = {json.dumps(HOSTILE)}"),
                     "/pipeline?name=" + quote(HOSTILE), "/lineage?focus=" + quote(HOSTILE), "/pipelines?q=" + quote(HOSTILE),
                     "/pipelines?source=" + quote(HOSTILE), "/?hours=" + quote(HOSTILE), "/pipelines?page=-5", "/lineage?up=999999999999"):
            text = self.get(path).text
            self.assertNotIn("<script>alert", text, path)
            Page(text)

    def test_assets(self):
        script = self.server.send("GET", "/assets/plumb.js")
        self.assertLess(len(script.body), 25 * 1024)
        self.assertNotRegex(script.text, r"https?://|eval\(|innerHTML\s*=")
        self.assertNotRegex(self.server.send("GET", "/assets/plumb.css").text, r"https?://|@import")
        packed = self.server.send("GET", "/pipelines", Accept_Encoding="gzip")
        self.assertEqual(packed.headers["content-encoding"], "gzip")
        self.assertIn(b"</html>", gzip.decompress(packed.body))
        head = self.server.send("HEAD", "/")
        self.assertEqual((head.status, head.body), (200, b""))

    def offers(self, text):
        reply = self.server.send("GET", "/complete?csl=" + quote(text)).json()
        return reply["typed"], {offer[0]: offer[1:] for offer in reply["offers"]}

    def test_what_the_editor_is_offered(self):
        self.assertIn("pipelines", self.offers("pip")[1])
        self.assertEqual(self.offers("runs | where sta")[0], 3)
        self.assertEqual(self.offers("runs | where sta")[1]["status"], ["string", " "])
        values = self.offers('runs | where status == "')[1]
        self.assertRegex(values["succeeded"][0], "^[0-9]+ rows$")
        self.assertEqual(values["succeeded"][1], '"')
        self.assertEqual(self.offers("let é = '🜁'; runs | summarize cou")[0], 3)
        self.assertIn("count(", self.offers("let é = '🜁'; runs | summarize cou")[1])
        for text in ("", "|", '"', "(" * 500, HOSTILE, "x" * 30000, 'externaldata (a: string) ["/etc/passwd"] | where a == "'):
            self.assertLessEqual(len(self.offers(text)[1]), 60)

    def test_colours(self):
        text = 'runs // é🜁\n| where status == "é" and tier < 3'
        pieces = json.loads(self.server.send("GET", "/colours?csl=" + quote(text)).text)
        units = text.encode("utf-16-le")
        self.assertEqual([units[2 * a:2 * b].decode("utf-16-le") for _, a, b in pieces], ["// é🜁", "where", '"é"', "and", "3"])
        self.assertEqual(self.server.send("GET", "/colours?csl=" + "x" * 30000).json(), [])

    def test_the_readme_shows_the_page(self):
        with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
            shown = file.read().split("Plumb   Overview", 1)[1].split("```", 1)[0]
        with Server("--quiet", data=()) as server:
            end = time.monotonic() + HANG
            while "data-pending" in (page := server.send("GET", "/", Accept="text/html").text):
                self.assertLess(time.monotonic(), end)
                time.sleep(0.2)
        plain = lambda text: html.unescape(re.sub(r"<[^>]*>", "", text))
        lines = [re.sub(r"  +", "  ", line.strip()) for line in shown.splitlines()]
        cards = re.findall(r'<li class="card.*?<h2>(.*?)</h2><p class="figure">(.*?)</p>', page)
        self.assertIn("  ".join(plain(title) for title, _ in cards), lines)
        self.assertIn("  ".join(plain(figure) for _, figure in cards), lines)
        needs = re.findall(r"<li><h3>(.*?)</h3><p class=\"quiet\">(.*?)</p>", page)
        for number, (cause, detail) in enumerate(needs, 1):
            self.assertIn(f"{number}. {plain(cause)}", lines)
            self.assertIn(plain(detail), lines)

    def test_without_telemetry(self):
        with Server() as server:
            for path in PAGES:
                text = server.send("GET", path).text
                Page(text)
                self.assertIn("deployments", text, path)

    def test_snapshot(self):
        with tempfile.TemporaryDirectory() as folder:
            file, site = os.path.join(folder, "world.plumb"), os.path.join(folder, "site")
            subprocess.run([PLUMB, "simulate", "--pipelines", "12", "--days", "2", "--into", file], check=True, stderr=subprocess.DEVNULL, timeout=HANG * 5)
            run = subprocess.run([PLUMB, "serve", file, "--snapshot", site], capture_output=True, text=True, timeout=HANG * 5)
            self.assertEqual(run.returncode, 0, run.stderr)
            names = sorted(os.listdir(site))
            self.assertEqual(len([n for n in names if n.startswith("pipeline-")]), 12)
            self.assertEqual([n for n in names if not n.startswith("pipeline-")],
                             ["alerts.html", "index.html", "lineage.html", "pipelines.html", "plumb.css", "predictions.html"])
            reached = set()
            for name in names:
                with open(os.path.join(site, name), encoding="utf-8") as page:
                    text = page.read()
                if not name.endswith(".html"):
                    continue
                page = Page(text)
                self.assertNotIn("data-pending", text, name)
                for tag, attributes in page.elements:
                    self.assertNotIn(tag, ("script", "form"), name)
                    for link in (attributes.get("href"), attributes.get("src")):
                        if link and not link.startswith(("#", "data:")):
                            self.assertIn(link, names, name)
                            reached.add(link)
            self.assertEqual(reached, set(names))
            # A folder may be written again; one that cannot be made is reported.
            self.assertEqual(subprocess.run([PLUMB, "serve", file, "--snapshot", site], capture_output=True, timeout=HANG * 5).returncode, 0)
            run = subprocess.run([PLUMB, "serve", file, "--snapshot", os.path.join(file, "x")], capture_output=True, text=True, timeout=HANG * 5)
            self.assertEqual((run.returncode, "cannot make the folder" in run.stderr), (1, True), run.stderr)

    def test_sign_in(self):
        with Server("--token", "s3 cret;") as server:
            away = server.send("GET", "/pipelines", Accept="text/html")
            self.assertEqual((away.status, away.headers["location"]), (303, "/login"))
            self.assertEqual(server.send("GET", "/login").status, 200)
            self.assertEqual(server.send("POST", "/login", b"token=wrong").status, 401)
            reply = server.send("POST", "/login", b"token=s3+cret%3B")
            cookie = reply.headers["set-cookie"]
            self.assertEqual(reply.status, 303)
            self.assertTrue("HttpOnly" in cookie and "SameSite=Strict" in cookie)
            self.assertEqual(server.send("GET", "/pipelines", Cookie="a=b; " + cookie.split(";")[0]).status, 200)
            self.assertEqual(server.send("GET", "/pipelines", Cookie="plumb_token=").status, 401)

    def test_changes_are_announced(self):
        with Server("--writable") as server:
            connection = server.connection()
            connection.request("GET", "/events")
            stream = connection.getresponse()
            self.assertEqual(stream.getheader("content-type"), "text/event-stream")
            self.assertEqual(stream.readline(), b"retry: 5000\n")
            server.command(".set late <| print a = 1")
            while stream.readline() != b"event: changed\n":
                pass
            self.assertEqual(server.stop(), 0)
            connection.close()


if __name__ == "__main__":
    unittest.main()
