"""Every kind of evidence: its name, its sign, its cap and the words for it.

This is the table to add a rule to; `evidence` finds what stands here, and
`weights.json` says how much each counts.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Feature:
    """One kind of evidence.

    sign: +1 may only speak for spam, -1 only against it.
    cap: the most that it may add to the log-odds, either way.
    sentence: for a person; `{}` stands for what was found.
    """

    name: str
    sign: int
    cap: float
    sentence: str


_TABLE = (
    # --- links
    Feature("link", 1, 2.5, "links to {}"),
    Feature("many_links", 1, 2.5, "{} links"),
    Feature("link_at_end", 1, 2.5, "ends with a link to {}"),
    Feature("keyword_anchor", 1, 3.0, "a link dressed as the words {}"),
    Feature("only_a_link", 1, 2.5, "little more than a link"),
    Feature("link_known", -1, 2.0, "links to {}, as the article does"),
    Feature("link_code", -1, 1.5, "links to {}, where code and answers live"),
    # --- the author
    Feature("no_author", 1, 1.5, "no author's name"),
    Feature("author_keyword", 1, 3.0, "the author's name advertises: {}"),
    Feature("author_address", 1, 3.0, "the author's name is an address"),
    Feature("author_in_host", 1, 2.5, "the author's name is that of the site linked: {}"),
    Feature("deep_website", 1, 2.5, "the author's address is a page of a site: {}"),
    # --- what is said
    Feature("signature", 1, 3.0, "signed with the keywords {}"),
    Feature("trade", 1, 3.0, "words of a trade: {}"),
    Feature("pitch", 1, 3.0, "words that sell: {}"),
    Feature("praise", 1, 2.0, "praise that fits any article: {}"),
    Feature("talk", -1, 2.5, "joins the conversation: {}"),
    Feature("money", 1, 1.5, "sums of money: {}"),
    Feature("phone", 1, 2.5, "a telephone number: {}"),
    # --- how it is written
    Feature("look_alikes", 1, 3.0, "letters of another script among Latin ones: {}"),
    Feature("hidden", 1, 2.0, "invisible characters"),
    Feature("entities", 1, 2.5, "letters written as codes"),
    Feature("spaced", 1, 2.0, "words pulled apart: {}"),
    Feature("shouting", 1, 1.0, "written in capitals"),
    # --- its place
    Feature("other_language", 1, 2.5, "written in another language than the article ({})"),
    Feature("copied", 1, 1.5, "copied from {}"),
    Feature("copied_to_sell", 1, 3.0, "copied from {}, with something to sell"),
    Feature("same_text", 1, 3.0, "the same text stands in {}"),
    Feature("on_topic", -1, 3.0, "shares words with the article: {}"),
    Feature("in_thread", -1, 2.5, "takes up words of the discussion: {}"),
    Feature("reply", -1, 1.5, "answers another comment"),
    Feature("old_article", 1, 1.5, "the article was {} days old"),
    Feature("by_author", -1, 6.0, "written by the blog's author"),
)

FEATURES: dict[str, Feature] = {feature.name: feature for feature in _TABLE}
