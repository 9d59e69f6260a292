"""Every setting of the project; what depends on the machine is read from the environment here, once."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from config import embedded
from config.environment import POSTGRES, REDIS, SMTP, Environment, address
from config.storage import storage_at

BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment()

environ.Env.read_env(BASE_DIR / ".env")
env.refuse_nonsense_for_processes()

# What is served over https is no development unless it says so.
DEBUG = env.flag("DEBUG", default=not env.str("PUBLIC_URL", default="").startswith("https:"))

VAR_DIR = Path(env.str("SWITCHBOARD_VAR", default=str(BASE_DIR / "var")))


def required(name: str, development: Callable[[], str | None] = lambda: None) -> str:
    """A value that development has by itself and production must be given."""
    value = env.str(name, default="") or (development() if DEBUG else None)
    if not value:
        hint = "run `make run` first, or set it" if DEBUG else "set it in the environment"
        raise ImproperlyConfigured(f"{name} is missing: {hint} (see .env.example).")
    return value


SECRET_KEY = required("SECRET_KEY", lambda: "development-only-key-that-signs-nothing-of-worth-0123456789")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY must have 50 characters or more.")
SECRET_KEY_FALLBACKS = env.keys("SECRET_KEY_FALLBACKS")

# What tokens and secrets in the database are encrypted with: the first key encrypts, every key decrypts.
FIELD_KEYS = env.keys("FIELD_KEYS") or [required("FIELD_KEYS", lambda: "development-only-key-of-the-encrypted-columns")]

# Hosts. The bare domain is the public site; <slug>.<domain> is a workspace.
PUBLIC_URL = required("PUBLIC_URL", lambda: "http://localhost:8000").rstrip("/")
try:
    PUBLIC_SCHEME, BASE_DOMAIN = urlsplit(PUBLIC_URL).scheme, urlsplit(PUBLIC_URL).hostname or ""
    PORT_SUFFIX = f":{urlsplit(PUBLIC_URL).port}" if urlsplit(PUBLIC_URL).port else ""
except ValueError:
    PUBLIC_SCHEME = BASE_DOMAIN = PORT_SUFFIX = ""
# Nothing besides: names are put in front of the host, and paths behind it.
if not BASE_DOMAIN or PUBLIC_URL.lower() not in {
    f"{scheme}://{BASE_DOMAIN}{PORT_SUFFIX}" for scheme in ("http", "https")
}:
    raise ImproperlyConfigured("PUBLIC_URL must be an address such as https://switchboard.example, without a path.")
# WorkspaceMiddleware answers only for the base domain and for hosts in the Domain table.
ALLOWED_HOSTS = ["*"]
TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", default=0)

# Where the pages open their stream, as their browsers reach it; empty: there is none, and pages ask every 20 seconds.
STREAM_URL = env.str("STREAM_URL", default="/stream/")
if not STREAM_URL.startswith("/"):
    address("STREAM_URL", STREAM_URL)
STREAM_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(STREAM_URL))] if urlsplit(STREAM_URL).netloc else []

# Apps. Only `workspaces` and what it stands on live in the public schema.
SHARED_APPS = [
    "workspaces",
    "django_tenants",
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django_htmx",
]
TENANT_APPS = ["agents", "pages", "templates_app", "inbox"]
INSTALLED_APPS = ["whitenoise.runserver_nostatic", *SHARED_APPS, *TENANT_APPS]
TENANT_MODEL = "workspaces.Workspace"
TENANT_DOMAIN_MODEL = "workspaces.Domain"
TENANT_LIMIT_SET_CALLS = True
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]

MIDDLEWARE = [
    "pages.webhooks.door.door",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "workspaces.middleware.compressed",
    "workspaces.middleware.fragments",
    "csp.middleware.CSPMiddleware",
    "workspaces.middleware.devices",
    "workspaces.middleware.health",
    "workspaces.middleware.workspace",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "workspaces.middleware.membership",
    "workspaces.middleware.origin",
    "workspaces.middleware.last_seen",
    "workspaces.middleware.locale",
    "workspaces.middleware.SignedIn",
    "agents.middleware.agent",
    "agents.middleware.large_bodies",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "workspaces.middleware.refusals",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
PUBLIC_SCHEMA_URLCONF = "config.urls_public"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "workspaces.context_processors.site",
                "agents.navigation.navigation",
            ],
            "builtins": ["workspaces.templatetags.icons", "workspaces.templatetags.once"],
        },
    },
]

# Stores. PostgreSQL is the truth, Valkey is the bell; without addresses both run embedded (`make run`).
DATABASES = {
    "default": {
        **env.db_url_config(address("DATABASE_URL", required("DATABASE_URL", embedded.database_url), POSTGRES)),
        "ENGINE": "django_tenants.postgresql_backend",
        "CONN_HEALTH_CHECKS": True,
        # A backend keeps memory for every schema it has touched, so connections are recycled by age.
        "CONN_MAX_AGE": env.number("DATABASE_CONNECTION_AGE", default=600),
    }
}
REDIS_URL = address("REDIS_URL", required("REDIS_URL", embedded.redis_url), REDIS)
CACHES = {
    "default": {
        "BACKEND": "config.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        # One workspace's keys are never another's: every key begins with the schema.
        "KEY_FUNCTION": "django_tenants.cache.make_key",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People. allauth does accounts, on the public host alone.
AUTH_USER_MODEL = "workspaces.User"
AUTHENTICATION_BACKENDS = ["workspaces.authentication.Backend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "workspaces:chooser"
ACCOUNT_ADAPTER = "workspaces.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_REDIRECT_URL = "workspaces:landing"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_FORMS = {
    "signup": "workspaces.forms.signup.SignupForm",
    "change_password": "workspaces.forms.accounts.ChangePasswordForm",
    "set_password": "workspaces.forms.accounts.SetPasswordForm",
    "reset_password": "workspaces.forms.accounts.ResetPasswordForm",
    "reset_password_from_key": "workspaces.forms.accounts.ResetPasswordKeyForm",
    "add_email": "workspaces.forms.accounts.AddEmailForm",
}
ACCOUNT_RATE_LIMITS = {
    "signup": "20/h/ip",
    "slug_check": "120/m/ip",
    "invitation": "30/m/ip",
    "invite": "60/h/user",
    "picture": "20/h/user",
    "device_trial": "10/m/user",
    "invite_address": "5/d/key",
    "new_workspace": "5/h/user",
    # Few enough to stop guessing, many enough that nobody is locked out by a stranger's five tries.
    "login_failed": "10/m/ip,20/300s/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
USERSESSIONS_ADAPTER = "workspaces.adapters.UserSessionsAdapter"
MFA_ADAPTER = "workspaces.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {"add_webauthn": "workspaces.forms.accounts.AddPasskeyForm"}
MFA_TOTP_ISSUER = "Switchboard"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
SOCIALACCOUNT_ADAPTER = "workspaces.adapters.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
SIGN_IN_ORIGINS: list[str] = []
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, object]] = {
    "google": {"APPS": []},
    "openid_connect": {"APPS": []},
}
if google := env.str("GOOGLE_CLIENT_ID", default=""):
    SOCIALACCOUNT_PROVIDERS["google"] = {
        "APPS": [{"client_id": google, "secret": required("GOOGLE_CLIENT_SECRET")}],
        "SCOPE": ["profile", "email"],
        "EMAIL_AUTHENTICATION": True,
    }
    SIGN_IN_ORIGINS += ["https://accounts.google.com"]
if openid := address("OPENID_CONNECT_URL", env.str("OPENID_CONNECT_URL", default="")):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "APPS": [
            {
                "provider_id": "sso",
                "name": env.str("OPENID_CONNECT_NAME", default="Single sign-on"),
                "client_id": required("OPENID_CONNECT_CLIENT_ID"),
                "secret": required("OPENID_CONNECT_CLIENT_SECRET"),
                "settings": {"server_url": openid},
            }
        ]
    }
    SIGN_IN_ORIGINS += ["{0.scheme}://{0.netloc}".format(urlsplit(openid))]

# Meta. GRAPH_URL puts one address in the place of Meta's five hosts; development has the sandbox there.
GRAPH_VERSION = env.version("GRAPH_VERSION", default="v25.0")
GRAPH_URL = address("GRAPH_URL", env.str("GRAPH_URL", default="").rstrip("/"))
META_HOSTS = {
    "graph": GRAPH_URL or "https://graph.facebook.com",
    "instagram_graph": GRAPH_URL or "https://graph.instagram.com",
    "instagram_token": GRAPH_URL or "https://api.instagram.com",
    "facebook": GRAPH_URL or "https://www.facebook.com",
    "instagram": GRAPH_URL or "https://www.instagram.com",
}
# The platform's own app; a workspace may bring one of its own.
META_APP_ID = env.str("META_APP_ID", default="")
META_APP_SECRET = env.str("META_APP_SECRET", default="")
META_VERIFY_TOKEN = env.str("META_VERIFY_TOKEN", default="")
INSTAGRAM_APP_ID = env.str("INSTAGRAM_APP_ID", default="")
INSTAGRAM_APP_SECRET = env.str("INSTAGRAM_APP_SECRET", default="")
# How long it is kept what was asked of Meta and what it answered.
GRAPH_CALL_DAYS = env.number("GRAPH_CALL_DAYS", default=14, least=1)

# Mail. Without a server, development keeps it in var/mail, where the public site's mailbox shows it.
EMAIL_URL = env.str("EMAIL_URL", default="") or (None if DEBUG else required("EMAIL_URL"))
if EMAIL_URL:
    vars().update(env.email_url_config(address("EMAIL_URL", EMAIL_URL, SMTP)))
else:
    EMAIL_BACKEND = "workspaces.development.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = env.sender("DEFAULT_FROM_EMAIL", default=f"Switchboard <hello@{BASE_DOMAIN}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 10

# Work outside the request.
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "pages.tasks.digest_deliveries": {"queue": "events"},
    "inbox.tasks.send_waiting": {"queue": "send"},
    "inbox.tasks.send_waiting_in_bulk": {"queue": "bulk"},
    "inbox.tasks.import_contacts": {"queue": "bulk"},
    "inbox.tasks.tell_*": {"queue": "send"},
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A broker that is away is noticed at once: whoever waits for it is a person in front of a form.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "socket_connect_timeout": 2,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.2,
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Without it Celery closes the database connection around every task.
CELERY_DB_REUSE_MAX = 1000

# Language and time: stored in UTC, shown in each person's own zone.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English (US)"), ("en-gb", "English (UK)")]
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "UTC"

# Files.
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
MEDIA_URL = "/media/"
STORAGES = {
    "default": storage_at(env.str("STORAGE_URL", default="")),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "config.static.HashedStaticFilesStorage"
    },
}
# What customers send is copied from Meta, up to this size.
MEDIA_MAX_BYTES = env.number("MEDIA_MAX_MB", default=100, least=1) * 1024 * 1024
# How long the webhooks themselves are kept; messages stay.
WEBHOOK_EVENT_DAYS = env.number("WEBHOOK_EVENT_DAYS", default=90, least=1)
# What browsers ask every host for by a fixed name.
WHITENOISE_ROOT = BASE_DIR / "static" / "root"
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

# Security.
SECURE = PUBLIC_SCHEME == "https"
SESSION_ENGINE = "workspaces.session_store"
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = env.number("SESSION_DAYS", default=14, least=1) * 24 * 3600
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
CSRF_FAILURE_VIEW = "workspaces.views.errors.csrf_failure"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", default=31536000) if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'", *STREAM_ORIGINS],
        "worker-src": ["'self'"],
        # Chromium also asks it about where a form's answer redirects to.
        "form-action": ["'self'", PUBLIC_URL, f"{PUBLIC_SCHEME}://*.{BASE_DOMAIN}{PORT_SUFFIX}", *SIGN_IN_ORIGINS],
        "manifest-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "filters": {"secrets": {"()": "config.logs.MaskSecrets"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]}},
    "root": {"handlers": ["console"], "level": env.choice("LOG_LEVEL", default="INFO", of=LOG_LEVELS)},
    "loggers": {
        # Without handlers of Django's own, which would print past the filter.
        "django": {},
        "django.server": {"level": "WARNING", "propagate": True},
        "django.security.DisallowedHost": {"level": "ERROR"},
    },
}
