"""The installation that the tests share which only look around: people in both scripts, a campaign under way."""

import csv

from tests.browser.steps import EMAIL, sign_in
from tests.factories.accounts import PASSWORD

PARISA = "parisa@example.com"
PEOPLE = 60
"""More than a page of the list holds."""
NAMES = ["Olga Petrova", "سارا احمدی", "Björn Ånäs", "مینا رضایی", "Zoë O’Neill", "پویا گلستانی"]
CAMPAIGN = """\
campaign: Letters to everybody
audience: {tag: letters}
window: {days: [mon, tue, wed, thu, fri, sat, sun], from: "00:00", to: "24:00"}
sender: {name: Olivia Owens, email: olivia@example.com}
steps:
  - email: {name: Welcome, subject: "Hello {{ contact.first_name | default: 'there' }}", body: "Good to have you."}
    wait: 0 days
  - email: {name: A story, subject: A story, body: "How a team of seven saved a day a week."}
    wait: 7 days
"""


class Office:
    """Olivia reads English, Parisa reads Persian; `cookies` hold a signed-in window of each by language."""

    def __init__(self, installation):
        self.installation = installation
        self.cookies = {}

    def settle_in(self, browser):
        run, folder = self.installation.run, self.installation.folder
        add = ("user", "add", PARISA, "--name", "پریسا پارسا", "--role", "admin", "--password-stdin")
        run(*add, given=PASSWORD + "\n")
        self._write_people(folder / "people.csv")
        (folder / "letters.yaml").write_text(CAMPAIGN, encoding="utf-8")
        run("import", "contacts", str(folder / "people.csv"))
        run("campaign", "import", str(folder / "letters.yaml"))
        run("campaign", "start", "letters-to-everybody")
        self.installation.start()
        self.cookies = {"en": self._come_in(browser, EMAIL, "en"), "fa": self._come_in(browser, PARISA, "fa")}

    def _write_people(self, path):
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["Name", "Email", "Phone", "Company", "City", "Tags"])
            for number in range(PEOPLE):
                name, tag = NAMES[number % len(NAMES)], ["vip", "customer", "newsletter"][number % 3]
                email, phone = f"person.{number}@alder.example", f"+4930123{number:04}"
                rows.writerow([name, email, phone, f"Alder {number}", "Hamburg", f"letters;{tag}"])

    def _come_in(self, browser, email, locale):
        context = browser.new_context(base_url=self.installation.url)
        page = context.new_page()
        sign_in(page, email)
        page.wait_for_url("**/contacts*")
        page.goto("/settings/profile")
        page.locator("select[name=locale]").select_option(locale)
        page.locator("main form[action='/settings/profile'] button[type=submit]").click()
        page.locator(f"html[lang={locale}] #toasts [data-toast]").wait_for()
        cookies = context.storage_state()
        context.close()
        return cookies
