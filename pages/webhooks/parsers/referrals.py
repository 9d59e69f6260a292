"""What the platforms write alike: where somebody came from, what he orders, and our own mark."""

import re
from typing import Any

from pages.webhooks.events import OUR_ID_PREFIX
from pages.webhooks.parsers.values import as_id, filled, may_dict, may_dicts, may_text, need_number

OUR_ID = re.compile(re.escape(OUR_ID_PREFIX) + r"([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})")


def our_id(mark: Any) -> str:
    match = OUR_ID.fullmatch(mark) if isinstance(mark, str) else None
    return match[1].lower() if match else ""


def referral(said: dict[str, Any]) -> dict[str, Any]:
    """Messenger's and Instagram's: an ad, a link, a product."""
    ad, product = may_dict(said, "ads_context_data"), may_dict(said, "product")
    found = filled(
        source=may_text(said, "source"),
        type=may_text(said, "type"),
        ref=may_text(said, "ref"),
        ad_id=as_id(said.get("ad_id")),
        title=may_text(ad, "ad_title"),
        url=may_text(said, "referer_uri"),
        image_url=may_text(ad, "photo_url"),
    )
    sold = filled(id=as_id(product.get("id")))
    return filled(referral=found, product=sold)


def ad_referral(said: dict[str, Any]) -> dict[str, Any]:
    """WhatsApp's."""
    found = filled(
        source="ADS" if said.get("source_type") == "ad" else may_text(said, "source_type").upper(),
        type=may_text(said, "media_type"),
        ref=may_text(said, "ref"),
        ad_id=as_id(said.get("source_id")),
        title=may_text(said, "headline"),
        body=may_text(said, "body"),
        url=may_text(said, "source_url"),
        image_url=may_text(said, "image_url") or may_text(said, "thumbnail_url"),
        click_id=may_text(said, "ctwa_clid"),
    )
    return filled(referral=found)


def cart(said: dict[str, Any]) -> dict[str, Any]:
    """Messenger's order."""
    items = [
        filled(
            id=as_id(each.get("retailer_id")) or as_id(each.get("id")),
            name=may_text(each, "name"),
            quantity=amount(each, "quantity"),
            price=amount(each, "unit_price"),
            currency=may_text(each, "currency"),
        )
        for each in may_dicts(said, "products")
    ]
    return {"order": filled(text=may_text(said, "note"), items=items)}


def ordered(said: dict[str, Any]) -> dict[str, Any]:
    """WhatsApp's order."""
    items = [
        filled(
            id=as_id(each.get("product_retailer_id")),
            quantity=amount(each, "quantity"),
            price=amount(each, "item_price"),
            currency=may_text(each, "currency"),
        )
        for each in may_dicts(said, "product_items")
    ]
    return {"order": filled(catalog_id=as_id(said.get("catalog_id")), text=may_text(said, "text"), items=items)}


def amount(said: dict[str, Any], key: str) -> str | int | float | None:
    """Meta writes numbers, and numbers as text."""
    value = said.get(key)
    return value if value is None or isinstance(value, str) else need_number(said, key)
