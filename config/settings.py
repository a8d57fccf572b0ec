"""Every setting, read from the environment through config/env.py, which refuses nonsense.

Secure by default. HUSTINGS_DEVELOPMENT=1 loosens, and says here what it loosens: own keys kept in
var/, plain http on localhost, mail to the development outbox. No setting weakens the counting or
sealing core.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config import env
from config.mail_providers import provider_named, settings_of

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("HUSTINGS_VAR", str(BASE_DIR / "var")))
"""What this installation keeps on its own disk: in development the servers' data and keys."""

DEVELOPMENT = env.flag("HUSTINGS_DEVELOPMENT")
PORT = env.number("PORT", 8000, least=1, most=65535)
_own = VAR_DIR / "keys" if DEVELOPMENT else None

# --- keys ---

SECRET_KEY = env.key("HUSTINGS_SECRET_KEY", kept_in=_own)
SEALING_KEY = bytes.fromhex(env.key("HUSTINGS_SEALING_KEY", kept_in=_own))
"""Encrypts what must rest unread in the database until it is handed over (voting codes)."""

BOARD_KEY = bytes.fromhex(env.key("HUSTINGS_BOARD_KEY", kept_in=_own))
"""Signs the boards of this installation. An election's notice names its public half for good."""

WITNESSES = env.witnesses("HUSTINGS_WITNESSES")
"""Who outside is asked to cosign the boards, or hands cosignatures in."""

# --- where we are ---

ORIGIN = env.origin(
    "HUSTINGS_ORIGIN",
    f"http://localhost:{PORT}" if DEVELOPMENT else None,
    may_be_http=DEVELOPMENT,
)
"""The one address in every letter; never taken from a request's Host header."""
IS_HTTPS = ORIGIN.startswith("https://")
PROXY_COUNT = env.number("HUSTINGS_PROXY_COUNT", 0, least=0, most=5)
ALLOWED_HOSTS = [str(urlsplit(ORIGIN).hostname), *env.words("HUSTINGS_HOSTS")]
if DEVELOPMENT:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [ORIGIN]
BOOTH_ORIGINS = env.origins("HUSTINGS_BOOTH_ORIGINS", may_be_http=DEVELOPMENT)
"""Where others serve the booth and the page that checks a device; the first is named there."""
DEBUG = False
"""Off in development too: its pages show settings and rows. Nothing exists only in production."""

# --- applications ---

INSTALLED_APPS = [
    "config.apps.Wiring",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "config.apps.StaticFiles",
    "django.forms",
    "office",
    "members",
    "ballot",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "config.headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "office.middleware.RefusalMiddleware",
    "office.middleware.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["office.templatetags.clock"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
        },
    }
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
PARTY_NAME = env.text("HUSTINGS_PARTY_NAME", "The Party" if DEVELOPMENT else None)
HELP_URL = env.text("HUSTINGS_HELP_URL", "")

# --- PostgreSQL ---

DATABASES = {"default": env.database("DATABASE_URL", env.own_database(VAR_DIR, DEVELOPMENT))}
DATABASES["default"] |= {
    # Four to five times the requests of a connection for each (measured); a health check costs
    # one round trip a request and spares a failed page after a restart.
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis or Valkey: cache, rate limits, wake-up calls. Nothing true lives there ---

REDIS_URL = env.redis("REDIS_URL", env.own_redis(VAR_DIR, DEVELOPMENT))
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "office.cache.SharedCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "hustings",
        # One that hangs is away, too: nobody waits for it longer than for a slow page.
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 1},
    }
}

# --- Celery ---
# A broker may vanish and come back with nothing. So tasks are idempotent and only wake a worker
# for rows it would find anyway; one task is fetched at a time (a worker that had fetched more
# stops when its broker goes); what was fetched and not finished returns after the visibility
# timeout, which must exceed the longest task's time limit.

CELERY_BROKER_URL = env.broker(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "visibility_timeout": 3600,
    "global_keyprefix": "hustings:",
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 3000
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1}
CELERY_TASK_DEFAULT_QUEUE = "mail"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
QUEUES = ("mail", "import", "tally", "board")
CELERY_BEAT_SCHEDULE = {
    # Expiry, so that a beat whose workers were away does not leave a heap of the same call.
    "sweep": {"task": "office.tasks.sweep", "schedule": 5.0, "options": {"expires": 5}},
    "letters": {
        "task": "office.tasks.send_waiting_letters",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    # The search catches up with the list, and files whose time has come are destroyed.
    "members": {"task": "members.tasks.tend_list", "schedule": 10.0, "options": {"expires": 10}},
    # Cast ballots go on the board, it is signed, and the notices of their casting go out.
    "polls": {"task": "ballot.tasks.tend_polls", "schedule": 10.0, "options": {"expires": 10}},
    "contacts": {"task": "members.tasks.watch_contacts", "schedule": 86400.0},
    # The files of imports are destroyed on their day.
    "kept_files": {
        "task": "members.tasks.destroy_due_files",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
}

# --- staff sign-in: members need no account ---

AUTH_USER_MODEL = "office.StaffMember"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "office.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "office.sign_in.SignInForm",
    "reset_password": "office.sign_in.ForgottenPasswordForm",
    "reset_password_from_key": "office.new_password.NewPasswordForm",
}
MFA_ADAPTER = "office.adapters.SecondFactorAdapter"
MFA_FORMS = {"add_webauthn": "office.passkeys.AddKeyForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# The officer who makes an account vouches for its address, and no page changes one.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(ORIGIN).scheme
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
# High for one address, since an office, a campus or a carrier shares one; strict for one account.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "100/m/ip,5/300s/key",
    "request_login_code": "200/m/ip,3/m/key",
    "reset_password": "60/m/ip,5/m/key",
    "reset_password_from_key": "60/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
    "signup": "20/m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = PROXY_COUNT
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TRUST_ENABLED = False
MFA_TOTP_ISSUER = "Hustings"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS

# --- sessions, cookies, headers ---

_prefix = "__Host-" if IS_HTTPS else ""
SESSION_COOKIE_NAME = f"{_prefix}session"
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = f"{_prefix}csrf"
CSRF_COOKIE_AGE = None  # Gone with the browser: an elector's device keeps nothing of a visit.
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
LANGUAGE_COOKIE_NAME = f"{_prefix}language"
LANGUAGE_COOKIE_SECURE = IS_HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Strict"

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Nothing goes to another site. Not "no-referrer": browsers then send "Origin: null" with our own
# forms, which the forgery check refuses.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
# Joining the browsers' preload list is for the owner of the whole domain to decide.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
if PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY: dict[str, str] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    **({"upgrade-insecure-requests": ""} if IS_HTTPS else {}),
}
"""One policy for every page: none has a nonce, or is freer than another.

The script of one worker bears a policy of its own (ballot/views/check.py): it runs the verifier.
"""

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

# --- static files ---

STATIC_URL = "/static/"
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATIC_ROOT = Path(env.text("HUSTINGS_STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if DEVELOPMENT and not STATIC_ROOT.exists():
    # Where nothing was collected yet: plain names, found where they are written.
    STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    WHITENOISE_USE_FINDERS = True
    WHITENOISE_AUTOREFRESH = True

PDF_TYPEFACES = BASE_DIR / "static" / "build" / "fonts"
"""Where the build put the typefaces of what is made for printing (office/pdf)."""

# --- membership lists that were sent in ---

KEEP_IMPORTS_DAYS = env.number("HUSTINGS_KEEP_IMPORTS_DAYS", 90, least=1, most=3650)
"""How long the encrypted file of an import is kept after it was applied."""

# --- letters ---

DEFAULT_FROM_EMAIL = env.text(
    "HUSTINGS_MAIL_FROM",
    "The returning officer <returning.officer@localhost>" if DEVELOPMENT else None,
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAIL_PROVIDER = provider_named("HUSTINGS_MAIL_PROVIDER")
MAIL_DOMAIN_RATES = env.rates("HUSTINGS_MAIL_DOMAIN_RATES")
"""How many letters a minute go to one domain of addresses, at most; others are not held back."""
MAIL_CONNECTIONS = env.number("HUSTINGS_MAIL_CONNECTIONS", 4, least=1, most=50)
"""Over how many connections the mail server or provider is handed one dispatch at a time."""
SEED_ADDRESSES = env.words("HUSTINGS_SEED_ADDRESSES")
"""Mailboxes of our own with several providers, to which test letters are sent."""
ANYMAIL: dict[str, Any] = {}
if MAIL_PROVIDER is not None:
    EMAIL_BACKEND = MAIL_PROVIDER.backend
    ANYMAIL = settings_of(MAIL_PROVIDER)
elif env.is_set("HUSTINGS_SMTP_URL") or not DEVELOPMENT:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    _mail = env.mail("HUSTINGS_SMTP_URL")
    EMAIL_HOST = _mail["EMAIL_HOST"]
    EMAIL_PORT = _mail["EMAIL_PORT"]
    EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"]
    EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_SSL = _mail["EMAIL_USE_SSL"]
    EMAIL_USE_TLS = _mail["EMAIL_USE_TLS"]
    EMAIL_TIMEOUT = _mail["EMAIL_TIMEOUT"]
else:
    EMAIL_BACKEND = "office.mail.DevelopmentOutboxBackend"

# --- language and time ---

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("cy", "Cymraeg")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.zone("HUSTINGS_TIME_ZONE", "Europe/London")
"""The clocks of the desk’s and the members’ pages and letters. An election has its own zone."""

# --- logs: ids and codes, never a person ---

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_person": {"()": "config.logs.NoPerson"}},
    "formatters": {
        "line": {
            "()": "config.logs.InUtc",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "filters": ["no_person"],
            "formatter": "line",
        },
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # A query names electors. It is never logged, whatever the root's level.
        "django.db.backends": {"handlers": [], "level": "ERROR", "propagate": False},
        "celery": {"level": "INFO"},
        "kombu": {"level": "WARNING"},
    },
}
