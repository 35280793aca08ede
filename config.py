"""Settings, one class per environment; every value comes from an environment variable.

The variable's name is the setting's name unless the comment says otherwise.
"""

import os
import secrets
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


class WeakSecret(RuntimeError):
    """Production was started without a secret key of its own."""


class Config:
    """What holds everywhere unless an environment says otherwise."""

    # Where the database file, uploads and backups live when nothing else is configured.
    DATA_DIR = Path(os.environ.get("KEHU_DATA_DIR", ROOT / "instance")).resolve()
    # sqlite:///…, postgresql+psycopg://… or mysql+pymysql://…?charset=utf8mb4
    SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL", "")
    # Rate limits are counted here: memory:// for one process, redis://… for several.
    RATELIMIT_STORAGE_URI = os.environ.get("REDIS_URL", "memory://")
    # The address people type, e.g. https://crm.example.com: decides Secure cookies and links in mails.
    PUBLIC_URL = os.environ.get("PUBLIC_URL", "")
    # Names this server answers to, comma separated; empty = any (development only).
    TRUSTED_HOSTS = [h for h in os.environ.get("TRUSTED_HOSTS", "").split(",") if h] or None
    # Number of reverse proxies in front whose X-Forwarded-* headers may be believed.
    PROXIES = int(os.environ.get("PROXIES", "0"))
    SECRET_KEY = os.environ.get("SECRET_KEY", "")
    # Needed to run the set-up wizard from another machine than the server itself.
    SETUP_TOKEN = os.environ.get("SETUP_TOKEN", "")
    # IANA zone in which nightly jobs run and new users see their times.
    TIMEZONE = os.environ.get("TIMEZONE", "Asia/Shanghai")
    # ISO code of the currency in which reports add up and that amounts have unless they say otherwise.
    CURRENCY = os.environ.get("CURRENCY", "CNY")
    BACKUP_DIR = os.environ.get("BACKUP_DIR", "")  # default: DATA_DIR/backups
    UPLOAD_DIR = os.environ.get("UPLOAD_DIR", "")  # default: DATA_DIR/files
    MAX_CONTENT_LENGTH = int(os.environ.get("MAX_UPLOAD_MB", "20")) * 1024 * 1024
    MAX_FORM_PARTS = 2000
    MAX_FORM_MEMORY_SIZE = 4 * 1024 * 1024

    APP_NAME = "Kehu CRM"
    LANGUAGES = {"zh": {"flag": "cn", "name": "中文"}, "en": {"flag": "gb", "name": "English"}}
    BABEL_DEFAULT_LOCALE = os.environ.get("DEFAULT_LANGUAGE", "zh")
    BABEL_TRANSLATION_DIRECTORIES = str(ROOT / "translations")

    SQLALCHEMY_ENGINE_OPTIONS: dict = {"pool_pre_ping": True}
    SESSION_COOKIE_NAME = "kehu"
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
    PERMANENT_SESSION_LIFETIME = timedelta(hours=12)
    WTF_CSRF_TIME_LIMIT = None  # as long as the session: a form left open over lunch must still save

    # Alembic and `flask crm setup` own tables and permissions; web workers only read them.
    FAB_CREATE_DB = False
    FAB_UPDATE_PERMS = False
    FAB_ADD_SECURITY_API = False
    FAB_BASE_TEMPLATE = "layout/base.html"
    AUTH_TYPE = 1  # names and passwords kept in our database
    AUTH_RATE_LIMITED = True
    RATELIMIT_ENABLED = True
    AUTH_RATE_LIMIT = os.environ.get("LOGIN_RATE_LIMIT", "10 per 15 minute")
    JWT_ACCESS_TOKEN_EXPIRES = timedelta(minutes=15)

    @classmethod
    def prepare(cls) -> dict:
        """Derived values; makes the data folder and, outside production, a secret of its own."""
        cls.DATA_DIR.mkdir(parents=True, exist_ok=True)
        derived = {
            "SQLALCHEMY_DATABASE_URI": cls.SQLALCHEMY_DATABASE_URI or f"sqlite:///{cls.DATA_DIR / 'kehu.db'}",
            "BACKUP_DIR": cls.BACKUP_DIR or str(cls.DATA_DIR / "backups"),
            "UPLOAD_DIR": cls.UPLOAD_DIR or str(cls.DATA_DIR / "files"),
            "SECRET_KEY": cls.secret_key(),
        }
        derived["JWT_SECRET_KEY"] = derived["SECRET_KEY"]
        return derived

    @classmethod
    def secret_key(cls) -> str:
        """The configured secret, or one made once and kept in the data folder."""
        if cls.SECRET_KEY:
            return cls.SECRET_KEY
        path = cls.DATA_DIR / "secret_key"
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(48))
        return path.read_text().strip()


class Production(Config):
    """Refuses to start with a missing or guessable secret."""

    SESSION_COOKIE_SECURE = _flag("SESSION_COOKIE_SECURE", True)

    @classmethod
    def secret_key(cls) -> str:
        if len(cls.SECRET_KEY) < 32 or len(set(cls.SECRET_KEY)) < 10:
            raise WeakSecret(
                "Set SECRET_KEY to at least 32 random characters (python -c 'import secrets; print(secrets.token_urlsafe(48))')."
            )
        return cls.SECRET_KEY


class Testing(Config):
    """The suite: a secret of its own, no rate limits unless a test asks for them."""

    TESTING = True
    SECRET_KEY = "tests-only-secret-0123456789-abcdefghij"
    RATELIMIT_ENABLED = False
    AUTH_RATE_LIMITED = False


CONFIGS: dict[str, type[Config]] = {"local": Config, "production": Production, "testing": Testing}


def selected() -> type[Config]:
    """The class named by KEHU_ENV (local, production, testing)."""
    return CONFIGS[os.environ.get("KEHU_ENV", "local")]
