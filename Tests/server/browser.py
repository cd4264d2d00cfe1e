"""Chromium without a window, for the tests of pages. Needs `selenium` from PyPI."""
from selenium import webdriver

from served import HANG


def chromium():
    """A browser of its own; its log has what pages report as errors."""
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-device-scale-factor=1"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
    browser.set_page_load_timeout(HANG)
    return browser
