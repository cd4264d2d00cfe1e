"""The page of alerts, and those of a case, in Chromium: no error, nothing wider than the window, both themes, the silence button. Needs `selenium` from PyPI."""
import os, subprocess, sys, tempfile, time, unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "server"))
from browser import chromium
from served import HANG, PLUMB, Server

from selenium.webdriver.common.by import By

RULE = """// alert: failing  severity: high  every: 5m  keep: 1h
// key: pipeline
// says: {pipeline} failed {times} times
runs | where ended > ago(1d) and status == "failed" | summarize times = count() by pipeline | project pipeline, times
"""


class BrowserTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.browser = chromium()

    @classmethod
    def tearDownClass(cls):
        cls.browser.quit()
        cls.folder.cleanup()

    def plumb(self, *arguments, statuses=(0,)):
        done = subprocess.run([PLUMB, *arguments], cwd=self.folder.name, capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL)
        self.assertIn(done.returncode, statuses, (arguments, done.stderr))
        return done.stdout

    def open(self, server, path):
        self.browser.get(f"http://localhost:{server.port}{path}")

    def find(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def wait(self, condition):
        end = time.monotonic() + HANG
        while not condition():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.1)

    def check_widths(self, server, path):
        for pixels in (320, 768, 1920):
            self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": pixels, "height": 900, "deviceScaleFactor": 1, "mobile": False})
            for theme in ("light", "dark"):
                self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": theme}]})
                self.open(server, path)
                self.assertLessEqual(self.browser.execute_script("return document.documentElement.scrollWidth - innerWidth"), 0, (path, pixels, theme))
        severe = [entry["message"] for entry in self.browser.get_log("browser") if entry["level"] == "SEVERE"]
        self.assertEqual(severe, [], path)

    def test_alerts_and_their_silence_button(self):
        self.plumb("simulate", "--pipelines", "40", "--days", "2", "--into", "world.plumb")
        os.mkdir(os.path.join(self.folder.name, "rules"))
        with open(os.path.join(self.folder.name, "rules", "failing.kql"), "w") as file:
            file.write(RULE)
        self.plumb("alert", "run", "--once", "rules", "world.plumb", statuses=(3,))
        for flags in ((), ("--writable",)):
            server = Server("--quiet", *flags, data=(os.path.join(self.folder.name, "world.plumb"),))
            try:
                self.check_widths(server, "/alerts")
                rows = self.find("#firing tbody tr")
                self.assertGreater(len(rows), 0)
                self.assertEqual(len(self.find("#firing form")) > 0, bool(flags), "only a writable server has buttons")
                if not flags:
                    continue
                name = rows[0].find_elements(By.CSS_SELECTOR, "td a")[1].text
                rows[0].find_elements(By.CSS_SELECTOR, "details summary")[0].click()
                self.assertIn("times", rows[0].find_element(By.CSS_SELECTOR, "pre").text)
                form = rows[0].find_element(By.CSS_SELECTOR, "form")
                form.find_element(By.XPATH, "..").find_element(By.CSS_SELECTOR, "summary").click()
                form.find_element(By.NAME, "reason").send_keys("a planned change")
                form.find_element(By.CSS_SELECTOR, "button").click()
                self.wait(lambda: any("a planned change" in row.text for row in self.find("#silences tbody tr")))
                self.assertEqual(self.find("#problem"), [])
                self.assertIn(name, self.find("#silences")[0].text)
            finally:
                server.stop()
                server.__exit__()

    def test_a_case_of_a_group(self):
        self.plumb("case", "start", "cascade", "--seed", "4", "--into", "game.plumb")
        server = Server("--quiet", "--token", "group", "--master-token", "master", data=(os.path.join(self.folder.name, "game.plumb"),))
        try:
            def sign_in(token):
                self.browser.delete_all_cookies()
                self.open(server, "/login")
                self.find("input[name=token]")[0].send_keys(token)
                self.find("form button")[0].click()
                self.wait(lambda: "Overview" in self.browser.title)

            sign_in("group")
            self.check_widths(server, "/case")
            self.assertNotIn("Game master", self.find("nav")[0].text)
            self.find("#answer input[name=pipeline]")[0].send_keys("nobody")
            self.find("#answer input[name=cause]")[0].send_keys("cpu")
            self.find("#answer form button")[0].click()
            self.wait(lambda: self.find("#problem") and "nobody" in self.find("#problem")[0].text)
            sign_in("master")
            self.check_widths(server, "/game")
            for button in self.find("#controls form button"):
                if "wrong lead" in button.text:
                    button.click()
                    break
            self.wait(lambda: self.find("#said") and "Interjected" in self.find("#said")[0].text)
            self.assertIn("looked odd", self.find("#transcript")[0].text)
            self.open(server, "/game/report")
            self.assertIn("of 100 points", self.browser.title)
        finally:
            server.stop()
            server.__exit__()


unittest.main()
