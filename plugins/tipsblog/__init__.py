"""A tips blog that its author owns: checklists, comments as files, a spam filter.

A Pelican plugin (`PLUGINS = ["tipsblog"]`) and the `tipsblog` command.
"""


def register() -> None:
    """Called by Pelican: connect each feature's glue."""
    from pelican import signals

    from .build import glue as build
    from .build.whole import glue as whole
    from .checklists import glue as checklists
    from .comments import glue as comments
    from .intake import glue as intake
    from .pages import glue as pages

    signals.initialized.connect(build.take_over)
    signals.generator_init.connect(whole.keep_compiled)
    signals.article_generator_init.connect(whole.prepare_articles)
    signals.page_generator_init.connect(whole.prepare_pages)
    signals.article_generator_finalized.connect(whole.index_articles)
    signals.all_generators_finalized.connect(whole.note_context)
    signals.get_writer.connect(whole.choose_writer)
    signals.static_generator_init.connect(whole.take_over_static)

    signals.initialized.connect(comments.configure)
    signals.article_generator_finalized.connect(comments.attach)
    signals.article_writer_finalized.connect(comments.write_feeds)
    signals.feed_generated.connect(comments.count_in_feed)

    signals.article_writer_finalized.connect(intake.collect)
    signals.finalized.connect(intake.leave)

    signals.initialized.connect(pages.configure)
    signals.generator_init.connect(pages.offer_templates)
    signals.content_object_init.connect(pages.mend_names)
    signals.content_object_init.connect(pages.repair)
    signals.article_generator_finalized.connect(pages.link_neighbours)
    signals.all_generators_finalized.connect(pages.date_sitemap)
    signals.finalized.connect(pages.write_stylesheets)
    signals.finalized.connect(pages.write_scripts)

    signals.initialized.connect(checklists.configure)
    signals.content_object_init.connect(checklists.attach)
    signals.get_generators.connect(checklists.page_generator)
    signals.feed_generated.connect(checklists.plain_feed)
