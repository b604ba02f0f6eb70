"""Every kind of evidence: its name, its sign, its cap and the words for it.

This is the table to add a rule to; `evidence` finds what stands here, and
`weights.json` says how much each counts.
"""

from __future__ import annotations

from typing import NamedTuple


class Feature(NamedTuple):
    """One kind of evidence.

    sign: +1 may only speak for spam, -1 only against it.
    prior: the weight believed before any data; a fit starts from it and stays
        near it where the data are few.
    cap: the most that it may add to the log-odds, either way.
    sentence: for a person; `{}` stands for what was found.
    """

    name: str
    sign: int
    prior: float
    cap: float
    sentence: str


_TABLE = (
    # --- links
    Feature("link", 1, 0.8, 2.5, "links to {}"),
    Feature("link_usual", -1, -0.7, 1.5, "links to {}, as others here do"),
    Feature("many_links", 1, 1, 2.5, "{} links"),
    Feature("link_at_end", 1, 0.5, 2.0, "ends with a link to {}"),
    Feature("keyword_anchor", 1, 0.5, 2.5, "links the words {}"),
    Feature("trade_anchor", 1, 1.5, 3.0, "links the selling words {}"),
    Feature("only_a_link", 1, 1, 2.5, "little more than a link"),
    Feature("trade_host", 1, 1.2, 3.0, "links to an address that sells: {}"),
    Feature("link_known", -1, -1, 2.0, "links to {}, as the article does"),
    Feature("link_on_topic", -1, -0.7, 1.5, "links to an address with words of the article: {}"),
    Feature("link_code", -1, -0.7, 2.0, "links to {}, where people show their work"),
    Feature("host_again", 1, 1, 2.5, "{} was linked before under another name"),
    # --- the author
    Feature("no_author", 1, 0.7, 1.5, "no author's name"),
    Feature("author_trade", 1, 1.8, 3.0, "the author's name advertises: {}"),
    Feature("author_phrase", 1, 1.5, 2.5, "the author's name is no person's: {}"),
    Feature("author_address", 1, 1.5, 2.5, "the author's name is an address: {}"),
    Feature("author_in_host", 1, 0.5, 2.0, "the author's name is that of the site linked: {}"),
    Feature("own_site", -1, -0.5, 1.5, "the author's own site, by its name: {}"),
    Feature("author_in_text", 1, 0.7, 2.0, "speaks of its author by name: {}"),
    Feature("website", 1, 0.15, 0.7, "gives an address: {}"),
    Feature("website_profile", 1, 1.0, 2.0, "the author's address is a profile made for links: {}"),
    Feature("website_trade", 1, 1.2, 3.0, "the author's address sells: {}"),
    Feature("website_deep", 1, 0.8, 1.5, "the author's address is a page deep in a site: {}"),
    Feature("dashed_host", 1, 0.6, 1.5, "a host of words and dashes: {}"),
    Feature("only_keywords", 1, 1.2, 2.5, "no sentence, but an address: {}"),
    Feature("idle", 1, 0.7, 1.5, "gives an address and takes up nothing of what is discussed"),
    Feature("website_again", 1, 1, 2.5, "{} was given before under another name"),
    Feature("author_hosts", 1, 1, 2.5, "the same name came before with another address: {}"),
    # --- what is said
    Feature("signature", 1, 1.8, 3.0, "signed with the keywords {}"),
    Feature("tail", 1, 0.4, 2.0, "ends with a line of keywords: {}"),
    Feature("keyword_rows", 1, 1.2, 2.5, "rows of keywords: {}"),
    Feature("trade", 1, 1.5, 3.0, "words of a trade: {}"),
    Feature("pitch", 1, 2, 3.0, "words that sell: {}"),
    Feature("sell", 1, 0.7, 2.0, "words of advertising: {}"),
    Feature("praise", 1, 0.3, 2.0, "praise that fits any article: {}"),
    Feature(
        "praise_to_sell", 1, 1.2, 3.0, "praise that fits any article, with something to sell: {}"
    ),
    Feature("seam", 1, 1.2, 2.0, "phrases of ready-made comments: {}"),
    Feature("template", 1, 2, 3.0, "words of a template that spam is made from: {}"),
    Feature("spinning", 1, 2, 3.0, "a template not filled in: {}"),
    Feature("talk", -1, -1, 2.5, "joins the conversation: {}"),
    Feature("question", -1, -0.3, 0.8, "asks a question"),
    Feature("smile", -1, -0.5, 1.0, "smiles"),
    Feature("code", -1, -0.5, 1.5, "shows code"),
    Feature("quote", -1, -0.3, 1.0, "quotes what it answers"),
    Feature("speaks_to", -1, -0.7, 2.0, "speaks to {}"),
    Feature("money", 1, 0.5, 1.5, "sums of money: {}"),
    Feature("phone", 1, 1, 2.5, "a telephone number: {}"),
    # --- how it is written
    Feature("look_alikes", 1, 2, 3.0, "letters of another script among Latin ones: {}"),
    Feature("hidden", 1, 1, 2.0, "invisible characters"),
    Feature("entities", 1, 1.2, 2.5, "letters written as codes"),
    Feature("spaced", 1, 0.8, 2.0, "words pulled apart: {}"),
    Feature("shouting", 1, 0.25, 1.0, "written in capitals"),
    Feature("titled", 1, 0.6, 2.0, "Capital Letters Like A Headline: {}"),
    Feature("repetition", 1, 0.8, 2.5, "the same words again and again: {}"),
    Feature("gibberish", 1, 1, 2.5, "letters that make no word: {}"),
    Feature("torn", 1, 0.4, 1.5, "begins in the middle of a sentence"),
    Feature("script", 1, 2.0, 3.0, "tries to run a script: {}"),
    Feature("markup", 1, 0.6, 1.5, "mark-up of other systems: {}"),
    # --- its place
    Feature("other_language", 1, 0.2, 0.6, "written in another language than the article ({})"),
    Feature(
        "other_language_to_sell",
        1,
        1.5,
        3.0,
        "written in another language than the article ({}), with something to sell",
    ),
    Feature("copied", 1, 0.1, 1.0, "copied from {}"),
    Feature("copied_to_sell", 1, 2.2, 3.0, "copied from {}, with something to sell"),
    Feature("copied_article", 1, 1, 2.0, "a sentence of the article, with something to sell: {}"),
    Feature("same_text", 1, 0.8, 2.5, "the same text stands in {}"),
    Feature("on_topic", -1, -1.2, 3.0, "shares words with the article: {}"),
    Feature("off_topic", 1, 0.5, 1.5, "shares no word with the article, with something to sell"),
    Feature("in_thread", -1, -0.5, 2.0, "takes up words of the discussion: {}"),
    Feature("reply", -1, -0.6, 1.5, "answers another comment"),
    Feature("late", 1, 0.2, 1.0, "the discussion was {} days old"),
    Feature("targeted", 1, 1.0, 1.5, "so look other comments under this article"),
    Feature("besieged", 1, 0.7, 1.0, "so look most recent comments on the blog"),
    Feature("regular", -1, -1.2, 2.0, "left comments here on {} earlier days"),
    Feature("known_author", -1, -1.0, 2.0, "you published {} of this author's comments"),
    Feature("by_author", -1, -6, 6.0, "written by the blog's author"),
)

FEATURES: dict[str, Feature] = {feature.name: feature for feature in _TABLE}
