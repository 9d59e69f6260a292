"""Whether Meta knows an app and its secrets: asked before they are kept, since every log-in then goes through it."""

from pages.graph import oauth
from pages.graph.app import App
from pages.graph.errors import GraphError
from pages.logins import return_url
from workspaces.refusals import Refused

UNKNOWN_APP, ANOTHER_SECRET = 101, 1
# Instagram knows no question about an app alone: a code that cannot be one is refused after the app and its secret.
NO_CODE = "check"

NO_SUCH_APP = {
    "message": "Meta knows no app with this ID.",
    "hint": "Copy the App ID at developers.facebook.com, from the top of the app's dashboard.",
    "field": "app_id",
}
NOT_ITS_SECRET = {
    "message": "This is not the secret of that app.",
    "hint": "Copy it again under App settings, Basic: “Show” beside App secret.",
    "field": "app_secret",
}
NO_SUCH_INSTAGRAM_APP = {
    "message": "Instagram knows no app with this ID.",
    "hint": "It is not the App ID above: it stands under Instagram, API setup with Instagram login.",
    "field": "instagram_app_id",
}
NOT_ITS_INSTAGRAM_SECRET = {
    "message": "This is not the secret of that Instagram app.",
    "hint": "Copy it again under Instagram, API setup with Instagram login.",
    "field": "instagram_app_secret",
}


def vet(app: App) -> None:
    """Refused with the field that is wrong; and where Meta could not be asked, because then nobody knows."""
    try:
        oauth.prove(app)
    except GraphError as error:
        raise facebook_refusal(error) from error
    if app.instagram_app_id:
        vet_instagram(app)


def facebook_refusal(error: GraphError) -> Refused:
    if error.code == UNKNOWN_APP:
        return Refused(**NO_SUCH_APP)
    # The same number is a trouble of Meta's own, but then with a 500.
    if error.code == ANOTHER_SECRET and (error.status or 0) < 500:
        return Refused(**NOT_ITS_SECRET)
    return not_asked(error)


def vet_instagram(app: App) -> None:
    # The one that is mistaken for it most.
    if app.instagram_app_id == app.app_id:
        raise Refused(**NO_SUCH_INSTAGRAM_APP)
    try:
        oauth.exchange_instagram_code(app, NO_CODE, return_url())
    except GraphError as error:
        if refusal := instagram_refusal(error):
            raise refusal from error


def instagram_refusal(error: GraphError) -> Refused | None:
    """Nothing where it was the code that Instagram refused. It has one number for all, so its words decide."""
    words = error.meaning.lower()
    if error.code == UNKNOWN_APP or "platform app" in words or "client id" in words:
        return Refused(**NO_SUCH_INSTAGRAM_APP)
    if "client secret" in words or (error.code == ANOTHER_SECRET and (error.status or 0) < 500):
        return Refused(**NOT_ITS_INSTAGRAM_SECRET)
    return not_asked(error) if error.retryable or error.code is None else None


def not_asked(error: GraphError) -> Refused:
    return Refused(f"Nothing is saved, because the app could not be checked. {error.meaning}", hint="Try again.")
