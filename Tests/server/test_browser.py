"""The pages in Chromium: no error, nothing wider than the window, both themes, the editor, keys, and what axe finds.

Needs `selenium` from PyPI, and `axe-playwright-python` for its copy of axe.
"""
import importlib.util, json, os, subprocess, tempfile, time, unittest
from urllib.parse import quote

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from browser import chromium
from served import HANG, PLUMB, Server

PAGES = ["/", "/pipelines", "/predictions", "/lineage", "/dashboard", "/query?csl=" + quote("runs | summarize count() by status | render columnchart")]


class BrowserTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        file = os.path.join(cls.folder.name, "world.plumb")
        subprocess.run([PLUMB, "simulate", "--pipelines", "40", "--days", "2", "--into", file], check=True, stderr=subprocess.DEVNULL, timeout=300)
        board = os.path.join(cls.folder.name, "board.json")
        tiles = [("runs | where started > _startTime | summarize count() by bin(started, 1h), status", "line"), ("pipelines | take 50", "table"),
                 ("runs | summarize runs = count(), failed = countif(status == 'failed')", "card"), ("print nosuch", "bar")]
        with open(board, "w", encoding="utf-8") as text:
            json.dump({"title": "Board", "pages": [{"id": "p", "name": "One"}, {"id": "q", "name": "Two"}],
                       "parameters": [{"kind": "duration", "beginVariableName": "_startTime", "endVariableName": "_endTime"},
                                      {"kind": "string", "variableName": "_x", "selectionType": "array", "includeAllOption": True,
                                       "dataSource": {"kind": "static", "values": [{"value": "a"}, {"value": "b"}]}}],
                       "tiles": [{"id": f"t{n}", "title": f"Tile {n}", "query": query, "visualType": kind, "layout": {"x": n % 2 * 12, "y": n // 2 * 7, "width": 12, "height": 7}}
                                 for n, (query, kind) in enumerate(tiles)]}, text)
        cls.server = Server("--quiet", "--writable", "--dashboard", board, data=(file,))
        cls.browser = chromium()

    @classmethod
    def tearDownClass(cls):
        cls.browser.quit()
        cls.server.stop()
        cls.server.__exit__()
        cls.folder.cleanup()

    def open(self, path):
        self.browser.get(f"http://localhost:{self.server.port}{path}")

    def wait(self, condition):
        end = time.monotonic() + HANG
        while not condition():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.1)

    def errors(self):
        return [entry["message"] for entry in self.browser.get_log("browser") if entry["level"] == "SEVERE"]

    def width(self, pixels):
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": pixels, "height": 900, "deviceScaleFactor": 1, "mobile": False})

    def test_every_page_at_every_width_in_both_themes(self):
        name = self.server.rows("pipelines | take 1 | project name")[0][0]
        for path in PAGES + [f"/pipeline?name={quote(name)}"]:
            for pixels in (320, 768, 1920):
                self.width(pixels)
                for theme in ("light", "dark"):
                    self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": theme}]})
                    self.open(path)
                    self.wait(lambda: not self.browser.find_elements(By.CSS_SELECTOR, "[data-pending]"))
                    wide = self.browser.execute_script("return document.documentElement.scrollWidth - innerWidth")
                    self.assertLessEqual(wide, 0, (path, pixels))
                    outside = self.browser.execute_script("""return [...document.querySelectorAll('.card .figure, .card h2, .card h3, .card p, .card svg')].filter(e => {
                        const a = e.getBoundingClientRect(), b = e.closest('.card').getBoundingClientRect();
                        return a.right > b.right + 1 || a.left < b.left - 1 || e.scrollWidth > e.clientWidth + 1; }).map(e => e.outerHTML.slice(0, 200))""")
                    self.assertEqual(outside, [], (path, pixels))
                    self.assertEqual(self.errors(), [], path)
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

    def test_axe_reports_nothing_serious(self):
        found = importlib.util.find_spec("axe_playwright_python")
        if found is None:
            self.skipTest("axe-playwright-python is not installed")
        with open(os.path.join(found.submodule_search_locations[0], "axe.min.js")) as file:
            axe = file.read()
        name = self.server.rows("pipelines | take 1 | project name")[0][0]
        self.width(1280)
        for path in PAGES + [f"/pipeline?name={quote(name)}", "/alerts", "/login"]:
            for theme in ("light", "dark"):
                self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": theme}]})
                self.open(path)
                self.wait(lambda: not self.browser.find_elements(By.CSS_SELECTOR, "[data-pending]"))
                self.browser.execute_script(axe)
                report = self.browser.execute_async_script("const done = arguments[0]; axe.run().then(done);")
                self.assertGreater(len(report["passes"]), 10, path)
                serious = [(v["id"], v["nodes"][0]["html"][:200]) for v in report["violations"] if v["impact"] in ("serious", "critical")]
                self.assertEqual(serious, [], (path, theme))
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

    def test_the_theme_can_be_switched(self):
        self.width(1280)
        self.open("/")
        colour = lambda: self.browser.execute_script("return getComputedStyle(document.documentElement).backgroundColor")
        before = colour()
        self.browser.find_element(By.CSS_SELECTOR, "header button").click()
        after = colour()
        self.assertNotEqual(before, after)
        self.open("/pipelines")
        self.assertEqual(colour(), after)
        self.browser.find_element(By.CSS_SELECTOR, "header button").click()

    def test_the_editor(self):
        self.width(1280)
        self.open("/query")
        editor = self.browser.find_element(By.ID, "csl")
        editor.send_keys("print wrong = 1\n\npip")
        self.complete(editor, "pipelines")
        editor.send_keys("| where sta")
        self.complete(editor, "status")
        # Values come with the number of their rows.
        editor.send_keys('== "s')
        editor.send_keys(Keys.CONTROL, Keys.SPACE, Keys.NULL)
        self.wait(lambda: editor.get_attribute("value").endswith('== "succeeded"'))
        editor.send_keys(Keys.BACKSPACE * 10)
        editor.send_keys(Keys.CONTROL, Keys.SPACE, Keys.NULL)
        self.wait(lambda: self.browser.find_elements(By.CSS_SELECTOR, ".words li"))
        self.assertRegex(self.texts(".words")[0], r"succeeded\s*[0-9]+ rows")
        editor.send_keys(Keys.ESCAPE)
        editor.send_keys('succeeded" or true')
        # The colours below the text say the same as the text.
        coloured = lambda: self.browser.find_element(By.CSS_SELECTOR, ".ink").get_attribute("textContent")
        self.assertEqual(coloured().rstrip("\n"), editor.get_attribute("value"))
        self.wait(lambda: self.texts(".ink .ink3") == ['"succeeded"'])
        editor.send_keys(" | count")
        # Only the block at the caret runs.
        editor.send_keys(Keys.CONTROL, Keys.ENTER)
        self.wait(lambda: "csl=pipelines" in self.browser.current_url)
        self.wait(lambda: self.browser.find_elements(By.CSS_SELECTOR, "#result td"))
        self.assertEqual(self.browser.find_element(By.CSS_SELECTOR, "#result td").text, "40")
        self.open("/query")
        self.assertIn("| count", self.browser.find_element(By.CSS_SELECTOR, "[data-history]").text)
        self.assertEqual(self.errors(), [])

    def texts(self, selector):
        """The texts of elements at one moment, since the script may replace them."""
        return self.browser.execute_script("return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector)

    def complete(self, editor, word):
        """Completes the word before the caret, from the list if there are several."""
        editor.send_keys(Keys.CONTROL, Keys.SPACE, Keys.NULL)
        done = lambda: editor.get_attribute("value").endswith(word + " ")
        self.wait(lambda: done() or self.browser.find_elements(By.CSS_SELECTOR, ".words [aria-selected=true]"))
        if not done():
            while not self.texts(".words [aria-selected=true]")[0].startswith(word):
                editor.send_keys(Keys.DOWN)
            editor.send_keys(Keys.ENTER)
            self.wait(done)

    def test_a_mistake_is_marked_where_it_is(self):
        self.width(1280)
        self.open("/query?csl=" + quote('pipelines | where "é" == status\n| where stat == 1'))
        wrong = self.browser.find_element(By.CSS_SELECTOR, ".ink .wrong")
        self.assertEqual(wrong.get_attribute("textContent"), "stat")
        self.assertIn("has no column", self.browser.find_element(By.CSS_SELECTOR, "[role=alert]").text)
        self.browser.find_element(By.ID, "csl").send_keys(" ")
        self.assertEqual(self.browser.find_elements(By.CSS_SELECTOR, ".ink .wrong"), [])

    def test_a_query_is_pinned_edited_and_removed(self):
        self.width(1280)
        self.open("/query?csl=" + quote("print pinned = 1"))
        title = self.browser.find_element(By.CSS_SELECTOR, "#pin input[name=title]")
        title.send_keys("Mine", Keys.ENTER)
        self.wait(lambda: "/dashboard" in self.browser.current_url)
        tile = lambda: self.browser.find_element(By.XPATH, "//section[h2='Mine']")
        self.wait(lambda: any("pinned" in text for text in self.texts(".tile")))
        tile().find_element(By.LINK_TEXT, "Edit").click()
        self.wait(lambda: "/query" in self.browser.current_url)
        editor = self.browser.find_element(By.ID, "csl")
        editor.send_keys(Keys.CONTROL, Keys.END, Keys.NULL)
        editor.send_keys(" + 41")
        self.browser.find_element(By.CSS_SELECTOR, ".editor button").click()
        self.wait(lambda: self.texts("#result td") == ["42"])
        self.browser.find_element(By.CSS_SELECTOR, "#pin button").click()
        self.wait(lambda: "/dashboard" in self.browser.current_url)
        self.wait(lambda: any("Mine" in text and "42" in text for text in self.texts(".tile")))
        tile().find_element(By.CSS_SELECTOR, "button").click()
        self.wait(lambda: not self.browser.find_elements(By.XPATH, "//section[h2='Mine']"))
        # One tile has a query that is wrong on purpose; the page itself has no error.
        self.assertEqual(self.errors(), [])

    def test_times_are_shown_in_a_zone(self):
        self.width(1280)
        self.open("/?tz=Asia/Kathmandu")
        clock = lambda: self.browser.find_element(By.CSS_SELECTOR, ".clock").text
        self.assertEqual(clock(), "as of 2026-03-04 20:45 Asia/Kathmandu")
        zones = self.browser.find_element(By.CSS_SELECTOR, "header select")
        zones.find_element(By.XPATH, "option[.='UTC']").click()
        self.assertEqual(clock(), "as of 2026-03-04 15:00 UTC")
        self.assertNotIn("tz=", self.browser.current_url)
        zones.find_element(By.XPATH, "option[.='Asia/Kathmandu']").click()
        self.assertIn("tz=Asia%2FKathmandu", self.browser.current_url)
        # The choice stays on other pages, until the address says otherwise.
        self.open("/pipelines")
        self.assertIn("Kathmandu", clock())
        self.open("/pipelines?tz=No/Where")
        self.assertTrue(clock().endswith("15:00 UTC"))
        self.open("/?tz=UTC")
        self.browser.execute_script("localStorage.clear()")
        self.assertEqual(self.errors(), [])

    def test_keys_and_links(self):
        self.width(1280)
        self.open("/")
        body = lambda: self.browser.find_element(By.TAG_NAME, "body")
        body().send_keys("g", "p")
        self.wait(lambda: self.browser.current_url.endswith("/pipelines"))
        self.wait(lambda: self.browser.find_elements(By.CSS_SELECTOR, "tbody th a"))
        body().send_keys("j")
        first = self.browser.switch_to.active_element
        name = first.text
        first.send_keys(Keys.ENTER)
        self.wait(lambda: self.browser.find_element(By.TAG_NAME, "h1").text == name)
        self.browser.find_element(By.LINK_TEXT, "Lineage").click()
        self.wait(lambda: "/lineage" in self.browser.current_url)
        self.open("/pipelines")
        self.browser.find_element(By.CSS_SELECTOR, "input[type=search]").send_keys(name, Keys.ENTER)
        self.wait(lambda: "q=" in self.browser.current_url)
        self.assertIn(name, self.browser.find_element(By.TAG_NAME, "main").text)
        self.assertEqual(self.errors(), [])

    def test_a_change_reaches_an_open_page(self):
        self.width(1280)
        with Server("--writable", "--quiet") as server:
            self.browser.get(f"http://localhost:{server.port}/pipelines")
            self.assertEqual(self.browser.find_elements(By.CSS_SELECTOR, "a[href*=late]"), [])
            time.sleep(1)
            server.command(".set late <| print a = 1")
            self.wait(lambda: self.browser.find_elements(By.CSS_SELECTOR, "a[href*=late]"))
            self.assertEqual(self.errors(), [])
            self.browser.get("about:blank")


if __name__ == "__main__":
    unittest.main()
