"""The settings of the site while it is written; `publishconf.py` adds to them."""

AUTHOR = "Mara Lindqvist"
SITENAME = "Borrowed Hands"
SITESUBTITLE = "Tips for people who hand work to people far away"
SITEURL = ""
TIMEZONE = "UTC"
DEFAULT_LANG = "en"
# Dates must not depend on the language of the machine that builds.
LOCALE = ["C.UTF-8", "C"]
DEFAULT_DATE_FORMAT = "%A, %B %-d, %Y"

PATH = "content"
ARTICLE_PATHS = ["articles"]
PAGE_PATHS = ["pages"]
STATIC_PATHS = ["images", "extra"]
EXTRA_PATH_METADATA = {
    "extra/favicon.svg": {"path": "favicon.svg"},
    "extra/_redirects": {"path": "_redirects"},  # `tipsblog redirects` writes it
}

# Addresses as on Blogger: /2010/05/x.html, /p/about.html, /2010/05/.
ARTICLE_URL = "{date:%Y}/{date:%m}/{slug}.html"
ARTICLE_SAVE_AS = ARTICLE_URL
ARTICLE_LANG_URL = ARTICLE_LANG_SAVE_AS = "{date:%Y}/{date:%m}/{slug}-{lang}.html"
PAGE_URL = "p/{slug}.html"
PAGE_SAVE_AS = PAGE_URL
PAGE_LANG_URL = PAGE_LANG_SAVE_AS = "p/{slug}-{lang}.html"
YEAR_ARCHIVE_URL = "{date:%Y}/"
YEAR_ARCHIVE_SAVE_AS = "{date:%Y}/index.html"
MONTH_ARCHIVE_URL = "{date:%Y}/{date:%m}/"
MONTH_ARCHIVE_SAVE_AS = "{date:%Y}/{date:%m}/index.html"
TAG_URL = TAG_SAVE_AS = "labels/{slug}.html"
CATEGORY_URL = CATEGORY_SAVE_AS = "topics/{slug}.html"
AUTHOR_URL = AUTHOR_SAVE_AS = "authors/{slug}.html"
ARCHIVES_SAVE_AS = "archive.html"
TAGS_SAVE_AS = "labels.html"
CATEGORIES_SAVE_AS = "topics.html"
AUTHORS_SAVE_AS = "authors.html"
GADGET_FRAME_SAVE_AS = "gadget/latest.html"
DIRECT_TEMPLATES = [
    *["index", "archives", "tags", "categories", "authors"],
    *["gadget", "gadget_frame", "404"],
]

DEFAULT_PAGINATION = 7
DEFAULT_ORPHANS = 1
# Not "labels/x2.html": that may be the first page of a label called "x2".
PAGINATION_PATTERNS = [
    (1, "{url}", "{save_as}"),
    (2, "{base_name}/page/{number}.html", "{base_name}/page/{number}.html"),
]

MARKDOWN = {
    "extension_configs": {
        "markdown.extensions.codehilite": {"css_class": "highlight", "guess_lang": False},
        "markdown.extensions.extra": {},
        "markdown.extensions.meta": {},
        "markdown.extensions.toc": {},
    },
    "output_format": "html5",
}

MENUITEMS = [
    ("Home", "index.html"),
    ("Archive", "archive.html"),
    ("Labels", "labels.html"),
    ("Checklists", "checklists/index.html"),  # offered once an article or page has one
]

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
