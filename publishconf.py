"""The settings of the published site: those of `pelicanconf.py`, and an address."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
from pelicanconf import *  # noqa: F403
from pelicanconf import DIRECT_TEMPLATES, PLUGINS

SITEURL = "https://borrowed-hands.example.com"
FEED_DOMAIN = SITEURL
FEED_ALL_ATOM = "feeds/posts.atom"
FEED_MAX_ITEMS = 25

PLUGINS = [*PLUGINS, "sitemap"]
SITEMAP = {"exclude": [r"^404\.html$", r"^robots\.txt$", r"^gadget/"]}
DIRECT_TEMPLATES = [*DIRECT_TEMPLATES, "robots"]
ROBOTS_SAVE_AS = "robots.txt"
