"""The Jinja2 environment of every page: nothing reaches a page that is not cleaned and escaped."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from autograder.feedback import text

COMMON = Path(__file__).parent / "templates"


def load_template(
    folder: Path, name: str, *, styles: tuple[str, ...], script: str = ""
) -> Template:
    """Compile ``folder/name``, with its style sheets, script and content policy as globals.

    The policy names the page's one style sheet and its script, if any, by their hashes: a page
    can ask for nothing from outside and run nothing else, even if escaping ever failed.
    """
    env = Environment(
        loader=FileSystemLoader([folder, COMMON]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=_finalize,
    )
    env.filters.update(prose=text.prose, points=text.points, shorten=text.shorten)
    env.filters.update(breakable=text.breakable)
    env.globals.update(count=text.count, points=text.points)
    css = "\n".join(env.loader.get_source(env, style)[0] for style in styles)
    js = env.loader.get_source(env, script)[0] if script else ""
    policy = f"default-src 'none'; style-src {_hash(css)}; base-uri 'none'; form-action 'none'"
    if js:
        policy += f"; script-src {_hash(js)}"
    env.globals.update(css=Markup(css), js=Markup(js), policy=Markup(policy))
    return env.get_template(name)


def _finalize(value):
    return text.clean(value) if type(value) is str else value


def _hash(source: str) -> str:
    digest = hashlib.sha256(source.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
