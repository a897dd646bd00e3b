"""gettext with types, which Flask-Babel does not have."""

from collections.abc import Callable

import flask_babel

gettext: Callable[..., str] = flask_babel.gettext
ngettext: Callable[..., str] = flask_babel.ngettext
