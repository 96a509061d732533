"""Text made from a template and values: the only module that knows the template engine (jinja2)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from reasoner.data import PACKAGE

if TYPE_CHECKING:
    import jinja2


def fill(template: str, **values: object) -> str:
    """Fill a template of ``reasoner/writing/templates``; a name that has no value is an error, never a gap.

    Values are escaped in ``.html.j2`` templates only.
    """
    return _environment().get_template(template).render(values)


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(PACKAGE / "writing" / "templates"),
        autoescape=jinja2.select_autoescape(["html.j2"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
