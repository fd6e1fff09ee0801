"""The result of parsing a mapping expression (Graph reference: parseExpressionResponse)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import fields


@dataclass(frozen=True)
class ExpressionTest:
    """An expression to be worked out for a User with these values by attribute name; None where the attribute is not
    there. Personal data.
    """

    expression: str
    subject: Mapping[str, str | None] = field(repr=False)


@dataclass(frozen=True)
class ParsedExpression:
    """The parse result. Graph answers 200 for a wrong expression too, with `ok` False; `parsed` goes into a mapping.

    `evaluated` and `result`: the value for the test object, personal data; `tenant_can_act`: Microsoft says that the
    tenant can correct the error.
    """

    ok: bool
    parsed: Mapping[str, Any] | None = None
    error: str = ""
    result: tuple[str, ...] = field(default=(), repr=False)
    evaluated: bool = False
    tenant_can_act: bool = False

    @classmethod
    def from_json(cls, data: Any) -> ParsedExpression:
        """`ok` is whether it could be parsed; a failed evaluation leaves `result` empty.

        Raises `Unreadable` where the answer does not say whether it could.
        """
        ok = fields.need_flag(data, "parsingSucceeded", "the parse result of an expression")
        error = fields.part(data, "error")
        return cls(
            ok=ok,
            parsed=fields.part(data, "parsedExpression") or None,
            error=fields.text(error, "message") or fields.text(error, "code"),
            result=fields.texts(data, "evaluationResult"),
            evaluated=fields.flag(data, "evaluationSucceeded"),
            tenant_can_act=fields.flag(error, "tenantActionable"),
        )
