"""Static files under names that carry a hash of what is in them, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Renames the relative imports inside ES modules too: a changed module changes the names of all that use it."""

    support_js_module_import_aggregation = True
    # Only in the site's own modules: what packages bring may show imports that are none, in comments.
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],  # noqa: SLF001
    )
    # A name is right once those of all its imports are: one pass for each step from the entry to the deepest module.
    max_post_process_passes = 20
