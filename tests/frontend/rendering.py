"""The templates without the application: a null gettext, the real `asset`, and stand-ins for what the web gives."""

import gettext
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.runtime import Undefined

from app.texts import dong
from app.web.assets import make_asset

ROOT = Path(__file__).parent.parent.parent
TEMPLATES = ROOT / "app" / "templates"


def environment(*, strict: bool = False, static_prefix: str = "/static/") -> Environment:
    env = Environment(
        loader=FileSystemLoader([TEMPLATES, Path(__file__).parent]),
        autoescape=True,
        undefined=StrictUndefined if strict else Undefined,
        extensions=["jinja2.ext.i18n"],
    )
    translations = gettext.NullTranslations()
    env.install_gettext_callables(translations.gettext, translations.ngettext, newstyle=True)  # type: ignore[attr-defined]  # made by the extension
    env.filters["dong"] = dong
    env.globals["asset"] = make_asset(static_prefix)
    env.globals["csrf_token"] = lambda: "token-of-the-session"
    env.globals["get_flashed_messages"] = lambda **_: [("good", "Đã lưu thay đổi.")]
    return env


def macro_html(source: str, **context: object) -> str:
    """Render a snippet that imports macros, as a page would."""
    return environment().from_string(source).render(**context)
