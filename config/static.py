"""Static files in production: hashed names, also inside JavaScript modules, and compressed copies."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
    keep_only_hashed_files = True
