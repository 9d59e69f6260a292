from templates_app.models.assets import SavedAsset
from templates_app.models.templates import MessageTemplate

__all__ = ["MessageTemplate", "SavedAsset"]
