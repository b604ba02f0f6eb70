"""The settings of the site while it is written; `publishconf.py` adds to them."""

AUTHOR = "Mara Lindqvist"
SITENAME = "Borrowed Hands"
SITESUBTITLE = "Tips for people who hand work to people far away"
SITEURL = ""
TIMEZONE = "UTC"
DEFAULT_LANG = "en"

PATH = "content"
ARTICLE_PATHS = ["articles"]
PAGE_PATHS = ["pages"]
STATIC_PATHS = ["images", "extra"]
EXTRA_PATH_METADATA = {"extra/favicon.svg": {"path": "favicon.svg"}}

ARTICLE_URL = "{date:%Y}/{date:%m}/{slug}.html"
ARTICLE_SAVE_AS = ARTICLE_URL
PAGE_URL = "p/{slug}.html"
PAGE_SAVE_AS = PAGE_URL

PLUGIN_PATHS = ["plugins"]
PLUGINS = ["tipsblog"]
THEME = "theme"
JINJA_ENVIRONMENT = {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True}

# While there is no SITEURL, Pelican's feeds would carry no valid addresses.
FEED_ALL_ATOM = None
CATEGORY_FEED_ATOM = None
TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = None
AUTHOR_FEED_RSS = None
