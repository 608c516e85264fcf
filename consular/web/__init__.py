"""The web kit that the doors share: languages, guards, forms, formats, headers, files, errors."""

from typing import Protocol

from flask import Flask, request
from flask_limiter import Limiter
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from consular.foundation.network import sender_block
from consular.web.error_pages import install_error_pages
from consular.web.form_fields import install_form_fields
from consular.web.formats import install_formats
from consular.web.guards import View
from consular.web.kept_answers import install_kept_answers
from consular.web.languages import install_languages
from consular.web.limit_storage import SCHEME as LIMIT_STORAGE
from consular.web.proxies import install_proxies
from consular.web.security_headers import install_security_headers
from consular.web.sessions import CookieSessions
from consular.web.static_files import install_static_files
from consular.web.stylesheets import install_stylesheets
from consular.web.trailing_slash import install_trailing_slash
from consular.web.unread_bodies import install_unread_bodies

csrf = CSRFProtect()


def sender() -> str:
    """Who sends this request, as far as limits go."""
    return sender_block(request.remote_addr or "")


limiter = Limiter(sender, default_limits=[], headers_enabled=True, strategy="moving-window")


def reshows_stale_form(view: View) -> View:
    """Let the view's own form check the token (`PostForm` does), so that a stale form loses nothing typed."""
    csrf.exempt(view)
    return view


class WebSettings(Protocol):
    """What the web kit reads of the settings."""

    @property
    def demo(self) -> bool: ...
    @property
    def redis_url(self) -> str | None: ...
    @property
    def tiles_url(self) -> str | None: ...
    @property
    def secure_cookies(self) -> bool: ...
    @property
    def trusted_proxies(self) -> int: ...


def install(app: Flask, config: WebSettings) -> None:
    """Wire the kit into the application."""
    app.config.update(
        SESSION_COOKIE_SECURE=config.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_FORM_PARTS=200,
        WTF_CSRF_TIME_LIMIT=None,  # a form may stay open all night: the token lives as long as the session
        WTF_CSRF_SSL_STRICT=False,  # it wants a Referer, and our pages send none
        RATELIMIT_STORAGE_URI=config.redis_url or f"{LIMIT_STORAGE}://",
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=bool(config.redis_url),
    )
    app.session_interface = CookieSessions()
    install_proxies(app, config.trusted_proxies)
    _install_templates(app)
    install_languages(app)
    install_kept_answers(app)
    install_formats(app)
    install_form_fields(app)
    install_security_headers(app, tiles_url=config.tiles_url, https=config.secure_cookies)
    install_static_files(app)
    install_stylesheets(app)
    install_error_pages(app)
    install_trailing_slash(app)
    install_unread_bodies(app)
    csrf.init_app(app)
    _install_limits(app)
    app.jinja_env.globals["settings"] = config


def _install_limits(app: Flask) -> None:
    limiter.init_app(app)
    # Only decorated views have a limit, and their decorator counts: the look before every request finds nothing.
    app.before_request_funcs[None].remove(limiter._check_request_limit)


def _install_templates(app: Flask) -> None:
    # Before the first use of jinja_env: it reads the loader once.
    macros = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    app.jinja_loader = ChoiceLoader([app.jinja_loader, macros] if app.jinja_loader else [macros])
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
